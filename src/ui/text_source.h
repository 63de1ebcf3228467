#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

/// Where the panels get shaped text from: the program's one font library, seen through plain data, so that a
/// panel shows every script exactly as the stage does.
namespace headscope {

enum class UiFace : std::uint8_t { Words, WordsMedium, WordsStrong, Mono };

struct UiGlyph {
  std::uint32_t font = 0, glyph = 0;
  float x = 0, y = 0, advance = 0;  ///< em, relative to the run's origin on the base line
  std::uint32_t cluster = 0;        ///< byte of the text where the shaped cluster begins
};

/// One line in visual order, left to right. Lengths in em.
struct UiRun {
  std::vector<UiGlyph> glyphs;
  float width = 0, ascent = 0, descent = 0, cap_height = 0;
};

/// 8-bit coverage, top row first; `top` counts pixels from the base line up.
struct UiGlyphBitmap {
  int left = 0, top = 0, width = 0, height = 0;
  std::vector<std::uint8_t> coverage;
};

class UiTextSource {
 public:
  virtual ~UiTextSource() = default;
  /// The run stays valid until `forget` is called.
  virtual const UiRun& shape(std::string_view text, UiFace face) = 0;
  virtual UiGlyphBitmap rasterize(std::uint32_t font, std::uint32_t glyph, float pixel_size,
                                  float subpixel_x) = 0;
  /// Drops runs that were not asked for lately. Called between frames.
  virtual void forget() = 0;
};

}  // namespace headscope
