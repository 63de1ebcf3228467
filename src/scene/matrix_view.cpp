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

/// Token names beside rows and above columns, as many as have room.
void add_names(Picture& p, const HeatMap& grid) {
  const int n = p.n_tokens();
  const float type = std::clamp(0.6f * grid.cell, p.measures.token_min, p.measures.token);
  const std::vector<float> row_room(static_cast<std::size_t>(n), std::max(grid.cell, 1.4f * type));
  // Even places; what does not fit is thinned out, the active row and its strongest keys first.
  std::vector<int> order = label_priority(p, true);
  std::vector<int> even;
  const AxisPlan thinned = plan_axis(std::vector<float>(static_cast<std::size_t>(n), 1.4f * type),
                                     grid.cell * static_cast<float>(n), {});
  for (int i = 0; i < n; ++i)
    if (thinned.labelled[static_cast<std::size_t>(i)]) even.push_back(i);
  if (p.connections.active >= 0) order.resize(std::min<std::size_t>(order.size(), 8));
  order.insert(order.end(), even.begin(), even.end());
  for (int i = 0; i < n; ++i) order.push_back(i);

  const Rect stage{0, 0, p.stage.width, p.stage.height};
  std::vector<bool> row_done(static_cast<std::size_t>(n)), column_done(static_cast<std::size_t>(n));
  const auto color_of = [&](int token, bool query_side) {
    const bool unread = p.connections.active >= 0 && token > p.connections.active;
    const Color color = query_side && token == p.connections.active ? p.colors.accent
                        : !query_side && token == p.pinned          ? p.pinned_color
                                                                    : p.colors.text;
    return color.with_alpha(seen_alpha(unread ? 0.4f : 0.95f, p.view().theme));
  };
  for (const int token : order) {
    const auto at = static_cast<std::size_t>(token);
    const float middle = grid.cell * (static_cast<float>(token) + 0.5f);
    if (!row_done[at])
      row_done[at] = p.builder.try_label(element_key(ElementKind::TokenText, 1, p.id(token)), p.tokens[at],
                                         {grid.area.x - 0.7f * type, grid.area.y + middle}, Align::Right,
                                         type, color_of(token, true), stage);
    // Columns are narrower than words: a few names stand on up to four levels, many are thinned out on one.
    constexpr int kFew = 36;
    const int n_levels = n <= kFew ? 4 : 1;
    for (int level = 0; level < n_levels && !column_done[at]; ++level) {
      const Vec2 place{grid.area.x + middle, grid.area.y - (0.9f + 1.3f * static_cast<float>(level)) * type};
      column_done[at] = p.builder.try_label(element_key(ElementKind::TokenText, 0, p.id(token)), p.tokens[at],
                                            place, Align::Center, type, color_of(token, false), stage);
      if (column_done[at] && level > 0) {
        BoxState leader;
        const float top = place.y + 0.6f * type;
        leader.rect = {place.x - 0.5f, top, 1, grid.area.y - 3 - top};
        leader.fill = p.colors.line.with_alpha(0.8f);
        p.builder.box(element_key(ElementKind::Furniture, 20, p.id(token)), leader);
      }
    }
  }
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

void add_matrix(Picture& p) {
  const int n = p.n_tokens();
  const Measures& m = p.measures;
  float widest = 0;
  for (int token = 0; token < n; ++token) widest = std::max(widest, p.token_width(token, m.token_min));
  widest = std::min(1.2f * widest, 0.25f * p.content.width);
  const float names = 6.2f * m.token_min;
  const float side =
      std::max(8.0f, std::min(p.content.width - widest - 2 * m.margin, p.content.height - names));
  HeatMap grid;
  grid.cell = std::min(side / static_cast<float>(n), 2.2f * m.pill_height);
  const float length = grid.cell * static_cast<float>(n);
  grid.area = {p.content.x + (p.content.width - length + widest) / 2, p.content.y + names, length, length};

  add_heat_map(p, grid, 0);
  add_values(p, grid);
  p.builder.reserve(grid.area);
  add_names(p, grid);
  add_row_frame(p, grid);
}

}  // namespace headscope
