#pragma once

#include <array>
#include <span>
#include <vector>

#include "document/document.h"
#include "scene/scene.h"

/// Every colour of the picture. Colour is never the only carrier: width, label and position say it too.
namespace headscope {

/// The colours of surfaces and text.
struct ThemeColors {
  Color background, panel, raised, line;
  Color text, text_secondary;
  Color accent;       ///< the query, what is active
  Color accent_fill;  ///< the inside of an active pill
  Color key;          ///< key blue
};
const ThemeColors& theme_colors(Theme theme);

/// sRGB-encoded colour of an OKLCH triple (Björn Ottosson, 2020); out-of-gamut colours lose chroma, not
/// lightness.
///   lightness in [0, 1], chroma ≥ 0, hue in degrees
Color oklch(float lightness, float chroma, float hue_deg);

/// Mixes in OKLab, so that the way between two colours is as even as its ends.  t in [0, 1]
Color mix_colors(Color a, Color b, float t);

/// The colour of the head with this index in its layer: the same everywhere in the program.
Color head_color(int head, Palette palette, Theme theme);

/// One colour for each of `heads` as they stand together on stage: a head's own, or, where two share a hue,
/// the next free one.
std::vector<Color> stage_colors(std::span<const HeadRef> heads, Palette palette, Theme theme);

/// Colour of a matrix value in [0, 1] (Signed: [-1, 1] mapped onto [0, 1], 0.5 is the background). Tint is
/// `tint` with alpha = value.
Color matrix_color(ColorMap map, float value, Color tint = {});
ColorMap color_map(MatrixColors colors);

/// `matrix_color` at 256 even steps, for the renderer's texture.
std::array<Color, 256> color_table(ColorMap map, Color tint = {});

}  // namespace headscope
