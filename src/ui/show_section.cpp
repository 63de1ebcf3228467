#include <array>
#include <cmath>

#include "ui/ui_state.h"

namespace headscope {

namespace {

constexpr int kLargestTopK = 16;

std::string percent(float value) {
  return number(value * 100, value > 0.995f || value < 0.1f ? 0 : 0) + " %";
}

}  // namespace

void draw_show_section(PanelContext& panel, const Area& area, float& y) {
  const ViewOptions& view = panel.frame.document->view;
  caption(panel, area.x, y + panel.dp(8), "SHOW");
  y += panel.dp(24);

  // Small weights matter more than large ones: the threshold's track is quadratic.
  float threshold = std::sqrt(view.weight_threshold);
  if (slider(panel, "threshold", area.x, y, area.width, "Threshold", number(view.weight_threshold, 2),
             threshold)) {
    panel.command(Action{SetThreshold{std::round(threshold * threshold * 100) / 100}});
  }
  y += panel.dp(46);
  const float k = view.top_k == 0 ? 1.0f : static_cast<float>(view.top_k - 1) / kLargestTopK;
  float position = std::min(k, 1.0f);
  if (slider(panel, "top-k", area.x, y, area.width, "Top-k per token",
             view.top_k == 0 ? "all" : std::to_string(view.top_k), position)) {
    const int wanted = 1 + static_cast<int>(std::round(position * kLargestTopK));
    panel.command(Action{SetTopK{wanted > kLargestTopK ? 0 : wanted}});
  }
  y += panel.dp(46);
  float mass = view.cumulative_mass;
  if (slider(panel, "mass", area.x, y, area.width, "Share of each row", percent(view.cumulative_mass),
             mass)) {
    panel.command(Action{SetCumulativeMass{std::max(0.05f, std::round(mass * 100) / 100)}});
  }
  y += panel.dp(48);

  constexpr float kChoiceHeight = 26;
  panel.paint.text(area.x, y + panel.dp(8), "Width", kBody, panel.theme().text);
  y += panel.dp(20);
  if (const int i = segments(panel, "scale", area.x, y, area.width, panel.dp(kChoiceHeight),
                             {"linear", "√", "log", "row max"}, static_cast<int>(view.scale));
      i >= 0) {
    panel.command(Action{SetScale{static_cast<WeightScale>(i)}});
  }
  y += panel.dp(kChoiceHeight + 12);
  panel.paint.text(area.x, y + panel.dp(8), "Several heads", kBody, panel.theme().text);
  y += panel.dp(20);
  if (const int i =
          segments(panel, "mix", area.x, y, area.width, panel.dp(kChoiceHeight),
                   {"apart", "mean", "max", "sum"}, static_cast<int>(panel.frame.document->selection.mix));
      i >= 0) {
    panel.command(Action{SetHeadMix{static_cast<HeadMix>(i)}});
  }
  y += panel.dp(kChoiceHeight + 16);

  const float step = panel.dp(29);
  if (toggle(panel, "labels", area.x, y, area.width, "Labels on edges", view.show_labels))
    panel.command(Action{SetLabels{}});
  y += step;
  if (toggle(panel, "first", area.x, y, area.width, "Hide first token (sink)", view.hide_first_token))
    panel.command(Action{SetHideFirst{}});
  y += step;
  if (toggle(panel, "special", area.x, y, area.width, "Hide special tokens", view.hide_special_tokens))
    panel.command(Action{SetHideSpecial{}});
  y += step;
  if (toggle(panel, "renormalize", area.x, y, area.width, "Rows sum to 1 again", view.renormalize))
    panel.command(Action{SetRenormalize{}});
  y += step;
  if (toggle(panel, "light", area.x, y, area.width, "Light theme", view.theme == Theme::Light))
    panel.command(Action{SetTheme{}});
  y += step;
}

}  // namespace headscope
