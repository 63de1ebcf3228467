#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "scene/scene.h"

/// Text of the picture: shaped, measured and rasterised without a window and without Dear ImGui, so that
/// screen, pixel export and vector export have the same words. All lengths are in em (1 em = the font size),
/// x right, y down.
namespace headscope {

enum class FontRole : std::uint8_t { Words, Mono };  ///< Inter; JetBrains Mono for tokens and numbers
enum class FontWeight : std::uint8_t { Regular, Medium, SemiBold, Bold };

/// Which font of the library a glyph comes from.
using FontId = std::uint32_t;
/// Not a file: its glyph index is a code point, drawn as a small box with that code point's hexadecimal
/// digits. It stands wherever no installed font has a glyph, so that nothing is dropped silently.
inline constexpr FontId kCodePointBoxes = 0;

struct PlacedGlyph {
  FontId font = kCodePointBoxes;
  std::uint32_t glyph = 0;    ///< index within the font
  float x = 0, y = 0;         ///< the glyph's origin, relative to the run's, em
  float advance = 0;          ///< em
  std::uint32_t cluster = 0;  ///< byte in GlyphRun::text where the shaped cluster begins
};

/// One line of shaped text in visual order, left to right. Immutable.
struct GlyphRun {
  std::string text;  ///< valid UTF-8, as asked for
  FontRole role = FontRole::Words;
  FontWeight weight = FontWeight::Regular;
  std::vector<PlacedGlyph> glyphs;
  float width = 0;                ///< em
  float ascent = 0, descent = 0;  ///< em above and below the base line, both positive
  float cap_height = 0;           ///< em; a pill centres on it
  int n_missing = 0;              ///< code points that had to be drawn as boxes
};

/// 8-bit coverage of one glyph, top row first.
struct GlyphBitmap {
  int left = 0;  ///< pixels from the origin to the first column
  int top = 0;   ///< pixels from the base line up to the top of the first row
  int width = 0, height = 0;
  std::vector<std::uint8_t> coverage;  ///< [height, width]
};

/// A closed-path outline in em, y down, to be filled by the non-zero rule.
struct GlyphOutline {
  enum class Verb : std::uint8_t { Move, Line, Quadratic, Cubic, Close };
  std::vector<Verb> verbs;
  std::vector<Vec2> points;  ///< Move and Line take one, Quadratic two, Cubic three, Close none
};

/// The fonts of the machine. Thread-safe: any thread may call any member; shaped runs are cached and shared.
/// Never fails: a machine without fonts gets boxes with code points.
class FontLibrary {
 public:
  FontLibrary();
  ~FontLibrary();
  FontLibrary(const FontLibrary&) = delete;
  FontLibrary& operator=(const FontLibrary&) = delete;

  /// One line of text in any script and direction. Ill-formed UTF-8 becomes U+FFFD.
  GlyphRunPtr shape(std::string_view text, FontRole role, FontWeight weight = FontWeight::Regular);

  /// Unhinted, at any size in pixels per em. `subpixel_x` in [0, 1) moves the glyph right by that part of a
  /// pixel.
  GlyphBitmap rasterize(FontId font, std::uint32_t glyph, float pixel_size, float subpixel_x = 0);

  GlyphOutline outline(FontId font, std::uint32_t glyph);

  /// "Inter", for SVG that keeps text as text; "" for kCodePointBoxes.
  std::string family(FontId font);

  /// Which file a font is, for formats that embed it.
  struct Source {
    std::string path;  ///< empty for kCodePointBoxes
    int face_index = 0;
  };
  Source source(FontId font);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace headscope
