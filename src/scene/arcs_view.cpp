#include <algorithm>
#include <cmath>

#include "scene/arc_labels.h"
#include "scene/picture.h"
#include "scene/weight_scale.h"

/// The sentence as lines of text, with an arc from each query to the keys it looks at. A long text wraps;
/// then arcs within a line share the room above it, and connections between lines swing from one line to the
/// other. When not all lines fit, those around the active query are shown and a note counts the rest.
/// Two texts stand one above the other, with everything between them: what is looked at on top, who looks
/// below.
namespace headscope {
namespace {

struct TextLine {
  int begin = 0, end = 0;  // places of the paragraph
  float width = 0;
};

struct Paragraph {
  float type = 15, tightness = 1, pill_height = 30, gap = 12;
  std::vector<TextLine> lines;
  int n_above = 0;                     // places of keys, when these are another text: they come first
  std::vector<int> line_of;            // [n_places]
  std::vector<Rect> pills;             // [n_places]; filled by place()
  int first_line = 0, end_line = 0;    // shown
  int first_above = 0, end_above = 0;  // shown of another text's lines
  float line_pitch = 0, room = 0;      // room: above each line
  bool right_to_left = false;
  bool shown(int place) const {
    const int line = line_of[static_cast<std::size_t>(place)];
    return (line >= first_line && line < end_line) || (line >= first_above && line < end_above);
  }
  bool shown_edge(const Connection& edge) const {
    return shown(place_of(edge.query, true)) && shown(place_of(edge.key, false));
  }
  int place_of(int token, bool query_side) const { return query_side ? n_above + token : token; }
  bool is_query(int place) const { return n_above == 0 || place >= n_above; }
  int token_at(int place) const { return n_above > 0 && place >= n_above ? place - n_above : place; }
  const Rect& pill(int token, bool query_side) const {
    return pills[static_cast<std::size_t>(place_of(token, query_side))];
  }
};

/// Whether most tokens that have a direction run right to left.
bool runs_right_to_left(const Picture& p) {
  int right = 0, left = 0;
  for (const TraceToken& token : p.trace.keys()) {
    for (const char c : token.text) {
      const auto byte = static_cast<unsigned char>(c);
      // Hebrew and Arabic: lead bytes of U+0590 … U+07FF.
      if (byte >= 0xD6 && byte <= 0xDF)
        ++right;
      else if ((byte | 0x20) >= 'a' && (byte | 0x20) <= 'z')
        ++left;
      else if (byte >= 0xC3 && byte <= 0xD5)
        ++left;
    }
  }
  return right > left;
}

/// Breaks the text into lines of at most `width`.
void wrap(const Picture& p, Paragraph& text, float width) {
  const Measures& m = p.measures;
  text.pill_height = m.pill_height * text.type / m.token;
  text.gap = text.tightness * m.gap * text.type / m.token;
  text.lines.clear();
  text.n_above = p.one_text() ? 0 : p.n_tokens(false);
  const int n_places = text.n_above + p.n_tokens(true);
  text.line_of.assign(static_cast<std::size_t>(n_places), 0);
  for (int place = 0; place < n_places; ++place) {
    const int token = text.token_at(place);
    const bool query_side = text.is_query(place);
    const float pill = std::min(p.pill_width(token, query_side, text.type, text.tightness), width);
    const bool other_text = text.n_above > 0 && place == text.n_above;
    const bool breaks_line = other_text || (token > 0 && p.token(token - 1, query_side).text.ends_with('\n'));
    if (text.lines.empty() || text.lines.back().width + text.gap + pill > width || breaks_line)
      text.lines.push_back({place, place, -text.gap});
    text.lines.back().end = place + 1;
    text.lines.back().width += text.gap + pill;
    text.line_of[static_cast<std::size_t>(place)] = static_cast<int>(text.lines.size()) - 1;
  }
}

/// Room above a line for its arcs.
float arc_room(const Paragraph& text) {
  return 1.1f * text.pill_height;
}

/// The largest type, then the loosest spacing, that keeps one line; else what fits the height, else the
/// smallest.
void choose_type(const Picture& p, Paragraph& text) {
  const Measures& m = p.measures;
  const Rect& area = p.content;
  const std::size_t fewest = p.one_text() ? 1 : 2;
  text.type = m.token;
  wrap(p, text, area.width);
  if (text.lines.size() == fewest) return;
  for (const float tightness : {1.0f, 0.8f, 0.6f}) {
    for (text.type = m.token; text.type >= m.token_min; text.type -= 1) {
      text.tightness = tightness;
      wrap(p, text, area.width);
      if (text.lines.size() == fewest) return;
    }
  }
  text.tightness = 0.8f;
  for (text.type = m.token;; text.type = std::max(m.token_min, text.type - 1)) {
    wrap(p, text, area.width);
    const float height = static_cast<float>(text.lines.size()) * (text.pill_height + arc_room(text));
    if (height <= area.height || text.type <= m.token_min) return;
  }
}

/// The pills of one line, from the margin or in the middle.
void place_line(const Picture& p, Paragraph& text, const TextLine& line, float y, bool centred) {
  const Rect& area = p.content;
  float x = area.x + (centred ? (area.width - line.width) / 2 : 0);
  for (int place = line.begin; place < line.end; ++place) {
    const float width = std::min(
        p.pill_width(text.token_at(place), text.is_query(place), text.type, text.tightness), area.width);
    const float left = text.right_to_left ? 2 * area.x + area.width - x - width : x;
    text.pills[static_cast<std::size_t>(place)] = {left, y, width, text.pill_height};
    x += width + text.gap;
  }
}

/// Each text as a block of close lines, and the room between them for the arcs. Of long texts the lines
/// around the active query are shown, and of what is looked at those around its strongest key.
void place_two_texts(const Picture& p, Paragraph& text) {
  const Rect& area = p.content;
  const float captions = 2.2f * p.measures.caption, step = 1.3f * text.pill_height;
  const int n_lines = static_cast<int>(text.lines.size());
  const int n_above = text.line_of[static_cast<std::size_t>(text.n_above)];  // lines
  const int fit = std::max(2, static_cast<int>((0.62f * area.height - 2 * captions) / step));
  // A short text leaves its room to the long one.
  const int fit_above = std::min(n_above, std::max(fit - fit / 2, fit - (n_lines - n_above)));
  const int fit_below = std::min(n_lines - n_above, std::max(1, fit - fit_above));
  const auto around = [&](int place, int begin, int end, int n) {
    const int line = place >= 0 ? text.line_of[static_cast<std::size_t>(place)] : begin;
    return std::clamp(line - n / 2, begin, std::max(begin, end - n));
  };
  const int active = p.connections.active;
  text.first_above = around(p.pinned, 0, n_above, fit_above);
  text.end_above = text.first_above + fit_above;
  text.first_line = around(active >= 0 ? text.place_of(active, true) : -1, n_above, n_lines, fit_below);
  text.end_line = text.first_line + fit_below;

  text.pills.resize(text.line_of.size());
  float y = area.y + captions;
  for (int i = text.first_above; i < text.end_above; ++i, y += step)
    place_line(p, text, text.lines[static_cast<std::size_t>(i)], y, true);
  y = area.bottom() - captions - step * static_cast<float>(fit_below - 1) - text.pill_height;
  for (int i = text.first_line; i < text.end_line; ++i, y += step)
    place_line(p, text, text.lines[static_cast<std::size_t>(i)], y, true);
}

/// Chooses type and line breaks, then the rectangle of every pill.
Paragraph set_text(const Picture& p) {
  const Measures& m = p.measures;
  const Rect& area = p.content;
  Paragraph text;
  text.right_to_left = runs_right_to_left(p);
  choose_type(p, text);
  if (!p.one_text()) return place_two_texts(p, text), text;
  const int n_lines = static_cast<int>(text.lines.size());
  const int fit =
      std::max(1, static_cast<int>((area.height - 2.5f * m.caption) / (text.pill_height + arc_room(text))));
  text.end_line = n_lines;
  if (n_lines > fit) {
    const int active_line =
        p.connections.active >= 0 ? text.line_of[static_cast<std::size_t>(p.connections.active)] : 0;
    text.first_line = std::clamp(active_line - (2 * fit) / 3, 0, n_lines - fit);
    text.end_line = text.first_line + fit;
  }
  const int n_shown = text.end_line - text.first_line;
  text.room = std::min(area.height / static_cast<float>(n_shown) - text.pill_height, 0.62f * area.height);
  if (n_lines > fit) text.room = std::min(text.room, arc_room(text));
  text.line_pitch = text.pill_height + text.room;

  // A single line stands where a reader expects it under its arcs; several fill the area from the top.
  const float block = static_cast<float>(n_shown) * text.line_pitch;
  float y = area.y + text.room;
  if (n_shown == 1)
    y = area.y + 0.78f * (area.height - text.pill_height);
  else if (n_lines > fit)
    y += 1.6f * m.caption;
  else
    y += std::max(0.0f, area.height - block) / 2;
  text.pills.resize(static_cast<std::size_t>(p.n_tokens(true)));
  for (int i = text.first_line; i < text.end_line; ++i, y += text.line_pitch)
    place_line(p, text, text.lines[static_cast<std::size_t>(i)], y, n_lines == 1);
  return text;
}

/// From the query's pill to the key's. `lift` is the height of the arc over a distance, already scaled to the
/// room.
RibbonState arc(const Rect& query, const Rect& key, bool same_line, float lift, float query_offset,
                float key_offset) {
  RibbonState r;
  constexpr float kControl = 1 / 0.75f;  // a cubic reaches 3/4 of the height of its two inner points
  if (same_line) {
    // Strands are nested: the one that lies farther out is wider and higher by its offset.
    const float out = query.center().x >= key.center().x ? 1.0f : -1.0f;
    const float height = std::max(1.0f, lift + (query_offset + key_offset) / 2);
    r.p0 = {query.center().x + out * query_offset, query.y};
    r.p3 = {key.center().x - out * key_offset, key.y};
    r.p1 = {r.p0.x, r.p0.y - kControl * height};
    r.p2 = {r.p3.x, r.p3.y - kControl * height};
  } else {
    const bool up = key.y < query.y;
    r.p0 = {query.center().x + query_offset, up ? query.y : query.bottom()};
    r.p3 = {key.center().x + key_offset, up ? key.bottom() : key.y};
    const float reach = 0.55f * (r.p3.y - r.p0.y);
    r.p1 = {r.p0.x, r.p0.y + reach};
    r.p2 = {r.p3.x, r.p3.y - reach};
  }
  return r;
}

/// Height of an arc over `distance` when nothing limits it.
float natural_lift(const Picture& p, float distance) {
  return 1.35f * p.measures.pill_height + 0.31f * distance;
}

/// A token that looks at itself: a small loop above its pill.
RibbonState self_loop(const Rect& pill, float width, float offset) {
  const float half = std::min(0.25f * pill.width, 10.0f) + width / 2;
  const float lift = pill.height + width;
  RibbonState r;
  r.p0 = {pill.center().x + half + offset, pill.y};
  r.p3 = {pill.center().x - half + offset, pill.y};
  r.p1 = {r.p0.x + half, r.p0.y - lift};
  r.p2 = {r.p3.x - half, r.p3.y - lift};
  return r;
}

/// All arcs of a sentence at once are a thicket: without an active row they stand back a little, beside one
/// far.
float presence(const Picture& p, const Connection& edge, std::size_t n_lines) {
  if (edge.lit) return p.connections.active >= 0 ? 1.0f : 0.7f;
  return n_lines > 2 ? 0.2f : 0.4f;
}

void add_ribbons(Picture& p, const Paragraph& text) {
  const std::vector<Connection>& edges = p.connections.edges;
  p.builder.reserve_edges(edges.size());
  std::vector<float> widths(edges.size());
  for (std::size_t i = 0; i < edges.size(); ++i) widths[i] = p.full_width * p.scaled(edges[i]);
  const std::vector<float> offsets = parallel_offsets(p.connections, widths, 2.4f * text.pill_height);

  float highest = 0;
  for (const Connection& e : edges) {
    const Rect &a = text.pill(e.query, true), &b = text.pill(e.key, false);
    if (text.shown_edge(e) && a.y == b.y)
      highest = std::max(highest, natural_lift(p, std::abs(a.center().x - b.center().x)));
  }
  const Rect& first =
      text.pills[static_cast<std::size_t>(text.lines[static_cast<std::size_t>(text.first_line)].begin)];
  const float room =
      text.end_line - text.first_line == 1 ? first.y - p.content.y - p.measures.weight : text.room;
  const float flatten = highest > 0 ? std::min(1.0f, std::max(4.0f, 0.94f * room) / highest) : 1;

  // Each strand leaves its query in a lane of its own.
  const auto n_strands = static_cast<float>(p.connections.strands.size());
  const float lane = std::min(p.full_width, 1.1f * text.pill_height / n_strands);
  const bool several = p.connections.strands.size() > 1;
  int rank = 0;
  for (std::size_t i = 0; i < edges.size(); ++i) {
    const Connection& edge = edges[i];
    if (!text.shown_edge(edge)) continue;
    const Rect& query = text.pill(edge.query, true);
    const Rect& key = text.pill(edge.key, false);
    const float lift = flatten * natural_lift(p, std::abs(query.center().x - key.center().x));
    const float own_lane = lane * (static_cast<float>(edge.strand) - (n_strands - 1) / 2);
    RibbonState ribbon =
        p.one_text() && edge.query == edge.key
            ? self_loop(query, widths[i], 0.4f * offsets[i])
            : arc(query, key, query.y == key.y, lift, offsets[i] != 0 ? offsets[i] : own_lane, offsets[i]);
    ribbon.width0 = ribbon.width3 = widths[i];
    const bool active = edge.query == p.connections.active;
    const float opacity =
        weight_opacity(p.scaled(edge), edge.lit, p.view().theme) * presence(p, edge, text.lines.size());
    const Color head = p.strand(edge).color;
    ribbon.color3 = head.with_alpha(opacity);
    // The query's colour flows into its arcs; with several heads each keeps more of its own.
    ribbon.color0 =
        active ? mix_colors(p.colors.accent, head, several ? 0.6f : 0).with_alpha(opacity) : ribbon.color3;
    const float delay = active ? static_cast<float>(++rank) / 64 : 0;
    p.builder.ribbon(p.edge_key(edge), ribbon, p.edge_meaning(edge), p.kin(edge), active ? 1 : 0,
                     std::min(1.0f, delay));
  }
}

/// Says how many lines are not shown, and how much of the active row they hold.
void add_beyond_notes(Picture& p, const Paragraph& text) {
  const int n_lines = static_cast<int>(text.lines.size());
  const auto note = [&](int begin, int end, float y, const char* arrow, const char* side,
                        std::uint64_t number) {
    if (begin >= end) return;
    double weight = 0;
    for (const Connection& e : p.connections.edges)
      if (e.query == p.connections.active && e.key >= begin && e.key < end) weight += e.weight;
    std::string sentence = std::string(arrow) + " " + std::to_string(end - begin) + " " + side + " tokens";
    weight /= static_cast<double>(p.connections.strands.size());
    if (weight >= 0.005)
      sentence += " hold " + std::to_string(static_cast<int>(std::lround(100 * weight))) + " % of this row";
    p.builder.label(element_key(ElementKind::Furniture, 11, number), p.words(sentence), {p.content.x, y},
                    Align::Left, p.measures.caption, p.colors.text_secondary);
  };
  note(0, text.lines[static_cast<std::size_t>(text.first_line)].begin,
       p.content.y + 0.7f * p.measures.caption, "↑", "earlier", 0);
  note(text.lines[static_cast<std::size_t>(text.end_line - 1)].end, n_lines ? p.n_tokens(true) : 0,
       p.content.bottom() - 0.5f * p.measures.caption, "↓", "later", 1);
}

/// Says which text is which, and how much of each is not shown.
void add_captions(Picture& p, const Paragraph& text) {
  const float size = p.measures.caption;
  const auto caption = [&](std::string sentence, int begin, int end, int n, float y, std::uint64_t number) {
    if (end - begin < n) sentence += " · " + std::to_string(n - (end - begin)) + " tokens have no room";
    p.builder.label(element_key(ElementKind::Furniture, 10, number), p.words(sentence), {p.content.x, y},
                    Align::Left, size, p.colors.text_secondary);
  };
  const auto begin_of = [&](int line) { return text.lines[static_cast<std::size_t>(line)].begin; };
  const auto end_of = [&](int line) { return text.lines[static_cast<std::size_t>(line - 1)].end; };
  caption("key · looks at", begin_of(text.first_above), end_of(text.end_above), text.n_above,
          p.content.y + 0.8f * size, 1);
  caption("query · looks from", begin_of(text.first_line), end_of(text.end_line), p.n_tokens(true),
          p.content.bottom() - 0.8f * size, 0);
}

}  // namespace

void add_arcs(Picture& p) {
  const Paragraph text = set_text(p);
  p.full_width = std::min(p.measures.ribbon, 0.7f * text.pill_height);
  add_ribbons(p, text);
  for (int place = 0; place < static_cast<int>(text.line_of.size()); ++place) {
    if (!text.shown(place)) continue;
    add_pill(p, text.token_at(place), text.is_query(place), text.pills[static_cast<std::size_t>(place)],
             text.type);
  }
  if (p.one_text())
    add_beyond_notes(p, text);
  else
    add_captions(p, text);
  add_arc_labels(p, text.pills, text.lines.size() == 1);
}

}  // namespace headscope
