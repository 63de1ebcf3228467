#pragma once

#include <vector>

#include "scene/scene.h"
#include "scene/text.h"

/// What a scene is for files of paths and text: SVG and PDF. Coordinates are logical pixels of the picture,
/// camera applied; colours are sRGB with straight alpha, for viewers that blend them as they are.
namespace headscope {

/// A colour along a ribbon: `offset` in [0, 1] on the line from its first to its last point.
struct GradientStop {
  float offset = 0;
  Color color;
};

struct VectorRibbon {
  Vec2 p0, p1, p2, p3;
  float width = 0;            ///< where both ends have the same
  std::vector<Vec2> outline;  ///< where they differ: a closed polygon, instead of the curve
  bool round_caps = true;
  std::vector<GradientStop> stops;  ///< one: a single colour
};

struct VectorBox {
  Rect rect;
  float radius = 0;
  Color color;
  float stroke_width = 0;  ///< 0: filled; else the line's, its middle on the rectangle
};

/// Cells of a matrix, top row first; transparent where there is nothing.
struct VectorCells {
  Rect rect;
  int rows = 0, cols = 0;
  std::vector<Color> colors;  ///< [rows, cols]
};

/// A picture, 8-bit sRGB with straight alpha.
struct VectorPhoto {
  Rect rect;
  int rows = 0, cols = 0;
  Pixels pixels;  ///< [rows, cols], four bytes each
  float opacity = 1;
  bool squares = false;  ///< its pixels are large: they stay squares
};

class VectorCanvas {
 public:
  virtual ~VectorCanvas() = default;
  virtual void box(const VectorBox& box) = 0;
  virtual void ribbon(const VectorRibbon& ribbon) = 0;
  virtual void cells(const VectorCells& cells) = 0;
  virtual void photo(const VectorPhoto& photo) = 0;
  /// `origin` is the left end of the base line, `size` the font size.
  virtual void text(const GlyphRun& run, Vec2 origin, float size, Color color) = 0;
};

/// Draws a scene in the order of Renderer. Its colours are blended in linear light there and as they are
/// written here: alphas are changed so that each element alone over the background looks the same.
///   width, height  of the picture, logical pixels
void draw_vectors(const Scene& scene, float width, float height, VectorCanvas& canvas);

}  // namespace headscope
