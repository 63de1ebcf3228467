#include <algorithm>
#include <cmath>
#include <cstdio>

#include "scene/axis_plan.h"
#include "scene/heat_map.h"
#include "scene/weight_scale.h"

/// One heat map with the names of its tokens: rows look, columns are looked at.
namespace headscope {
namespace {

/// How bright a half-transparent cell is over its ground, in linear light.
float luminance(Color c, Color ground) {
  const auto of = [](Color x) {
    return 0.2126f * std::pow(x.r, 2.2f) + 0.7152f * std::pow(x.g, 2.2f) + 0.0722f * std::pow(x.b, 2.2f);
  };
  return c.a * of(c) + (1 - c.a) * of(ground);
}

/// The numbers in the cells.
void add_values(Picture& p, const HeatMap& map) {
  if (!p.view().show_labels || map.cell < 2.9f * p.measures.token_min) return;
  for (const Connection& edge : p.connections.edges) {
    if (edge.weight < 0.005f && !edge.lit) continue;
    const bool on_light = luminance(cell_color(p, edge), p.colors.panel) > 0.2f;
    const float alpha = seen_alpha(edge.lit ? 1.0f : 0.75f, on_light ? Theme::Light : Theme::Dark);
    char text[16];
    std::snprintf(text, sizeof text, "%.2f", static_cast<double>(edge.weight));
    p.builder.label(p.edge_key(edge, ElementKind::Weight), p.mono(text + (text[0] == '0' ? 1 : 0)),
                    map.corner(edge.query, edge.key) + Vec2{map.cell / 2, map.cell / 2}, Align::Center,
                    p.measures.token_min, rgb(on_light ? 0x101418 : 0xF4F6FA, alpha));
  }
}

/// The order in which names of a side are placed: even places, the active row and its strongest keys first.
std::vector<int> name_order(const Picture& p, bool query_side, float cell, float type) {
  const int n = p.n_tokens(query_side);
  std::vector<int> order = label_priority(p, query_side, true);
  const AxisPlan thinned = plan_axis(std::vector<float>(static_cast<std::size_t>(n), 1.4f * type),
                                     cell * static_cast<float>(n), {});
  if (p.connections.active >= 0) order.resize(std::min<std::size_t>(order.size(), 8));
  for (int i = 0; i < n; ++i)
    if (thinned.labelled[static_cast<std::size_t>(i)]) order.push_back(i);
  for (int i = 0; i < n; ++i) order.push_back(i);
  return order;
}

Color name_color(const Picture& p, int token, bool query_side) {
  const Color color = query_side && token == p.connections.active ? p.colors.accent
                      : !query_side && token == p.pinned          ? p.pinned_color
                      : p.token(token, query_side).special        ? p.colors.text_secondary
                                                                  : p.colors.text;
  return color.with_alpha(seen_alpha(p.unread(token) ? 0.4f : 0.95f, p.view().theme));
}

float name_type(const Picture& p, const HeatMap& map) {
  return std::clamp(0.6f * map.cell, p.measures.token_min, p.measures.token);
}

void add_row_frame(Picture& p, const HeatMap& grid) {
  if (p.connections.active < 0) return;
  BoxState frame;
  const Vec2 corner = grid.corner(p.connections.active, 0);
  const float outset = 2 * p.measures.line;
  frame.rect = {grid.area.x - outset, corner.y - outset, grid.area.width + 2 * outset,
                grid.cell + 2 * outset};
  frame.radius = 3;
  frame.border = 2 * p.measures.line;
  frame.stroke = p.colors.accent;
  frame.fill = p.colors.accent.with_alpha(0);
  p.builder.box(element_key(ElementKind::Furniture, 21), frame, {}, 2);
}

}  // namespace

void add_row_names(Picture& p, const HeatMap& map, int copy) {
  const float type = name_type(p, map);
  std::vector<bool> done(p.queries.ids.size());
  for (const int token : name_order(p, true, map.cell, type)) {
    const auto at = static_cast<std::size_t>(token);
    const float middle = map.cell * (static_cast<float>(token) + 0.5f);
    if (done[at]) continue;
    done[at] = p.builder.try_label(
        element_key(ElementKind::TokenText, 1, p.id(token, true), static_cast<std::uint64_t>(copy)),
        p.queries.texts[at], {map.area.x - 0.7f * type, map.area.y + middle}, Align::Right, type,
        name_color(p, token, true), {0, 0, p.stage.width, p.stage.height});
  }
}

void add_column_names(Picture& p, const HeatMap& map, bool below, int n_levels, int copy) {
  const float type = name_type(p, map), edge = below ? map.area.bottom() : map.area.y, out = below ? 1 : -1;
  const auto number = static_cast<std::uint64_t>(copy);
  std::vector<bool> done(p.keys.ids.size());
  for (const int token : name_order(p, false, map.cell, type)) {
    const auto at = static_cast<std::size_t>(token);
    const float middle = map.cell * (static_cast<float>(token) + 0.5f);
    for (int level = 0; level < n_levels && !done[at]; ++level) {
      const Vec2 place{map.area.x + middle, edge + out * (0.9f + 1.3f * static_cast<float>(level)) * type};
      done[at] = p.builder.try_label(element_key(ElementKind::TokenText, 0, p.id(token, false), number),
                                     p.keys.texts[at], place, Align::Center, type,
                                     name_color(p, token, false), {0, 0, p.stage.width, p.stage.height});
      if (!done[at] || level == 0) continue;
      BoxState leader;
      const float from = edge + out * 3, to = place.y - out * 0.6f * type;
      leader.rect = {place.x - 0.5f, std::min(from, to), 1, std::abs(to - from)};
      leader.fill = p.colors.line.with_alpha(0.8f);
      p.builder.box(element_key(ElementKind::Furniture, 20, p.id(token, false), number), leader);
    }
  }
}

void add_matrix(Picture& p) {
  const auto n_rows = static_cast<float>(p.n_tokens(true)), n_columns = static_cast<float>(p.n_tokens(false));
  const Measures& m = p.measures;
  float widest = 0;
  for (int token = 0; token < p.n_tokens(true); ++token)
    widest = std::max(widest, p.token_width(token, true, m.token_min));
  widest = std::min(1.2f * widest, 0.25f * p.content.width);
  const float names = 6.2f * m.token_min;
  const float width = std::max(8.0f, p.content.width - widest - 2 * m.margin);
  const float height = std::max(8.0f, p.content.height - names);
  HeatMap grid;
  grid.cell = std::min({width / n_columns, height / n_rows, 2.2f * m.pill_height});
  grid.area = {p.content.x + (p.content.width - grid.cell * n_columns + widest) / 2, p.content.y + names,
               grid.cell * n_columns, grid.cell * n_rows};

  add_heat_map(p, grid, 0);
  add_values(p, grid);
  p.builder.reserve(grid.area);
  add_row_names(p, grid);
  // Columns are narrower than words: a few names stand on up to four levels, many are thinned out on one.
  constexpr int kFew = 36;
  add_column_names(p, grid, false, p.n_tokens(false) <= kFew ? 4 : 1);
  add_row_frame(p, grid);
}

}  // namespace headscope
