#pragma once

#include <imgui.h>

#include <cstdint>
#include <span>
#include <unordered_map>

#include "ui/atlas_rect.h"
#include "ui/text_source.h"

namespace headscope {

/// Glyphs and small pictures of the panels, kept inside ImGui's own font texture, so that a whole frame is
/// one texture and one draw call. Grows by use; when it is full it begins anew and asks for another frame.
class Atlas {
 public:
  /// Lays out the font texture of the current ImGui context. Called once, before the first frame.
  void create();

  struct Glyph {
    ImVec2 offset;  ///< device pixels from the pen, y down
    ImVec2 size;
    ImVec2 uv0, uv1;
    bool visible = false;
  };
  const Glyph& glyph(UiTextSource& source, std::uint32_t font, std::uint32_t glyph, float pixel_size,
                     int quarter);

  /// Room for a picture of [height, width] texels that `paint` fills; replaces all pictures when `width` or
  /// `height` changed. Pictures lie below the glyphs.
  std::span<std::uint32_t> picture_row(int y);
  int picture_width() const { return pictures_.width; }
  int picture_height() const { return pictures_.height; }
  ImVec2 picture_uv(float x, float y) const;
  void picture_changed(AtlasRect part);

  /// What the GPU does not have yet, and forgets it.
  AtlasRect take_dirty();
  /// True once after the glyphs had to be thrown away: the frame must be drawn again.
  bool take_overflow();

 private:
  void mark(AtlasRect part);

  AtlasRect glyphs_, pictures_;
  int width_ = 0, height_ = 0;
  std::uint32_t* pixels_ = nullptr;
  int shelf_x_ = 0, shelf_y_ = 0, shelf_height_ = 0;
  std::unordered_map<std::uint64_t, Glyph> known_;
  AtlasRect dirty_;
  bool overflow_ = false;
};

}  // namespace headscope
