#include "render/vector/text_clusters.h"

#include <algorithm>

namespace headscope {

namespace {

/// Where the cluster that begins at `begin` ends: where the next one of the whole run begins.
std::size_t end_of(const std::vector<std::uint32_t>& begins, std::uint32_t begin, std::size_t text_size) {
  const auto next = std::upper_bound(begins.begin(), begins.end(), begin);
  return next == begins.end() ? text_size : *next;
}

ClusterText piece_of(const GlyphRun& run, const std::vector<std::uint32_t>& begins, std::size_t first,
                     std::size_t last, bool backward) {
  ClusterText piece{run.glyphs[first].font, first, last - first, 0, 0, backward, {}};
  std::size_t from = run.text.size(), to = 0;
  for (std::size_t i = first; i < last; ++i) {
    // In the order of the text, whichever way the glyphs stand.
    const std::uint32_t begin = run.glyphs[backward ? last - 1 - (i - first) : i].cluster;
    const std::size_t end = end_of(begins, begin, run.text.size());
    if (piece.clusters.empty() || begin >= to) {
      piece.clusters.push_back({static_cast<int>(end - begin), 0});
      from = std::min<std::size_t>(from, begin);
      to = end;
    }
    ++piece.clusters.back().n_glyphs;
  }
  piece.first_byte = from;
  piece.n_bytes = to - from;
  return piece;
}

}  // namespace

std::vector<ClusterText> text_pieces(const GlyphRun& run) {
  std::vector<std::uint32_t> begins;
  for (const PlacedGlyph& glyph : run.glyphs) begins.push_back(glyph.cluster);
  std::sort(begins.begin(), begins.end());
  begins.erase(std::unique(begins.begin(), begins.end()), begins.end());

  std::vector<ClusterText> pieces;
  const std::vector<PlacedGlyph>& glyphs = run.glyphs;
  // Whether the glyph after `i` goes on from it: +1 to the right, -1 to the left, 0 in the same cluster; 2
  // not at all.
  const auto step = [&](std::size_t i) {
    const std::uint32_t a = glyphs[i].cluster, b = glyphs[i + 1].cluster;
    if (glyphs[i].font != glyphs[i + 1].font) return 2;
    if (a == b) return 0;
    if (end_of(begins, a, run.text.size()) == b) return 1;
    return end_of(begins, b, run.text.size()) == a ? -1 : 2;
  };
  for (std::size_t first = 0; first < glyphs.size();) {
    int direction = 0;
    std::size_t last = first + 1;
    for (; last < glyphs.size(); ++last) {
      const int next = step(last - 1);
      if (next == 2 || (next != 0 && direction != 0 && next != direction)) break;
      if (next != 0) direction = next;
    }
    pieces.push_back(piece_of(run, begins, first, last, direction < 0));
    first = last;
  }
  return pieces;
}

}  // namespace headscope
