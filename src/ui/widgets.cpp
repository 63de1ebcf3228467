#include "ui/widgets.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace headscope {

Touch touch(const char* id, float x, float y, float width, float height, ImGuiMouseCursor cursor) {
  Touch result;
  if (width < 1 || height < 1) return result;
  ImGui::SetCursorScreenPos({x, y});
  result.clicked = ImGui::InvisibleButton(id, {width, height});
  result.hovered = ImGui::IsItemHovered();
  result.held = ImGui::IsItemActive();
  result.released = ImGui::IsItemDeactivated();
  result.double_clicked = result.hovered && ImGui::IsMouseDoubleClicked(0);
  if (result.hovered || result.held) ImGui::SetMouseCursor(cursor);
  return result;
}

bool button(PanelContext& panel, const char* id, float x, float y, float width, float height,
            std::string_view text, ButtonKind kind, bool enabled) {
  const UiTheme& theme = panel.theme();
  const Touch t = enabled ? touch(id, x, y, width, height) : Touch{};
  ImU32 fill = theme.raised, edge = theme.line, ink = theme.text;
  if (kind == ButtonKind::Primary) fill = edge = theme.accent, ink = theme.on_accent;
  if (kind == ButtonKind::Quiet) fill = edge = with_alpha(theme.raised, 0), ink = theme.secondary;
  if (t.hovered) {
    if (kind == ButtonKind::Quiet)
      ink = theme.text;
    else if (kind == ButtonKind::Primary)
      fill = mix(fill, theme.text, 0.15f);
    else
      fill = mix(fill, theme.line, 0.6f), edge = mix(edge, theme.secondary, 0.4f);
  }
  if (t.held) fill = mix(fill, theme.background, 0.25f);
  if (!enabled) ink = theme.faint;
  const float radius = panel.dp(7);
  if (kind != ButtonKind::Quiet) {
    panel.paint.fill(x, y, x + width, y + height, fill, radius);
    panel.paint.frame(x, y, x + width, y + height, edge, radius);
  }
  panel.paint.text(std::round(x + width / 2), std::round(y + height / 2), text, kBody, ink, Align::Center);
  return t.clicked;
}

void caption(PanelContext& panel, float x, float y_center, std::string_view text) {
  panel.paint.text(x, y_center, text, kCaption, panel.theme().secondary);
}

bool toggle(PanelContext& panel, const char* id, float x, float y, float width, std::string_view text,
            bool on) {
  const UiTheme& theme = panel.theme();
  const float height = panel.dp(26), track_w = panel.dp(30), track_h = panel.dp(17);
  const Touch t = touch(id, x, y, width, height);
  const float middle = y + height / 2, top = std::round(middle - track_h / 2);
  const ImU32 track = on ? theme.accent : mix(theme.raised, theme.line, t.hovered ? 0.9f : 0.4f);
  panel.paint.fill(x, top, x + track_w, top + track_h, track, track_h / 2);
  if (!on) panel.paint.frame(x, top, x + track_w, top + track_h, theme.line, track_h / 2);
  const float knob = track_h / 2 - panel.dp(2.5f);
  const float knob_x = on ? x + track_w - track_h / 2 : x + track_h / 2;
  panel.paint.circle(knob_x, top + track_h / 2, knob, on ? theme.background : theme.secondary);
  panel.paint.text_cut(x + track_w + panel.dp(14), middle, width - track_w - panel.dp(14), text, kBody,
                       on || t.hovered ? theme.text : theme.secondary);
  return t.clicked;
}

bool slider(PanelContext& panel, const char* id, float x, float y, float width, std::string_view label,
            std::string_view value, float& position) {
  const UiTheme& theme = panel.theme();
  const Touch t = touch(id, x, y, width, panel.dp(34));
  const float text_y = y + panel.dp(9), track_y = std::round(y + panel.dp(26));
  panel.paint.text(x, text_y, label, kBody, theme.text);
  panel.paint.text(x + width, text_y, value, kMono, t.held ? theme.accent : theme.text, Align::Right);
  const float radius = panel.dp(6.5f);
  const float span = width - 2 * radius;
  bool changed = false;
  if (t.held && span > 0) {
    const float wanted = std::clamp((ImGui::GetIO().MousePos.x - x - radius) / span, 0.0f, 1.0f);
    changed = wanted != position;
    position = wanted;
    panel.out.dragging = true;
  }
  const float knob_x = x + radius + span * position;
  const float half = std::max(1.0f, panel.dp(2));
  panel.paint.fill(x, track_y - half, x + width, track_y + half,
                   mix(theme.raised, theme.line, theme.dark ? 0.25f : 0.8f), half);
  if (knob_x > x + radius + 1)
    panel.paint.fill(x, track_y - half, knob_x, track_y + half, theme.accent, half);
  panel.paint.circle(knob_x, track_y, radius + (t.held || t.hovered ? panel.dp(1) : 0),
                     theme.dark ? theme.text : theme.panel);
  if (!theme.dark) panel.paint.ring(knob_x, track_y, radius, theme.accent, std::max(1.0f, panel.dp(1.5f)));
  return changed;
}

void number_row(PanelContext& panel, float x, float y_center, float width, std::string_view label,
                std::string_view value, ImU32 value_color) {
  const float value_width = panel.paint.text(x + width, y_center, value, kMono, value_color, Align::Right);
  panel.paint.text_cut(x, y_center, width - value_width - panel.dp(8), label, kBody, panel.theme().secondary);
}

int segments(PanelContext& panel, const char* id, float x, float y, float width, float height,
             const std::vector<std::string_view>& names, int active) {
  const UiTheme& theme = panel.theme();
  const float radius = panel.dp(7);
  panel.paint.fill(x, y, x + width, y + height, theme.raised, radius);
  int chosen = -1;
  // Each as wide as its word, and what is left in even parts.
  float left = width, end = x;
  for (const std::string_view name : names) left -= panel.paint.width(name, kSmall);
  ImGui::PushID(id);
  for (int i = 0; i < static_cast<int>(names.size()); ++i) {
    const float begin = end;
    end += panel.paint.width(names[static_cast<std::size_t>(i)], kSmall) +
           left / static_cast<float>(names.size());
    const float x0 = std::round(begin), x1 = std::round(end);
    ImGui::PushID(i);
    const Touch t = touch("segment", x0, y, x1 - x0, height);
    ImGui::PopID();
    if (t.clicked) chosen = i;
    if (i == active) {
      panel.paint.fill(x0, y, x1, y + height, mix(theme.raised, theme.accent, 0.16f), radius);
      panel.paint.frame(x0, y, x1, y + height, mix(theme.line, theme.accent, 0.75f), radius);
    }
    panel.paint.text((x0 + x1) / 2, y + height / 2, names[static_cast<std::size_t>(i)], kSmall,
                     i == active || t.hovered ? theme.text : theme.secondary, Align::Center);
  }
  ImGui::PopID();
  return chosen;
}

void tip(PanelContext& panel, bool hovered, std::string_view text) {
  if (!hovered || ImGui::GetIO().MouseDown[0]) return;
  const float width = std::min(panel.paint.width(text, kSmall), panel.dp(280)) + 1;
  const float height = panel.paint.paragraph(0, 0, width, text, kSmall, 0, false);
  const ImVec2 mouse = ImGui::GetIO().MousePos, screen = ImGui::GetIO().DisplaySize;
  const float pad = panel.dp(8), full = width + 2 * pad;
  const float x = std::max(0.0f, std::min(mouse.x + panel.dp(12), screen.x - full - panel.dp(4)));
  float y = mouse.y + panel.dp(18);
  if (y + height + 2 * pad > screen.y) y = mouse.y - height - 2 * pad - panel.dp(8);
  ImGui::SetNextWindowPos({x, y});
  ImGui::SetNextWindowSize({full, height + 2 * pad});
  ImGui::PushStyleVar(ImGuiStyleVar_WindowRounding, panel.dp(6));
  ImGui::PushStyleColor(ImGuiCol_WindowBg, panel.theme().raised);
  ImGui::Begin("##tip", nullptr,
               ImGuiWindowFlags_Tooltip | ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoInputs |
                   ImGuiWindowFlags_NoSavedSettings | ImGuiWindowFlags_NoMove);
  panel.paint.frame(x, y, x + full, y + height + 2 * pad, panel.theme().line, panel.dp(6));
  panel.paint.paragraph(x + pad, y + pad, width, text, kSmall, panel.theme().text);
  ImGui::End();
  ImGui::PopStyleColor();
  ImGui::PopStyleVar();
}

std::string number(double value, int digits) {
  if (std::isinf(value)) return value < 0 ? "−∞" : "∞";
  if (std::isnan(value)) return "–";
  char buffer[64];
  const double magnitude = std::abs(value);
  if (magnitude != 0 && (magnitude >= 1e6 || magnitude < 0.5 * std::pow(10.0, -digits))) {
    std::snprintf(buffer, sizeof buffer, "%.1e", value);
  } else {
    std::snprintf(buffer, sizeof buffer, "%.*f", digits, value);
  }
  std::string text = buffer;
  if (text.front() == '-') text.replace(0, 1, "−");
  return text;
}

}  // namespace headscope
