#pragma once

#include <algorithm>
#include <utility>
#include <vector>

#include "render/opengl/ribbon_segments.h"
#include "scene/scene.h"

namespace headscope {

/// A stretch of a ribbon that is straight enough: everything that matters about a pixel is a linear function
/// of its place. What the shaders work out for a quad, kept for drawing without them. All in device pixels;
/// colours in linear light, premultiplied.
struct RibbonPiece {
  Vec2 start;   ///< where the middle line begins
  Vec2 along;   ///< along · (pixel - start) runs from 0 to 1 over the piece
  Vec2 across;  ///< across · (pixel - start): distance from the middle line
  /// 1 / footprint: a pixel is a square, seen along the normal it is 1 wide (upright) to 1.41 (diagonal).
  /// Changes as the ribbon bends.
  float per_footprint = 1, per_footprint_change = 0;
  /// The cuts towards the neighbours: pixels at or after the first, and before the second, belong to the
  /// piece.
  Vec2 first_cut, first_tangent, last_cut, last_tangent;
  float last_bias = 0;                          ///< -1: there is no cut at the end
  float half_width = 0, half_width_change = 0;  ///< footprints, at the start; to the end
  float before = 0, after = 0;  ///< how far `start` lies before the ribbon's first end and behind its last
                                ///< one; footprints, negative inside
  Vec2 before_change, after_change;  ///< by pixel
  float caps = 1;                    ///< 1 round, 0 butt
  float color[4] = {0, 0, 0, 0}, color_change[4] = {0, 0, 0, 0};
  bool varies = false;    ///< in thickness, or in how wide a pixel is across it
  bool tints = false;     ///< in colour
  bool has_ends = false;  ///< some pixel may lie past an end

  // What bounds it.
  float x_low = 0, x_high = 0, y_low = 0, y_high = 0;
  float x_per_y = 0;     ///< of the middle line
  float reach_in_x = 0;  ///< half of what a horizontal line has in common with the band

  /// The part of the rows from `top` to `bottom` (pixel centres) that the piece may touch; none when the
  /// first is larger.
  std::pair<float, float> columns(float top, float bottom) const {
    if (top > y_high || bottom < y_low) return {1.0f, 0.0f};
    const float at_top = start.x + (top - start.y) * x_per_y,
                at_bottom = start.x + (bottom - start.y) * x_per_y;
    return {std::max(x_low, std::min(at_top, at_bottom) - reach_in_x),
            std::min(x_high, std::max(at_top, at_bottom) + reach_in_x)};
  }
};

/// From the picture's coordinates to pixels of the target.
struct PixelView {
  Vec2 offset;   ///< Camera::offset
  float px = 1;  ///< device pixels per logical pixel
  Vec2 tile;     ///< device pixel at the target's top left corner
  float width = 0, height = 0;
};

/// Appends the pieces of one ribbon at a moment of its transition; none when it cannot be seen there. Follows
/// shaders/ribbon.vert line by line.
///   mix  Scene::mix
void append_pieces(const Tween<RibbonState>& tween, RibbonCut cut, float mix, const PixelView& view,
                   std::vector<RibbonPiece>& out);

}  // namespace headscope
