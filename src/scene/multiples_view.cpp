#include <algorithm>
#include <cmath>
#include <vector>

#include "scene/heat_map.h"
#include "scene/patch_grid.h"
#include "scene/weight_scale.h"

/// Small multiples: one small picture a head, each with its name, where more colours could not be told apart.
namespace headscope {
namespace {

/// Levels of column names below small matrices.
constexpr int kNameLevels = 2;

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
  const float query_pitch = tile.height / static_cast<float>(p.n_tokens(true));
  const float key_pitch = tile.height / static_cast<float>(p.n_tokens(false));
  const float thickest = std::clamp(0.8f * std::min(query_pitch, key_pitch), 1.5f, p.measures.ribbon);
  p.full_width = thickest;
  const float reach = 0.46f * tile.width;
  for (std::size_t i = begin; i < end; ++i) {
    const Connection& edge = p.connections.edges[i];
    const float from = tile.y + query_pitch * (static_cast<float>(edge.query) + 0.5f);
    const float to = tile.y + key_pitch * (static_cast<float>(edge.key) + 0.5f);
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

/// Whether the heads are every head of some layers: then rows are layers and columns are heads.
bool full_grid(const std::vector<Strand>& strands, int& n_rows, int& n_columns) {
  n_columns = 0;
  while (n_columns < static_cast<int>(strands.size()) &&
         strands[static_cast<std::size_t>(n_columns)].layer == strands[0].layer)
    ++n_columns;
  n_rows = static_cast<int>(strands.size()) / n_columns;
  if (n_rows < 2 || n_rows * n_columns != static_cast<int>(strands.size())) return false;
  for (std::size_t s = 0; s < strands.size(); ++s) {
    const std::size_t first = s / static_cast<std::size_t>(n_columns) * static_cast<std::size_t>(n_columns);
    if (strands[s].layer != strands[first].layer || strands[s].head != strands[s - first].head) return false;
  }
  return true;
}

std::uint64_t head_number(const Strand& strand) {
  return static_cast<std::uint64_t>(strand.layer + 1) << 32 | static_cast<std::uint32_t>(strand.head + 1);
}

/// "L3" beside each row, the number of the head above each column; every second one or fewer where they are
/// narrow.
void add_grid_names(Picture& p, const Rect& area, const Tiles& tiles) {
  const std::vector<Strand>& strands = p.connections.strands;
  const float size = p.measures.caption;
  const auto step_of = [](float wanted, float room) {
    return std::max(1, static_cast<int>(std::ceil(wanted / room)));
  };
  const float widest = p.mono(std::to_string(tiles.columns - 1))->width * size;
  const int row_step = step_of(1.2f * size, tiles.height), column_step = step_of(widest + size, tiles.width);
  for (int row = 0; row < tiles.rows; row += row_step) {
    const Strand& s = strands[static_cast<std::size_t>(row * tiles.columns)];
    p.builder.label(element_key(ElementKind::TileName, head_number(s), 1),
                    p.mono("L" + std::to_string(s.layer)),
                    {area.x - 0.6f * size, area.y + tiles.height * (static_cast<float>(row) + 0.5f)},
                    Align::Right, size, p.colors.text_secondary);
  }
  for (int column = 0; column < tiles.columns; column += column_step) {
    const Strand& s = strands[static_cast<std::size_t>(column)];
    p.builder.try_label(element_key(ElementKind::TileName, head_number(s), 2), p.mono(std::to_string(s.head)),
                        {area.x + tiles.width * (static_cast<float>(column) + 0.5f), area.y - 0.6f * size},
                        Align::Center, size, s.color, {0, 0, p.stage.width, p.stage.height});
  }
}

/// What names take of the content: `width` on the left, `height` at the bottom.
Rect room_for_names(const Picture& p) {
  constexpr float kLargestPart = 0.14f;  // of the content's width
  float widest = 0;
  for (int token = 0; token < p.n_tokens(true); ++token)
    widest = std::max(widest, p.token_width(token, true, p.measures.token_min));
  return {0, 0, std::min(1.2f * widest, kLargestPart * p.content.width),
          1.5f * p.measures.token_min * kNameLevels};
}

/// Names of the rows left of the first map of each row of maps, and of the columns below the last of each
/// column.
void add_names_around(Picture& p, const std::vector<HeatMap>& maps, int n_columns) {
  for (const HeatMap& map : maps) p.builder.reserve(map.area);
  const int n = static_cast<int>(maps.size());
  for (int i = 0; i < n; i += n_columns) add_row_names(p, maps[static_cast<std::size_t>(i)], i / n_columns);
  for (int i = std::max(0, n - n_columns); i < n; ++i)
    add_column_names(p, maps[static_cast<std::size_t>(i)], true, kNameLevels, i % n_columns);
}

}  // namespace

void add_multiples(Picture& p) {
  const std::vector<Strand>& strands = p.connections.strands;
  const std::vector<Connection>& edges = p.connections.edges;
  const bool matrix = p.view().kind == ViewKind::Matrix;
  const bool photo = p.view().kind == ViewKind::Picture && p.trace.media->picture;
  const float n_rows = static_cast<float>(p.n_tokens(true)),
              n_columns = static_cast<float>(p.n_tokens(false));
  const float aspect = std::clamp(n_columns / n_rows, 0.2f, 5.0f);  // of a matrix
  const float size = p.measures.caption, name = 1.7f * size;
  Rect area = p.content;
  Tiles tiles;
  // A few matrices have room for their tokens' names: left of the first of each row, and below the last of
  // each column.
  const bool words = matrix && static_cast<int>(strands.size()) <= kMaxStrands;
  const Rect beside = words ? room_for_names(p) : Rect{};
  area.x += beside.width;
  area.width -= beside.width;
  area.height -= beside.height;
  const bool grid = !words && full_grid(strands, tiles.rows, tiles.columns);
  if (grid) {
    const Rect inner{area.x + 3 * size, area.y + name, area.width - 3 * size, area.height - name};
    tiles.width = inner.width / static_cast<float>(tiles.columns);
    tiles.height = inner.height / static_cast<float>(tiles.rows);
    // Square tiles where matrices leave room on the sides.
    if (matrix || photo) tiles.width = std::min(tiles.width, 1.15f * (matrix ? aspect : 1) * tiles.height);
    area = inner;
    area.x += (inner.width - tiles.width * static_cast<float>(tiles.columns)) / 2;
    add_grid_names(p, area, tiles);
  } else {
    tiles = arrange(static_cast<int>(strands.size()), area, matrix ? aspect : photo ? 1.0f : 1.25f);
  }
  const bool named = !grid && tiles.height > 2.6f * name && tiles.width > 3 * size;
  const float gap = std::clamp(0.06f * std::min(tiles.width, tiles.height), 1.5f, 28.0f);
  p.builder.reserve_edges(edges.size());
  std::vector<HeatMap> maps;
  std::size_t begin = 0;
  for (std::size_t s = 0; s < strands.size(); ++s) {
    const int column = static_cast<int>(s) % tiles.columns, row = static_cast<int>(s) / tiles.columns;
    Rect tile{area.x + tiles.width * static_cast<float>(column) + gap,
              area.y + tiles.height * static_cast<float>(row) + gap, tiles.width - 2 * gap,
              tiles.height - 2 * gap};
    const float cell =
        std::max(1 / std::max(n_rows, n_columns),
                 std::min(tile.width / n_columns, (tile.height - (named ? name : 0)) / n_rows));
    if (matrix) tile.x += (tile.width - cell * n_columns) / 2;
    if (named) {
      p.builder.label(element_key(ElementKind::TileName, head_number(strands[s])),
                      p.mono(strands[s].name, FontWeight::Medium), {tile.x, tile.y + name / 2}, Align::Left,
                      size, strands[s].color);
      tile.y += name;
      tile.height -= name;
    }
    std::size_t end = begin;
    while (end < edges.size() && edges[end].strand == static_cast<int>(s)) ++end;
    if (photo) {
      add_patch_tile(p, strands[s], tile);
    } else if (matrix) {
      const HeatMap map{{tile.x, tile.y, cell * n_columns, cell * n_rows}, cell};
      add_heat_map(p, map, static_cast<int>(s));
      maps.push_back(map);
    } else {
      add_small_columns(p, tile, begin, end);
    }
    begin = end;
  }
  if (words) add_names_around(p, maps, tiles.columns);
}

}  // namespace headscope
