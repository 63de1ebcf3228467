#include <array>
#include <cmath>

#include "ui/ui_state.h"

namespace headscope {

namespace {

struct Tab {
  const char* name;
  ViewKind view;
};
constexpr std::array<Tab, 5> kTabs = {{{"Picture", ViewKind::Picture},
                                       {"Connections", ViewKind::Columns},
                                       {"Arcs", ViewKind::Arcs},
                                       {"Horizontal", ViewKind::Horizontal},
                                       {"Matrix", ViewKind::Matrix}}};

void draw_logo(PanelContext& panel, float x, float y) {
  panel.paint.ring(x, y, panel.dp(8), panel.theme().accent, std::max(1.5f, panel.dp(2.2f)));
  panel.paint.circle(x, y, panel.dp(3), panel.theme().accent);
}

}  // namespace

void draw_top_bar(PanelContext& panel, UiState& state, const Area& area) {
  Painter& paint = panel.paint;
  const UiTheme& theme = panel.theme();
  paint.fill(area.x, area.y, area.right(), area.bottom(), theme.panel);
  paint.fill(area.x, area.bottom() - 1, area.right(), area.bottom(), theme.line);
  const float middle = std::round(area.y + area.height / 2), height = panel.dp(30),
              top = std::round(middle - height / 2);

  const bool narrow = area.width < panel.dp(900);
  const float button_width = panel.dp(74), gap = panel.dp(7);
  const float buttons = panel.dp(12) + (narrow ? 2 : 3) * (button_width + gap) + height + gap;

  // Where there is no room for all views, the name goes first, then the views that are not on show.
  const auto shown = [&](const Tab& tab) {
    return tab.view != ViewKind::Picture || !panel.frame.document->input.empty();
  };
  const auto tab_width = [&](const Tab& tab) {
    return std::round(paint.width(tab.name, kBody)) + panel.dp(narrow ? 14 : 24);
  };
  float tabs = 0;
  for (const Tab& tab : kTabs)
    if (shown(tab)) tabs += tab_width(tab) + panel.dp(4);
  float x = area.x + panel.dp(26);
  draw_logo(panel, x, middle);
  x += panel.dp(18);
  const float name = paint.width("Headscope", kBrand) + panel.dp(22),
              room_for_tabs = area.right() - buttons - x;
  if (tabs + name <= room_for_tabs) {
    paint.text(x, middle, "Headscope", kBrand, theme.text);
    x += name;
  }
  for (const Tab& tab : kTabs) {
    const bool active = panel.frame.document->view.kind == tab.view;
    if (!shown(tab) || (!active && tabs > room_for_tabs)) continue;
    const float width = tab_width(tab);
    if (button(panel, tab.name, x, top, width, height, tab.name,
               active ? ButtonKind::Plain : ButtonKind::Quiet)) {
      // Alone, it leads to the next one.
      panel.command(Action{tabs > room_for_tabs ? SetView{} : SetView{tab.view}});
    }
    x += width + panel.dp(4);
  }

  float right = area.right() - panel.dp(12);
  const auto place = [&](const char* label, float width) {
    right -= width;
    const float at = right;
    right -= gap;
    return std::pair{label, at};
  };
  if (const auto [label, at] = place("Present", button_width);
      button(panel, label, at, top, button_width, height, label, ButtonKind::Primary)) {
    panel.command(Action{SetPresent{Switch::On}});
  }
  if (!narrow) {
    const auto [label, at] = place("Export…", button_width);
    if (button(panel, "export", at, top, button_width, height, label)) panel.command(Control{Export{}});
  }
  if (const auto [label, at] = place("Open…", button_width);
      button(panel, "open", at, top, button_width, height, label)) {
    panel.command(Control{Open{}});
  }
  if (const auto [label, at] = place("?", height);
      button(panel, label, at, top, height, height, label, ButtonKind::Quiet)) {
    panel.command(Control{ShowCommands{Switch::Toggle}});
  }

  const float room = right - x - panel.dp(12);
  if (room > panel.dp(90)) {
    const float width = std::min(room, panel.dp(300)), at = right - width;
    const Touch t = touch("model", at, top, width, height);
    const float radius = panel.dp(7);
    paint.fill(at, top, at + width, top + height,
               t.hovered ? mix(theme.raised, theme.line, 0.6f) : theme.raised, radius);
    paint.frame(at, top, at + width, top + height, theme.line, radius);
    paint.text_cut(at + panel.dp(14), middle, width - panel.dp(44), panel.frame.model_title, kBody,
                   theme.text);
    const float ax = at + width - panel.dp(16), ay = middle + panel.dp(1), s = panel.dp(4);
    paint.triangle({ax - s, ay - s / 2}, {ax + s, ay - s / 2}, {ax, ay + s / 2 + 1}, theme.secondary);
    if (t.clicked) state.model_menu_open = !state.model_menu_open;
    if (state.model_menu_open) draw_model_menu(panel, state, at, top + height + panel.dp(4), width);
  }
}

void draw_model_menu(PanelContext& panel, UiState& state, float x, float y, float width) {
  const UiTheme& theme = panel.theme();
  const float row = panel.dp(46), pad = panel.dp(6);
  const float height = row * static_cast<float>(panel.frame.models.size()) + panel.dp(34) + 2 * pad;
  ImGui::SetNextWindowPos({x, y});
  ImGui::SetNextWindowSize({width, height});
  ImGui::PushStyleColor(ImGuiCol_WindowBg, theme.raised);
  ImGui::PushStyleVar(ImGuiStyleVar_WindowRounding, panel.dp(8));
  ImGui::SetNextWindowFocus();
  ImGui::Begin("##models", nullptr,
               ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoSavedSettings);
  panel.paint.frame(x, y, x + width, y + height, theme.line, panel.dp(8));
  float at = y + pad;
  const auto choose = [&](const char* id, float h) {
    const Touch t = touch(id, x + pad, at, width - 2 * pad, h);
    if (t.hovered)
      panel.paint.fill(x + pad, at, x + width - pad, at + h, mix(theme.raised, theme.line, 0.6f),
                       panel.dp(6));
    if (t.clicked) state.model_menu_open = false;
    return t.clicked;
  };
  for (const UiModel& model : panel.frame.models) {
    if (choose(model.name.c_str(), row)) panel.command(Action{SetModel{model.name}});
    const bool active = model.name == panel.frame.document->model;
    panel.paint.text_cut(x + panel.dp(16), at + panel.dp(15), width - panel.dp(32), model.name, kStrong,
                         active ? theme.accent : theme.text);
    panel.paint.text_cut(x + panel.dp(16), at + panel.dp(33), width - panel.dp(32), model.summary, kSmall,
                         theme.secondary);
    at += row;
  }
  if (choose("folder", panel.dp(34))) panel.command(Control{Open{}});
  panel.paint.text_cut(x + panel.dp(16), at + panel.dp(17), width - panel.dp(32), "Open a checkpoint folder…",
                       kBody, theme.text);
  const ImVec2 mouse = ImGui::GetIO().MousePos;
  const bool inside =
      mouse.x >= x && mouse.x < x + width && mouse.y >= y - panel.dp(36) && mouse.y < y + height;
  if (ImGui::GetIO().MouseClicked[0] && !inside) state.model_menu_open = false;
  ImGui::End();
  ImGui::PopStyleVar();
  ImGui::PopStyleColor();
}

}  // namespace headscope
