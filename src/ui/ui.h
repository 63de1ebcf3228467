#pragma once

#include <string_view>
#include <vector>

#include "document/control.h"
#include "ui/atlas.h"
#include "ui/ui_frame.h"
#include "ui/ui_state.h"

namespace headscope {

/// The desktop: top bar, head grid, stage, inspector, timeline, and what opens above them. Draws inside a
/// Dear ImGui frame; touches neither the document nor the GPU.
class Ui {
 public:
  /// REQUIRES: a current ImGui context, once, before its first frame.
  Ui();

  /// Between ImGui::NewFrame and ImGui::Render.
  UiOutput draw(const UiFrame& frame);

  /// Controls that are the panels' own (commands, edit-text, open without a path, escape while something is
  /// open). Returns false when it is none of theirs.
  bool apply(const Control& control);

  UiPreferences preferences() const { return state_.preferences; }
  void set_preferences(const UiPreferences& preferences);
  bool text_focused() const {
    return state_.sentence.focused || state_.palette_open || state_.files.open || state_.exporting.open;
  }

 private:
  void handle_keys(const UiFrame& frame, UiOutput& out);
  /// One key (or none) and the character that it typed (or none).
  void handle_key(const UiFrame& frame, std::vector<UiKey> key, std::vector<char32_t> typed, UiOutput& out);
  bool scroll_help(const UiKey& key);
  void tell_export(UiOutput& out);
  void run_chord(std::string_view chord, UiOutput& out);
  /// Puts the caret into one of the two texts.
  void focus_text(bool second);
  UiLayout layout(const UiFrame& frame, const Painter& paint) const;
  void draw_panels(PanelContext& panel, const UiLayout& layout);
  /// In presenter mode the sentence is there only while it is typed, over the foot of the picture.
  void draw_presented_sentence(PanelContext& panel, const Area& stage);

  Atlas atlas_;
  UiState state_;
  float styled_scale_ = 0;
  bool styled_dark_ = false;
  bool second_shown_ = false;  ///< the model on show reads two texts
};

}  // namespace headscope
