#include "scene/picture.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "scene/annotations.h"
#include "scene/weight_scale.h"

namespace headscope {

float Picture::scaled(const Connection& c) const {
  return scaled_weight(c.weight, c.row_max, connections.full_weight, view().scale);
}

GlyphRunPtr Picture::words(std::string_view text, FontWeight weight) const {
  return stage.fonts->shape(text, FontRole::Words, weight);
}
GlyphRunPtr Picture::mono(std::string_view text, FontWeight weight) const {
  return stage.fonts->shape(text, FontRole::Mono, weight);
}

float Picture::token_width(int token, bool query_side, float size) const {
  const auto at = static_cast<std::size_t>(token);
  const SideTokens& all = side(query_side);
  return size * (all.texts[at]->width + (all.marks[at] ? all.marks[at]->width : 0));
}

float Picture::pill_width(int token, bool query_side, float size, float tightness) const {
  const float pad = tightness * measures.pill_pad * size / measures.token;
  return std::max(token_width(token, query_side, size) + 2 * pad, 1.9f * size * tightness);
}

ElementKey Picture::edge_key(const Connection& c, ElementKind kind) const {
  const Strand& s = strand(c);
  const auto head = static_cast<std::uint64_t>(s.layer + 1) << 32 | static_cast<std::uint32_t>(s.head + 1);
  return element_key(kind, head, id(c.query, true), id(c.key, false));
}

Meaning Picture::edge_meaning(const Connection& c) const {
  return {Meaning::Kind::Edge, strand(c).layer, strand(c).head, c.query, c.key, false, c.weight};
}

RibbonKin Picture::kin(const Connection& c) const {
  return {element_key(ElementKind::Edge, 0, id(c.query, true), id(c.key, false), 1),
          element_key(ElementKind::Pill, 1, id(c.query, true))};
}

void add_pill(Picture& p, int token, bool query_side, const Rect& rect, float size) {
  const Connections& c = p.connections;
  const auto at = static_cast<std::size_t>(token);
  const bool active = query_side && token == c.active;
  const bool is_key = !query_side || p.one_text();
  const Color outline = is_key ? p.outlines[at] : p.colors.key.with_alpha(0);
  const bool pinned = outline.a > 0 && (!query_side || p.view().kind == ViewKind::Arcs);
  const bool unread = p.unread(token) || !in_spotlight(p.document, token, query_side, p.one_text());
  const bool special = p.token(token, query_side).special;
  const Theme theme = p.view().theme;
  const float faint = seen_alpha(unread ? 0.36f : is_key && c.hidden[at] ? 0.55f : 1, theme);
  const bool dark = theme == Theme::Dark;

  BoxState box;
  box.rect = rect;
  box.radius = std::min(rect.height, rect.width) / 2;
  box.border = active || pinned ? 2 * p.measures.line : p.measures.line;
  // What the model added is an empty frame: nobody wrote it.
  box.fill = active ? p.colors.accent_fill : special ? p.colors.raised.with_alpha(0) : p.colors.raised;
  box.stroke = active ? p.colors.accent : pinned ? outline : p.colors.line;
  // Pills that nearly touch would be a ladder of lines: the text alone is calmer.
  const bool bare = rect.height < 1.7f * size && !active && !pinned;
  box.fill.a *= bare ? 0 : unread ? seen_alpha(0.6f, theme) : 1;
  box.stroke.a *= bare ? 0 : faint;
  Meaning meaning{Meaning::Kind::Token};
  (query_side ? meaning.query : meaning.key) = token;
  meaning.query_side = query_side;
  p.builder.box(element_key(ElementKind::Pill, query_side, p.id(token, query_side)), box, meaning,
                active || pinned ? 1 : 0);

  const Color active_text =
      mix_colors(p.colors.accent, dark ? rgb(0xFFFFFF) : rgb(0x000000), dark ? 0.45f : 0.35f);
  const Color color = (active    ? active_text
                       : special ? p.colors.text_secondary
                                 : p.colors.text)
                          .with_alpha(faint);
  float x = rect.center().x - p.token_width(token, query_side, size) / 2;
  const SideTokens& side = p.side(query_side);
  if (side.marks[at]) {
    p.builder.label(element_key(ElementKind::SpaceMark, query_side, p.id(token, query_side)), side.marks[at],
                    {x, rect.center().y}, Align::Left, size,
                    p.colors.text_secondary.with_alpha(0.7f * faint));
    x += size * side.marks[at]->width;
  }
  p.builder.label(element_key(ElementKind::TokenText, query_side, p.id(token, query_side)), side.texts[at],
                  {x, rect.center().y}, Align::Left, size, color);
}

void add_tick(Picture& p, int token, bool query_side, const Rect& rect) {
  const bool unread = p.unread(token) || !in_spotlight(p.document, token, query_side, p.one_text());
  BoxState box;
  box.rect = rect;
  box.radius = std::min(rect.width, rect.height) / 2;
  box.fill = p.colors.text_secondary.with_alpha(seen_alpha(unread ? 0.3f : 0.6f, p.view().theme));
  Meaning meaning{Meaning::Kind::Token};
  (query_side ? meaning.query : meaning.key) = token;
  meaning.query_side = query_side;
  p.builder.box(element_key(ElementKind::Pill, query_side, p.id(token, query_side)), box, meaning);
}

std::vector<float> parallel_offsets(const Connections& connections, std::span<const float> widths,
                                    float room) {
  const std::vector<Connection>& edges = connections.edges;
  std::vector<float> offsets(edges.size(), 0.0f);
  if (connections.strands.size() < 2) return offsets;
  // (query, key) in the high bits brings parallel ribbons together; the low ones keep the order of the
  // strands.
  std::vector<std::uint64_t> order(edges.size());
  for (std::size_t i = 0; i < edges.size(); ++i)
    order[i] =
        static_cast<std::uint64_t>(edges[i].query) << 44 | static_cast<std::uint64_t>(edges[i].key) << 24 | i;
  std::sort(order.begin(), order.end());
  constexpr float kBetween = 1;
  const auto edge_of = [](std::uint64_t code) { return static_cast<std::size_t>(code & 0xFFFFFF); };
  for (std::size_t begin = 0; begin < order.size();) {
    std::size_t end = begin;
    float total = -kBetween;
    for (; end < order.size() && order[end] >> 24 == order[begin] >> 24; ++end)
      total += widths[edge_of(order[end])] + kBetween;
    // Widths tell weights and stay; where they do not fit side by side, the ribbons overlap a little.
    const float squeeze = total > room ? room / total : 1;
    float at = -total / 2;
    for (; begin < end; ++begin) {
      const float width = widths[edge_of(order[begin])];
      offsets[edge_of(order[begin])] = squeeze * (at + width / 2);
      at += width + kBetween;
    }
  }
  return offsets;
}

std::vector<int> label_priority(const Picture& p, bool query_side, bool keys_first) {
  const Connections& c = p.connections;
  const bool queries = query_side || p.one_text(), keys = !query_side || p.one_text();
  std::vector<int> order;
  if (queries && c.active >= 0) order.push_back(c.active);
  if (keys && p.pinned >= 0) order.push_back(p.pinned);
  if (c.active < 0) return order;
  const int n = p.n_tokens(query_side);
  if (keys && keys_first) {
    std::vector<float> weight(static_cast<std::size_t>(n), 0.0f);
    for (const Connection& e : c.edges)
      if (e.query == c.active)
        weight[static_cast<std::size_t>(e.key)] = std::max(weight[static_cast<std::size_t>(e.key)], e.weight);
    std::vector<int> strongest;
    for (int k = 0; k < n; ++k)
      if (weight[static_cast<std::size_t>(k)] > 0) strongest.push_back(k);
    std::stable_sort(strongest.begin(), strongest.end(), [&](int a, int b) {
      return weight[static_cast<std::size_t>(a)] > weight[static_cast<std::size_t>(b)];
    });
    strongest.resize(std::min<std::size_t>(strongest.size(), 12));
    order.insert(order.end(), strongest.begin(), strongest.end());
  }
  if (order.empty()) return order;
  const int first = order.front();
  // Mostly what was read before; a little of what comes next.
  constexpr int kAhead = 3;
  for (int distance = 1; distance < n; ++distance) {
    if (first - distance >= 0) order.push_back(first - distance);
    if (distance <= kAhead && first + distance < n) order.push_back(first + distance);
  }
  for (int token = first + kAhead + 1; token < n; ++token) order.push_back(token);
  return order;
}

std::string weight_text(const Picture& p, float weight) {
  char text[16];
  const bool percent = p.view().present || p.view().kind == ViewKind::Arcs;
  if (percent)
    std::snprintf(text, sizeof text, weight < 0.01f ? "<1%%" : "%.0f%%", 100 * static_cast<double>(weight));
  else
    std::snprintf(text, sizeof text, "%.2f", static_cast<double>(weight));
  return text;
}

}  // namespace headscope
