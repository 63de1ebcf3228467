#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "ui/painter.h"

/// A text broken into lines between words, and where its characters lie in them.
namespace headscope {

struct TextLine {
  std::size_t begin = 0, end = 0;  ///< bytes; a newline or a space that broke the line is not in it
  float width = 0;                 ///< window units
};

/// At least one line, also for an empty text. Words wider than `max_width` get a line of their own.
std::vector<TextLine> break_lines(Painter& paint, std::string_view text, const TextStyle& style,
                                  float max_width);

/// Which line byte `at` lies in.
std::size_t line_of(const std::vector<TextLine>& lines, std::size_t at);

/// Where the caret stands before byte `at` of `line`, right-to-left runs included.  window units from the
/// line's left
float caret_x(Painter& paint, std::string_view line, const TextStyle& style, std::size_t at);

/// The border of characters nearest to `x`.
std::size_t byte_at(Painter& paint, std::string_view line, const TextStyle& style, float x);

}  // namespace headscope
