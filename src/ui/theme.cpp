#include "ui/theme.h"

#include <algorithm>

namespace headscope {

namespace {

constexpr ImU32 color(unsigned rgb_hex) {
  return IM_COL32(rgb_hex >> 16 & 255, rgb_hex >> 8 & 255, rgb_hex & 255, 255);
}

constexpr UiTheme kDark = {color(0x0C1018), color(0x131924), color(0x1A2230), color(0x263247),
                           color(0xE7ECF5), color(0x8A97AE), color(0x56627A), color(0xFFB454),
                           color(0x241805), color(0x7FD1FF), color(0xFF7A70), true};
constexpr UiTheme kLight = {color(0xFBFAF7), color(0xFFFFFF), color(0xF1EFEA), color(0xD9D4C8),
                            color(0x1B2230), color(0x5D6678), color(0x9AA0AC), color(0xD9730D),
                            color(0xFFFFFF), color(0x1F7FB8), color(0xC0392B), false};

ImVec4 vec(ImU32 c) {
  return ImGui::ColorConvertU32ToFloat4(c);
}

}  // namespace

const UiTheme& ui_theme(Theme theme) {
  return theme == Theme::Dark ? kDark : kLight;
}

ImU32 to_imgui(UiColor c, float alpha) {
  return IM_COL32(c >> 16 & 255, c >> 8 & 255, c & 255,
                  static_cast<int>(std::clamp(alpha, 0.0f, 1.0f) * 255 + 0.5f));
}

ImU32 with_alpha(ImU32 c, float alpha) {
  const auto a = static_cast<float>(c >> IM_COL32_A_SHIFT & 255) * std::clamp(alpha, 0.0f, 1.0f);
  return (c & ~IM_COL32_A_MASK) | static_cast<ImU32>(a + 0.5f) << IM_COL32_A_SHIFT;
}

ImU32 mix(ImU32 a, ImU32 b, float t) {
  ImU32 result = 0;
  for (int shift = 0; shift < 32; shift += 8) {
    const auto x = static_cast<float>(a >> shift & 255), y = static_cast<float>(b >> shift & 255);
    result |= static_cast<ImU32>(x + (y - x) * t + 0.5f) << shift;
  }
  return result;
}

void apply_style(const UiTheme& theme, float scale) {
  ImGuiStyle style;
  style.WindowPadding = {0, 0};
  style.WindowBorderSize = 0;
  style.WindowRounding = 0;
  style.ChildBorderSize = 0;
  style.PopupBorderSize = 1;
  style.PopupRounding = 8;
  style.ScrollbarSize = 8;
  style.ScrollbarRounding = 4;
  style.ItemSpacing = {0, 0};
  style.FramePadding = {0, 0};
  style.ScaleAllSizes(scale);
  style.AntiAliasedLinesUseTex = true;
  ImVec4* c = style.Colors;
  c[ImGuiCol_WindowBg] = vec(theme.panel);
  c[ImGuiCol_ChildBg] = {0, 0, 0, 0};
  c[ImGuiCol_PopupBg] = vec(theme.raised);
  c[ImGuiCol_Border] = vec(theme.line);
  c[ImGuiCol_Text] = vec(theme.text);
  c[ImGuiCol_ScrollbarBg] = {0, 0, 0, 0};
  c[ImGuiCol_ScrollbarGrab] = vec(theme.line);
  c[ImGuiCol_ScrollbarGrabHovered] = vec(theme.faint);
  c[ImGuiCol_ScrollbarGrabActive] = vec(theme.secondary);
  ImGui::GetStyle() = style;
}

}  // namespace headscope
