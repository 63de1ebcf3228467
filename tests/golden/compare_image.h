#pragma once

#include <string>
#include <vector>

#include "io/image.h"
#include "scene/geometry.h"

namespace headscope {

/// How far two pictures lie apart, in steps of 8 bits, over all colour parts of all pixels. Pixels inside
/// `text` are counted apart: versions of a font differ in their outlines, which moves ink within a label but
/// no label.
struct ImageDifference {
  bool same_size = false;
  int largest = 0;
  double mean = 0;
  double text_mean = 0;
  std::string report;  ///< a map of where they differ, and the worst pixels with both colours
};

///   text  rectangles in pixels
ImageDifference compare_images(const Image& actual, const Image& expected, const std::vector<Rect>& text);

}  // namespace headscope
