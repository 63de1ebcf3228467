#pragma once

#include <array>
#include <vector>

#include "render/opengl/data_texture.h"
#include "render/opengl/glyph_atlas.h"
#include "render/opengl/texel.h"
#include "scene/scene.h"

namespace headscope {

/// The labels of one morph on the GPU: both end states of each, and a quad for each of its glyphs.
class LabelBuffer {
 public:
  void upload(const Morph& morph);
  static std::size_t max_labels();

  /// Chooses the bitmaps that fit this camera, when a picture is at rest. While it moves (0 < mix < 1) the
  /// last choice stays and is scaled, unless it would be off by more than a quarter, or, `exactly`, at all.
  ///   px  device pixels per logical pixel
  void place(const Morph& morph, float mix, Vec2 offset, float px, bool exactly, GlyphAtlas& atlas);

  /// REQUIRES: the glyph program is in use, an empty vertex array and the atlas on texture unit 2 are bound.
  void draw() const;

 private:
  struct Placed {
    float px = 0;
    Vec2 offset;
    bool at_end = false;
    int generation = -1;
    friend bool operator==(const Placed&, const Placed&) = default;
  };
  bool good_enough(const Placed& wanted, bool resting) const;
  void place_run(const Morph& morph, std::size_t label, const Placed& wanted, GlyphAtlas& atlas);

  DataTexture states_, quads_;
  std::vector<std::array<float, 4>> texels_;  ///< of the quads; kept, so that placing again allocates nothing
  int n_glyphs_ = 0;
  Placed placed_;
};

}  // namespace headscope
