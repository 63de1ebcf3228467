#pragma once

#include <imgui.h>

#include <string>
#include <string_view>

#include "ui/atlas.h"
#include "ui/text_source.h"
#include "ui/theme.h"

namespace headscope {

/// Size in logical pixels; `tracking` is added after each character, logical pixels.
struct TextStyle {
  UiFace face = UiFace::Words;
  float size = 13;
  float tracking = 0;
};

inline constexpr TextStyle kBody{UiFace::Words, 13};
inline constexpr TextStyle kStrong{UiFace::WordsStrong, 13};
inline constexpr TextStyle kSmall{UiFace::Words, 12};
inline constexpr TextStyle kCaption{UiFace::WordsStrong, 12, 0.9f};
inline constexpr TextStyle kMono{UiFace::Mono, 13};
inline constexpr TextStyle kMonoSmall{UiFace::Mono, 12};
inline constexpr TextStyle kSentence{UiFace::Words, 16};
inline constexpr TextStyle kBrand{UiFace::WordsStrong, 16};

enum class Align { Left, Center, Right };

/// Draws the shapes and words of the panels. Positions and lengths are window units (ImGui's), except font
/// sizes, which are logical pixels.
class Painter {
 public:
  Painter(Atlas& atlas, UiTextSource& source, const UiTheme& theme, float scale, float pixel_density);

  const UiTheme& theme() const { return *theme_; }
  /// Window units for `logical` pixels, whole ones, so that edges stay sharp.
  float dp(float logical) const;
  float scale() const { return scale_; }
  ImDrawList* list() const { return ImGui::GetWindowDrawList(); }

  const UiRun& shape(std::string_view text, const TextStyle& style) {
    return source_->shape(text, style.face);
  }
  float em(const TextStyle& style) const;  ///< window units
  float width(std::string_view text, const TextStyle& style);
  /// Draws with capitals centred on y. Returns the width.
  float text(float x, float y_center, std::string_view text, const TextStyle& style, ImU32 color,
             Align align = Align::Left);
  /// Cut at the end with "…" when wider than `max_width`.
  float text_cut(float x, float y_center, float max_width, std::string_view text, const TextStyle& style,
                 ImU32 color, Align align = Align::Left);
  /// Several lines, broken between words; returns the height. `draw` false: only measures.
  float paragraph(float x, float y_top, float max_width, std::string_view text, const TextStyle& style,
                  ImU32 color, bool draw = true);
  float line_height(const TextStyle& style) const;
  /// The glyphs of a shaped run from `x` on the base line `y`.
  void glyphs(const UiRun& run, float x, float base_line, const TextStyle& style, ImU32 color);

  void fill(float x0, float y0, float x1, float y1, ImU32 color, float radius = 0);
  void frame(float x0, float y0, float x1, float y1, ImU32 color, float radius = 0, float thickness = 1);
  void line(float x0, float y0, float x1, float y1, ImU32 color, float thickness = 1);
  void circle(float x, float y, float radius, ImU32 color);
  void ring(float x, float y, float radius, ImU32 color, float thickness);
  void triangle(ImVec2 a, ImVec2 b, ImVec2 c, ImU32 color);

 private:
  Atlas* atlas_;
  UiTextSource* source_;
  const UiTheme* theme_;
  float scale_, density_;
};

}  // namespace headscope
