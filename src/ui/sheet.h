#pragma once

#include "ui/ui_state.h"

namespace headscope {

/// A raised sheet over the dimmed window: draws into its own ImGui window until it goes.
class Sheet {
 public:
  Sheet(PanelContext& panel, const char* id, const Area& area) : area_(area) {
    ImGui::SetNextWindowPos({0, 0});
    ImGui::SetNextWindowSize(ImGui::GetIO().DisplaySize);
    ImGui::SetNextWindowFocus();
    ImGui::PushStyleColor(ImGuiCol_WindowBg, with_alpha(panel.theme().background, 0.72f));
    ImGui::Begin(id, nullptr,
                 ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoSavedSettings);
    panel.paint.fill(area.x, area.y, area.right(), area.bottom(), panel.theme().panel, panel.dp(12));
    panel.paint.frame(area.x, area.y, area.right(), area.bottom(), panel.theme().line, panel.dp(12));
  }
  ~Sheet() {
    ImGui::End();
    ImGui::PopStyleColor();
  }
  Sheet(const Sheet&) = delete;
  Sheet& operator=(const Sheet&) = delete;

  bool clicked_outside() const {
    const ImVec2 mouse = ImGui::GetIO().MousePos;
    const bool inside =
        mouse.x >= area_.x && mouse.x < area_.right() && mouse.y >= area_.y && mouse.y < area_.bottom();
    return ImGui::GetIO().MouseClicked[0] && !inside;
  }

 private:
  Area area_;
};

}  // namespace headscope
