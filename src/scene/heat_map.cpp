#include "scene/heat_map.h"

#include <algorithm>
#include <bit>

#include "scene/weight_scale.h"

namespace headscope {
namespace {

/// Opacity of rows that are not active.
float dimmed(const Picture& p) {
  return seen_alpha(0.6f, p.view().theme);
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

std::uint64_t hash_values(const std::vector<float>& values) {
  std::uint64_t hash = values.size();
  for (const float v : values) {
    hash = (hash ^ std::bit_cast<std::uint32_t>(v)) * 0x9E3779B97F4A7C15ull;
    hash ^= hash >> 29;
  }
  return hash;
}

/// [n_tokens, n_tokens] scaled weights of the rows that are drawn.
std::shared_ptr<MatrixValues> values_of(const Picture& p, const Strand& strand) {
  auto values = std::make_shared<MatrixValues>();
  const auto n = static_cast<std::size_t>(p.n_tokens());
  values->rows = values->cols = p.n_tokens();
  values->values.assign(n * n, 0.0f);
  RowReader reader(p.document, p.trace);
  const WeightScale scale = p.view().scale;
  for (int query = p.connections.first_query; query < p.connections.end_query; ++query) {
    double mass = 0;
    int count = 0;
    const std::span<const float> row = reader.read(strand, query, mass, count);
    const float row_max = row.empty() ? 0 : *std::max_element(row.begin(), row.end());
    float* out = values->values.data() + static_cast<std::size_t>(query) * n;
    for (std::size_t key = 0; key < n; ++key)
      if (const float w = row[key]; w > 0 && w >= p.view().weight_threshold)
        out[key] = scale == WeightScale::Linear ? std::min(1.0f, w / p.connections.full_weight)
                                                : scaled_weight(w, row_max, p.connections.full_weight, scale);
  }
  values->id = hash_values(values->values);
  return values;
}

}  // namespace

Color cell_color(const Picture& p, const Connection& edge) {
  Color color = matrix_color(color_map(p.view().matrix_colors), p.scaled(edge), p.strand(edge).color);
  if (!edge.lit) color.a *= dimmed(p);
  return color;
}

void add_heat_map(Picture& p, const HeatMap& map, int strand_index) {
  const int n = p.n_tokens(), active = p.connections.active;
  const Strand& strand = p.connections.strands[static_cast<std::size_t>(strand_index)];
  const auto head =
      static_cast<std::uint64_t>(strand.layer + 1) << 32 | static_cast<std::uint32_t>(strand.head + 1);
  const bool cells = n * n * static_cast<int>(p.connections.strands.size()) <= kMaxCells;
  if (cells) {
    // Empty cells are ribbons too: boxes would lie above the cells that they stand behind.
    for (int row = 0; row < n; ++row)
      for (int column = 0; column < n; ++column)
        p.builder.ribbon(element_key(ElementKind::MaskedCell, head, p.id(row), p.id(column)),
                         cell_ribbon(map, row, column, p.colors.panel),
                         {Meaning::Kind::Cell, strand.layer, strand.head, row, column, false, 0}, {}, -1);
  } else {
    p.builder.image(element_key(ElementKind::Tile, head),
                    {map.area, active >= 0 ? dimmed(p) : 1, strand.color}, values_of(p, strand),
                    {Meaning::Kind::Cell, strand.layer, strand.head});
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
