#include <algorithm>
#include <cmath>

#include "scene/heat_map.h"
#include "scene/weight_scale.h"

/// Small multiples: one small picture a head, each with its name, where more colours could not be told apart.
namespace headscope {
namespace {

struct Tiles {
  int columns = 1, rows = 1;
  float width = 0, height = 0;
};

/// The grid in which `n` tiles of this aspect (width / height) are largest.
Tiles arrange(int n, const Rect& area, float aspect) {
  Tiles best;
  float largest = -1;
  for (int columns = 1; columns <= n; ++columns) {
    const int rows = (n + columns - 1) / columns;
    const float width = area.width / static_cast<float>(columns),
                height = area.height / static_cast<float>(rows);
    const float size = std::min(width, height * aspect);
    if (size > largest) {
      largest = size;
      best = {columns, rows, width, height};
    }
  }
  return best;
}

/// Two bare columns: where the lines of this head go, without words.
void add_small_columns(Picture& p, const Rect& tile, std::size_t begin, std::size_t end) {
  const float pitch = tile.height / static_cast<float>(p.n_tokens());
  const float thickest = std::clamp(0.8f * pitch, 1.5f, p.measures.ribbon);
  const float reach = 0.46f * tile.width;
  for (std::size_t i = begin; i < end; ++i) {
    const Connection& edge = p.connections.edges[i];
    const float from = tile.y + pitch * (static_cast<float>(edge.query) + 0.5f);
    const float to = tile.y + pitch * (static_cast<float>(edge.key) + 0.5f);
    RibbonState r;
    r.p0 = {tile.x, from};
    r.p1 = {tile.x + reach, from};
    r.p2 = {tile.right() - reach, to};
    r.p3 = {tile.right(), to};
    const float scaled = p.scaled(edge);
    r.width0 = r.width3 = thickest * scaled;
    r.color0 = r.color3 = p.strand(edge).color.with_alpha(weight_opacity(scaled, edge.lit, p.view().theme));
    p.builder.ribbon(p.edge_key(edge), r, p.edge_meaning(edge), p.kin(edge),
                     edge.query == p.connections.active ? 1 : 0);
  }
}

}  // namespace

void add_multiples(Picture& p) {
  const std::vector<Strand>& strands = p.connections.strands;
  const std::vector<Connection>& edges = p.connections.edges;
  const bool matrix = p.view().kind == ViewKind::Matrix;
  const Tiles tiles = arrange(static_cast<int>(strands.size()), p.content, matrix ? 1.0f : 1.25f);
  const float name = 1.7f * p.measures.caption;
  const bool named = tiles.height > 2.6f * name && tiles.width > 3 * p.measures.caption;
  const float gap = std::clamp(0.08f * std::min(tiles.width, tiles.height), 2.0f, 28.0f);
  p.builder.reserve_edges(edges.size());
  std::size_t begin = 0;
  for (std::size_t s = 0; s < strands.size(); ++s) {
    const int column = static_cast<int>(s) % tiles.columns, row = static_cast<int>(s) / tiles.columns;
    Rect tile{p.content.x + tiles.width * static_cast<float>(column) + gap,
              p.content.y + tiles.height * static_cast<float>(row) + gap, tiles.width - 2 * gap,
              tiles.height - 2 * gap};
    const auto head = static_cast<std::uint64_t>(strands[s].layer + 1) << 32 |
                      static_cast<std::uint32_t>(strands[s].head + 1);
    if (named) {
      p.builder.label(element_key(ElementKind::TileName, head), p.mono(strands[s].name, FontWeight::Medium),
                      {tile.x, tile.y + name / 2}, Align::Left, p.measures.caption, strands[s].color);
      tile.y += name;
      tile.height -= name;
    }
    std::size_t end = begin;
    while (end < edges.size() && edges[end].strand == static_cast<int>(s)) ++end;
    if (matrix) {
      const float side = std::max(1.0f, std::min(tile.width, tile.height));
      add_heat_map(p, {{tile.x, tile.y, side, side}, side / static_cast<float>(p.n_tokens())},
                   static_cast<int>(s));
    } else {
      add_small_columns(p, tile, begin, end);
    }
    begin = end;
  }
}

}  // namespace headscope
