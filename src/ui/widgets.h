#pragma once

#include <imgui.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ui/painter.h"
#include "ui/ui_frame.h"

/// The controls of the panels: each draws itself, says what the mouse did, and never changes the document.
namespace headscope {

/// What every panel works with. `x`, `y` and so on are window units.
struct PanelContext {
  const UiFrame& frame;
  UiOutput& out;
  Painter& paint;

  float dp(float logical) const { return paint.dp(logical); }
  const UiTheme& theme() const { return paint.theme(); }
  void command(Command command) const { out.commands.push_back(std::move(command)); }
};

/// The mouse on a rectangle.
struct Touch {
  bool hovered = false, held = false, clicked = false, double_clicked = false, released = false;
};
Touch touch(const char* id, float x, float y, float width, float height,
            ImGuiMouseCursor cursor = ImGuiMouseCursor_Hand);

enum class ButtonKind { Plain, Primary, Quiet, Active };
/// A button with centred text; true when it was clicked.
bool button(PanelContext& panel, const char* id, float x, float y, float width, float height,
            std::string_view text, ButtonKind kind = ButtonKind::Plain, bool enabled = true);

/// A caption in small letter-spaced capitals.
void caption(PanelContext& panel, float x, float y_center, std::string_view text);

/// A switch with its words to the right; true when it was flipped. Takes dp(26) of height.
bool toggle(PanelContext& panel, const char* id, float x, float y, float width, std::string_view text,
            bool on);

/// A label, a value in mono, and a track with a knob below them; true when `position` (in [0, 1]) changed.
/// Takes dp(46) of height.
bool slider(PanelContext& panel, const char* id, float x, float y, float width, std::string_view label,
            std::string_view value, float& position);

/// A row "label … value".
void number_row(PanelContext& panel, float x, float y_center, float width, std::string_view label,
                std::string_view value, ImU32 value_color);

/// A row of choices, one of them active; returns the index that was clicked or -1.
int segments(PanelContext& panel, const char* id, float x, float y, float width, float height,
             const std::vector<std::string_view>& names, int active);

/// A tip in a raised box at the mouse when the last touched item has been under it for a moment.
void tip(PanelContext& panel, bool hovered, std::string_view text);

/// "0.05", "12.3": at most `digits` after the point.
std::string number(double value, int digits);

}  // namespace headscope
