#pragma once

#include <imgui.h>

#include "document/document.h"
#include "ui/ui_frame.h"

/// Colours and measures of the panels, from the design's "Looks".
namespace headscope {

struct UiTheme {
  ImU32 background, panel, raised, line, text, secondary, faint, accent, on_accent, key, error;
  bool dark;
};

const UiTheme& ui_theme(Theme theme);

ImU32 to_imgui(UiColor color, float alpha = 1);
ImU32 with_alpha(ImU32 color, float alpha);  ///< multiplies the alpha
ImU32 mix(ImU32 a, ImU32 b, float t);

/// Sets ImGui's own style (scroll bars, tool tips) to the theme at `scale` window units a logical pixel.
void apply_style(const UiTheme& theme, float scale);

}  // namespace headscope
