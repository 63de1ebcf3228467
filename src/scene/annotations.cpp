#include "scene/annotations.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

#include "scene/weight_scale.h"

namespace headscope {
namespace {

enum Annotation : std::uint64_t { CaptionLine = 1, NoteBox, NoteText, NoteArrow, NoteHead };

ElementKey annotation_key(Annotation what, std::uint64_t a, std::uint64_t b = 0) {
  return element_key(ElementKind::Annotation, what, a, b);
}

float caption_size(const Picture& p) {
  return p.view().present ? p.measures.weight : 1.3f * p.measures.caption;
}

/// Broken between words at what the stage has room for; the rest of what does not fit is cut with "…".
std::vector<std::string> wrapped(const Picture& p, const std::string& text, float size, float width,
                                 int most) {
  std::vector<std::string> lines;
  std::string line;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find_first_of(" \n", at), text.size());
    const std::string word = text.substr(at, end - at);
    const std::string longer = line.empty() ? word : line + " " + word;
    if (!line.empty() && p.words(longer)->width * size > width) {
      lines.push_back(std::move(line));
      line = word;
    } else {
      line = longer;
    }
    if (end < text.size() && text[end] == '\n') lines.push_back(std::move(line)), line.clear();
    at = end + 1;
  }
  if (!line.empty()) lines.push_back(std::move(line));
  if (static_cast<int>(lines.size()) > most) {
    lines.resize(static_cast<std::size_t>(most));
    lines.back() += " …";
  }
  return lines;
}

std::vector<std::string> lines_of_caption(const Picture& p) {
  if (p.document.caption.empty()) return {};
  const float width = std::min(p.stage.width - 2 * p.measures.margin, 46 * caption_size(p));
  return wrapped(p, p.document.caption, caption_size(p), width, kMaxCaptionLines);
}

Rect united(const Rect& a, const Rect& b) {
  if (a.width <= 0 && a.height <= 0) return b;
  const float x = std::min(a.x, b.x), y = std::min(a.y, b.y);
  return {x, y, std::max(a.right(), b.right()) - x, std::max(a.bottom(), b.bottom()) - y};
}

bool is_of(const Meaning& meaning, const Place& place) {
  if (place.kind == Place::Kind::Token)
    return meaning.kind == Meaning::Kind::Token &&
           (meaning.query_side ? meaning.query : std::max(meaning.key, meaning.query)) == place.query;
  return (meaning.kind == Meaning::Kind::Edge || meaning.kind == Meaning::Kind::Cell) &&
         meaning.query == place.query && meaning.key == place.key;
}

/// The middle of a band.
Vec2 middle_of(const RibbonState& r) {
  return 0.125f * (r.p0 + 3 * r.p1 + 3 * r.p2 + r.p3);
}

Rect ribbon_rect(const RibbonState& r) {
  const float half = std::max(r.width0, r.width3) / 2;
  if (r.round_caps == 0 && r.p0.y == r.p3.y)  // a cell
    return {r.p0.x, r.p0.y - half, r.p3.x - r.p0.x, 2 * half};
  Rect rect{r.p0.x, r.p0.y, 0, 0};
  for (const Vec2 point : {r.p0, middle_of(r), r.p3}) rect = united(rect, {point.x, point.y, 0.01f, 0.01f});
  return {rect.x - half, rect.y - half, rect.width + 2 * half, rect.height + 2 * half};
}

void add_note(Picture& p, const Note& note, Vec2 target, float clearance, const Rect& inside) {
  const Measures& m = p.measures;
  const float size = p.view().present ? m.weight : m.caption, pad = 0.55f * size;
  const GlyphRunPtr run = p.words(note.text, FontWeight::Medium);
  const float width = run->width * size + 2 * pad, height = 1.7f * size;
  // Above, below, then beside and farther away: the first place where the words touch no others.
  static constexpr std::array<Vec2, 8> kWays = {
      {{0, -1}, {0, 1}, {0.8f, -0.8f}, {-0.8f, -0.8f}, {0.8f, 0.8f}, {-0.8f, 0.8f}, {1, 0}, {-1, 0}}};
  Vec2 center = target + Vec2{0, -(clearance + 1.6f * height)};
  bool placed = false;
  for (const float far : {1.2f, 2.4f, 4.0f}) {
    for (const Vec2 way : kWays) {
      const Vec2 at =
          target + Vec2{way.x * (clearance + width / 2 + far * size), way.y * (clearance + far * height)};
      if (!p.builder.has_room(*run, at, Align::Center, size, inside)) continue;
      center = at;
      placed = true;
      break;
    }
    if (placed) break;
  }
  center.x =
      std::clamp(center.x, inside.x + width / 2, std::max(inside.x + width / 2, inside.right() - width / 2));
  center.y = std::clamp(center.y, inside.y + height / 2,
                        std::max(inside.y + height / 2, inside.bottom() - height / 2));

  const auto a = static_cast<std::uint64_t>(note.at.query + 1),
             b = static_cast<std::uint64_t>(note.at.key + 1);
  const auto id = [&](int token, bool query_side) {
    return token >= 0 && token < p.n_tokens(query_side) ? p.id(token, query_side) : a;
  };
  const std::uint64_t query = id(note.at.query, true),
                      key = note.at.is_connection() ? id(note.at.key, false) : b;
  const Color ink = p.colors.accent;
  const Vec2 way = target - center;
  const float distance = length(way);
  if (distance > clearance + height) {
    const Vec2 unit = (1 / distance) * way;
    const Vec2 tip = target - clearance * unit, tail = center + (0.5f * height) * unit;
    const float head = 0.55f * size;
    const Vec2 neck = tip - head * unit;
    const auto band = [&](Vec2 from, Vec2 to, float w0, float w3) {
      return RibbonState{
          from, from + (1 / 3.0f) * (to - from), from + (2 / 3.0f) * (to - from), to, w0, w3, ink, ink, 0};
    };
    p.builder.ribbon(annotation_key(NoteArrow, query, key), band(tail, neck, 1.5f * m.line, 1.5f * m.line),
                     {}, {}, 2);
    p.builder.ribbon(annotation_key(NoteHead, query, key), band(neck, tip, 0.8f * head, 0.1f), {}, {}, 2);
  }
  BoxState box;
  box.rect = {center.x - width / 2, center.y - height / 2, width, height};
  box.radius = 0.35f * height;
  box.border = m.line;
  box.fill = p.colors.raised;
  box.stroke = ink;
  p.builder.box(annotation_key(NoteBox, query, key), box, {}, 2);
  p.builder.label(annotation_key(NoteText, query, key), run, center, Align::Center, size, p.colors.text);
}

}  // namespace

int caption_lines(const Picture& p) {
  return static_cast<int>(lines_of_caption(p).size());
}

float caption_height(const Picture& p, int n_lines) {
  return n_lines == 0 ? 0 : (1.35f * static_cast<float>(n_lines) + 0.8f) * caption_size(p);
}

void add_caption(Picture& p, float bottom, int n_lines) {
  const std::vector<std::string> lines = lines_of_caption(p);
  const float size = caption_size(p), step = 1.35f * size;
  // Fewer lines than there is room for stand where the first ones would.
  float y = bottom - caption_height(p, n_lines) + 0.4f * size + 0.5f * step;
  if (lines.empty()) return;
  // Lines without words too: a shorter caption and a longer one then change as one.
  for (std::size_t i = 0; i < kMaxCaptionLines; ++i, y += step)
    p.builder.label(annotation_key(CaptionLine, i),
                    p.words(i < lines.size() ? lines[i] : "", FontWeight::Medium), {p.stage.width / 2, y},
                    Align::Center, size, p.colors.text);
}

bool in_spotlight(const Document& document, int token, bool query_side, bool one_text) {
  const std::vector<Place>& places = document.spotlight;
  return places.empty() || std::any_of(places.begin(), places.end(), [&](const Place& place) {
           return ((one_text || query_side) && place.query == token) ||
                  ((one_text || !query_side) && place.is_connection() && place.key == token);
         });
}

bool in_spotlight(const Document& document, int query, int key, bool one_text) {
  const std::vector<Place>& places = document.spotlight;
  return places.empty() || std::any_of(places.begin(), places.end(), [&](const Place& place) {
           return place.is_connection() ? place.query == query && place.key == key
                                        : place.query == query || (one_text && place.query == key);
         });
}

Rect place_rect(const Layout& layout, const Place& place) {
  Rect found;
  for (std::size_t i = 0; i < layout.boxes.size(); ++i) {
    const Meaning& meaning = layout.box_meanings[i];
    if (!is_of(meaning, place)) continue;
    if (meaning.query_side) return layout.boxes[i].state.rect;  // who looks, where a token stands twice
    if (found.width <= 0) found = layout.boxes[i].state.rect;
  }
  if (found.width > 0) return found;
  for (std::size_t i = 0; i < layout.ribbons.size(); ++i)
    if (is_of(layout.ribbon_meanings[i], place)) found = united(found, ribbon_rect(layout.ribbons[i].state));
  if (place.kind == Place::Kind::Token) return found;
  for (std::size_t i = 0; i < layout.image_meanings.size() && found.width <= 0; ++i) {
    const MatrixValues& values = *layout.image_values[i];
    const Rect& area = layout.images[i].state.rect;
    if (layout.image_meanings[i].kind != Meaning::Kind::Cell || place.query >= values.rows ||
        place.key >= values.cols)
      continue;
    const float width = area.width / static_cast<float>(values.cols),
                height = area.height / static_cast<float>(values.rows);
    found = {area.x + width * static_cast<float>(place.key),
             area.y + height * static_cast<float>(place.query), width, height};
  }
  return found;
}

void add_notes(Picture& p) {
  for (const Note& note : p.document.notes) {
    const Layout& layout = p.builder.layout();
    Vec2 target{p.stage.width / 2, p.content.y};
    float clearance = 0;
    if (note.at.kind != Place::Kind::All) {
      const Rect rect = place_rect(layout, note.at);
      if (rect.width <= 0) continue;
      target = rect.center();
      clearance = note.at.kind == Place::Kind::Token ? rect.height / 2 : 0.25f * p.measures.caption;
      // An arc's middle is not the middle of its ends.
      for (std::size_t i = 0; note.at.is_connection() && i < layout.ribbons.size(); ++i) {
        if (!is_of(layout.ribbon_meanings[i], note.at)) continue;
        target = middle_of(layout.ribbons[i].state);
        clearance += layout.ribbon_meanings[i].kind == Meaning::Kind::Cell
                         ? rect.height / 2
                         : layout.ribbons[i].state.width0 / 2;
        break;
      }
    }
    add_note(p, note, target, clearance, p.content);
  }
}

}  // namespace headscope
