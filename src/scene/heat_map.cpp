#include "scene/heat_map.h"

#include "scene/weight_scale.h"

namespace headscope {
namespace {

/// Opacity of rows that are not active. On light ground the maps' dark zero would turn into a grey haze.
float dimmed(const Picture& p) {
  return p.view().theme == Theme::Dark ? 0.33f : 0.95f;
}

RibbonState cell_ribbon(const HeatMap& map, int row, int column, Color color) {
  const float gap = map.cell >= 8 ? 1.0f : 0.0f;
  const Vec2 corner = map.corner(row, column);
  const float y = corner.y + map.cell / 2, x0 = corner.x + gap, length = map.cell - 2 * gap;
  RibbonState r;
  // The query's end is on the left, as in the columns, so that ribbons do not turn over on their way.
  r.p0 = {x0, y};
  r.p1 = {x0 + length / 3, y};
  r.p2 = {x0 + 2 * length / 3, y};
  r.p3 = {x0 + length, y};
  r.width0 = r.width3 = map.cell - 2 * gap;
  r.color0 = r.color3 = color;
  r.round_caps = 0;
  return r;
}

}  // namespace

Color cell_color(const Picture& p, const Connection& edge) {
  Color color = matrix_color(color_map(p.view().matrix_colors), p.scaled(edge), p.strand(edge).color);
  if (!edge.lit) color.a *= dimmed(p);
  return color;
}

void add_heat_map(Picture& p, const HeatMap& map, int strand_index) {
  const int n_rows = p.n_tokens(true), n_columns = p.n_tokens(false), active = p.connections.active;
  const Strand& strand = p.connections.strands[static_cast<std::size_t>(strand_index)];
  const auto head =
      static_cast<std::uint64_t>(strand.layer + 1) << 32 | static_cast<std::uint32_t>(strand.head + 1);
  const bool cells = p.connections.matrices.empty();
  if (cells) {
    // Empty cells are ribbons too: boxes would lie above the cells that they stand behind.
    for (int row = 0; row < n_rows; ++row)
      for (int column = 0; column < n_columns; ++column)
        p.builder.ribbon(element_key(ElementKind::MaskedCell, head, p.id(row, true), p.id(column, false)),
                         cell_ribbon(map, row, column, p.colors.panel),
                         {Meaning::Kind::Cell, strand.layer, strand.head, row, column, false, 0}, {}, -1);
  } else {
    p.builder.image(element_key(ElementKind::Tile, head),
                    {map.area, active >= 0 ? dimmed(p) : 1, strand.color},
                    p.connections.matrices[static_cast<std::size_t>(strand_index)],
                    {Meaning::Kind::Cell, strand.layer, strand.head});
    BoxState frame;
    frame.rect = map.area;
    frame.border = p.measures.line;
    frame.stroke = p.colors.line;
    frame.fill = p.colors.panel.with_alpha(0);
    p.builder.box(element_key(ElementKind::Tile, head, 1), frame);
  }
  for (const Connection& edge : p.connections.edges) {
    if (edge.strand != strand_index || (!cells && edge.query != active)) continue;
    Meaning meaning = p.edge_meaning(edge);
    meaning.kind = Meaning::Kind::Cell;
    p.builder.ribbon(p.edge_key(edge), cell_ribbon(map, edge.query, edge.key, cell_color(p, edge)), meaning,
                     p.kin(edge), edge.query == active ? 1 : 0);
  }
}

}  // namespace headscope
