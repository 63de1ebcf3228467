#include "ui/text_lines.h"

#include <algorithm>
#include <cmath>

#include "ui/text_edit.h"

namespace headscope {

namespace {

// The horizontal extent of what was shaped from one cluster of bytes, and the side its text begins on.
struct ClusterSpan {
  std::size_t begin = 0, end = 0;
  float left = 0, right = 0;
  bool right_to_left = false;
};

std::vector<ClusterSpan> cluster_spans(const UiRun& run, std::size_t size) {
  std::vector<ClusterSpan> spans;
  for (std::size_t i = 0; i < run.glyphs.size(); ++i) {
    const UiGlyph& g = run.glyphs[i];
    if (!spans.empty() && spans.back().begin == g.cluster) {
      spans.back().right = std::max(spans.back().right, g.x + g.advance);
      continue;
    }
    spans.push_back({g.cluster, size, g.x, g.x + g.advance, false});
  }
  // In visual order, clusters that count down belong to a right-to-left run.
  for (std::size_t i = 0; i < spans.size(); ++i) {
    const bool down_next = i + 1 < spans.size() && spans[i + 1].begin < spans[i].begin;
    const bool down_before = i > 0 && spans[i - 1].begin > spans[i].begin;
    spans[i].right_to_left = down_next || down_before;
  }
  std::sort(spans.begin(), spans.end(),
            [](const ClusterSpan& a, const ClusterSpan& b) { return a.begin < b.begin; });
  for (std::size_t i = 0; i + 1 < spans.size(); ++i) spans[i].end = spans[i + 1].begin;
  return spans;
}

float position(const std::vector<ClusterSpan>& spans, std::string_view line, float width_em, std::size_t at) {
  if (spans.empty()) return 0;
  for (const ClusterSpan& span : spans) {
    if (at >= span.end) continue;
    if (at <= span.begin) return span.right_to_left ? span.right : span.left;
    // Inside a ligature: its characters share the width evenly.
    int inside = 0, all = 0;
    for (std::size_t b = span.begin; b < span.end; b = character_after(line, b)) {
      if (b < at) ++inside;
      ++all;
    }
    const float part = static_cast<float>(inside) / static_cast<float>(std::max(all, 1));
    return span.right_to_left ? span.right - part * (span.right - span.left)
                              : span.left + part * (span.right - span.left);
  }
  return spans.back().right_to_left ? spans.back().left : std::max(width_em, spans.back().right);
}

}  // namespace

std::vector<TextLine> break_lines(Painter& paint, std::string_view text, const TextStyle& style,
                                  float max_width) {
  std::vector<TextLine> lines;
  std::size_t begin = 0;
  while (true) {
    const std::size_t newline = std::min(text.find('\n', begin), text.size());
    std::size_t at = begin;
    float width = 0;
    while (at < newline) {
      const std::size_t space = std::min(text.find(' ', at), newline);
      const std::size_t next = std::min(space + 1, newline);
      const float word = paint.width(text.substr(at, space - at), style);
      if (at > begin && width + word > max_width) {
        lines.push_back({begin, at, width});
        begin = at;
        width = 0;
      }
      width += next > space ? paint.width(text.substr(at, next - at), style) : word;
      at = next;
    }
    lines.push_back({begin, newline, width});
    if (newline == text.size()) return lines;
    begin = newline + 1;
  }
}

std::size_t line_of(const std::vector<TextLine>& lines, std::size_t at) {
  std::size_t line = 0;
  while (line + 1 < lines.size() && lines[line + 1].begin <= at) ++line;
  return line;
}

float caret_x(Painter& paint, std::string_view line, const TextStyle& style, std::size_t at) {
  if (line.empty()) return 0;
  const UiRun& run = paint.shape(line, style);
  return position(cluster_spans(run, line.size()), line, run.width, at) * paint.em(style);
}

std::size_t byte_at(Painter& paint, std::string_view line, const TextStyle& style, float x) {
  if (line.empty()) return 0;
  const UiRun& run = paint.shape(line, style);
  const std::vector<ClusterSpan> spans = cluster_spans(run, line.size());
  const float wanted = x / paint.em(style);
  std::size_t best = 0;
  float nearest = INFINITY;
  for (std::size_t b = 0;; b = character_after(line, b)) {
    const float distance = std::abs(position(spans, line, run.width, b) - wanted);
    if (distance < nearest) nearest = distance, best = b;
    if (b == line.size()) return best;
  }
}

}  // namespace headscope
