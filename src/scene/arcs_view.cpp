#include <algorithm>
#include <cmath>

#include "scene/arc_labels.h"
#include "scene/picture.h"
#include "scene/weight_scale.h"

/// The sentence as lines of text, with an arc from each query to the keys it looks at. A long text wraps;
/// then arcs within a line share the room above it, and connections between lines swing from one line to the
/// other. When not all lines fit, those around the active query are shown and a note counts the rest.
namespace headscope {
namespace {

struct TextLine {
  int begin = 0, end = 0;  // tokens
  float width = 0;
};

struct Paragraph {
  float type = 15, tightness = 1, pill_height = 30, gap = 12;
  std::vector<TextLine> lines;
  std::vector<int> line_of;          // [n_tokens]
  std::vector<Rect> pills;           // [n_tokens]; filled by place()
  int first_line = 0, end_line = 0;  // shown
  float line_pitch = 0, room = 0;    // room: above each line
  bool right_to_left = false;
  bool shown(int token) const {
    const int line = line_of[static_cast<std::size_t>(token)];
    return line >= first_line && line < end_line;
  }
};

/// Whether most tokens that have a direction run right to left.
bool runs_right_to_left(const Picture& p) {
  int right = 0, left = 0;
  for (const TraceToken& token : p.trace.tokens) {
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
  text.line_of.assign(static_cast<std::size_t>(p.n_tokens()), 0);
  for (int token = 0; token < p.n_tokens(); ++token) {
    const float pill = std::min(p.pill_width(token, text.type, text.tightness), width);
    const bool breaks_line =
        token > 0 && p.trace.tokens[static_cast<std::size_t>(token - 1)].text.ends_with('\n');
    if (text.lines.empty() || text.lines.back().width + text.gap + pill > width || breaks_line)
      text.lines.push_back({token, token, -text.gap});
    text.lines.back().end = token + 1;
    text.lines.back().width += text.gap + pill;
    text.line_of[static_cast<std::size_t>(token)] = static_cast<int>(text.lines.size()) - 1;
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
  text.type = m.token;
  wrap(p, text, area.width);
  if (text.lines.size() == 1) return;
  for (const float tightness : {1.0f, 0.8f, 0.6f}) {
    for (text.type = m.token; text.type >= m.token_min; text.type -= 1) {
      text.tightness = tightness;
      wrap(p, text, area.width);
      if (text.lines.size() == 1) return;
    }
  }
  text.tightness = 0.8f;
  for (text.type = m.token;; text.type = std::max(m.token_min, text.type - 1)) {
    wrap(p, text, area.width);
    const float height = static_cast<float>(text.lines.size()) * (text.pill_height + arc_room(text));
    if (height <= area.height || text.type <= m.token_min) return;
  }
}

/// Chooses type and line breaks, then the rectangle of every pill.
Paragraph set_text(const Picture& p) {
  const Measures& m = p.measures;
  const Rect& area = p.content;
  Paragraph text;
  text.right_to_left = runs_right_to_left(p);
  choose_type(p, text);
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
  text.pills.resize(static_cast<std::size_t>(p.n_tokens()));
  for (int i = text.first_line; i < text.end_line; ++i) {
    const TextLine& line = text.lines[static_cast<std::size_t>(i)];
    float x = area.x + (n_lines == 1 ? (area.width - line.width) / 2 : 0);
    for (int token = line.begin; token < line.end; ++token) {
      const float width = std::min(p.pill_width(token, text.type, text.tightness), area.width);
      const float left = text.right_to_left ? 2 * area.x + area.width - x - width : x;
      text.pills[static_cast<std::size_t>(token)] = {left, y, width, text.pill_height};
      x += width + text.gap;
    }
    y += text.line_pitch;
  }
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
    const Rect &a = text.pills[static_cast<std::size_t>(e.query)],
               &b = text.pills[static_cast<std::size_t>(e.key)];
    if (text.shown(e.query) && text.shown(e.key) && a.y == b.y)
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
    if (!text.shown(edge.query) || !text.shown(edge.key)) continue;
    const Rect& query = text.pills[static_cast<std::size_t>(edge.query)];
    const Rect& key = text.pills[static_cast<std::size_t>(edge.key)];
    const float lift = flatten * natural_lift(p, std::abs(query.center().x - key.center().x));
    const float own_lane = lane * (static_cast<float>(edge.strand) - (n_strands - 1) / 2);
    RibbonState ribbon = edge.query == edge.key ? self_loop(query, widths[i], 0.4f * offsets[i])
                                                : arc(query, key, query.y == key.y, lift,
                                                      offsets[i] != 0 ? offsets[i] : own_lane, offsets[i]);
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
  note(text.lines[static_cast<std::size_t>(text.end_line - 1)].end, n_lines ? p.n_tokens() : 0,
       p.content.bottom() - 0.5f * p.measures.caption, "↓", "later", 1);
}

}  // namespace

void add_arcs(Picture& p) {
  const Paragraph text = set_text(p);
  p.full_width = std::min(p.measures.ribbon, 0.7f * text.pill_height);
  add_ribbons(p, text);
  for (int token = 0; token < p.n_tokens(); ++token)
    if (text.shown(token)) add_pill(p, token, true, text.pills[static_cast<std::size_t>(token)], text.type);
  add_beyond_notes(p, text);
  add_arc_labels(p, text.pills, text.lines.size() == 1);
}

}  // namespace headscope
