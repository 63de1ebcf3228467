#include <algorithm>
#include <cmath>

#include "ui/ui_state.h"

namespace headscope {

namespace {

constexpr float kNumberRow = 24;

// A bar with its word on the left, ending at `split`, and its number at the right end.
void bar_row(PanelContext& panel, const Area& area, float y, float split, std::string_view word,
             float fraction, ImU32 color, ImU32 ink, std::string_view value) {
  const float middle = y + panel.dp(9.5f);
  panel.paint.text_cut(split - panel.dp(10), middle, split - area.x - panel.dp(10), word, kMonoSmall, ink,
                       Align::Right);
  const float reserve = value.empty() ? 0 : panel.dp(50);
  const float room = area.right() - split - reserve;
  const float width = std::max(panel.dp(2), room * std::clamp(fraction, 0.0f, 1.0f));
  panel.paint.fill(split, middle - panel.dp(5), split + width, middle + panel.dp(5), color,
                   std::min(width / 2, panel.dp(2)));
  if (!value.empty())
    panel.paint.text(area.right(), middle, value, kMonoSmall, panel.theme().secondary, Align::Right);
}

/// A part of 1 in two places, or three where two would say nothing.
std::string share(double value) {
  return number(value, value < 0.0095 ? 3 : 2);
}

void rule(PanelContext& panel, const Area& area, float& y) {
  y += panel.dp(14);
  panel.paint.fill(area.x, y, area.right(), y + 1, panel.theme().line);
  y += panel.dp(20);
}

void draw_head(PanelContext& panel, const UiInspector& data, const Area& area, float& y) {
  const UiTheme& theme = panel.theme();
  const bool is_mix = !data.mix.empty();
  const bool two_texts = panel.frame.trace && !panel.frame.trace->key_tokens.empty();
  const std::string what = is_mix              ? data.mixed
                           : two_texts         ? "from the target to the source"
                           : data.role.empty() ? "no single habit on this text"
                                               : "mostly " + data.role;
  std::string name = data.mix;
  std::ranges::transform(name, name.begin(), [](char c) { return c >= 'a' && c <= 'z' ? char(c - 32) : c; });
  if (!is_mix) name = "HEAD " + head_name(*data.head);
  caption(panel, area.x, y + panel.dp(8), name);
  y += panel.dp(22);
  panel.paint.circle(area.x + panel.dp(5), y + panel.dp(9), panel.dp(5), to_imgui(data.color));
  panel.paint.text_cut(area.x + panel.dp(18), y + panel.dp(9), area.width - panel.dp(18), what, kBody,
                       theme.text);
  y += panel.dp(30);
  if (is_mix) return;
  const auto row = [&](std::string_view label, const std::string& value) {
    number_row(panel, area.x, y + panel.dp(kNumberRow / 2), area.width, label, value, theme.text);
    y += panel.dp(kNumberRow);
  };
  row("entropy", number(data.metrics.entropy_bits, 2) + " bits");
  if (!two_texts) row("mean distance", number(data.metrics.mean_distance, 1) + " tokens");
  row("to first token", share(data.metrics.first_token));
  if (!two_texts) {
    row("previous token", share(data.metrics.previous_token));
    row("own token", share(data.metrics.own_token));
  }
  if (!data.shares.empty()) row("keys shared with", data.shares);
}

void draw_edge(PanelContext& panel, const UiEdge& edge, bool pinned, const Area& area, float& y) {
  const UiTheme& theme = panel.theme();
  panel.paint.text_cut(area.x, y + panel.dp(9), area.width - (pinned ? panel.dp(56) : 0),
                       "“" + edge.query_token + "” → “" + edge.key_token + "”", kStrong, theme.text);
  if (pinned) panel.paint.text(area.right(), y + panel.dp(9), "pinned", kSmall, theme.accent, Align::Right);
  y += panel.dp(26);
  const auto row = [&](std::string_view label, const std::string& value, ImU32 color) {
    panel.paint.text(area.x, y + panel.dp(kNumberRow / 2), label, kMono, theme.secondary);
    panel.paint.text(area.right(), y + panel.dp(kNumberRow / 2), value, kMono, color, Align::Right);
    y += panel.dp(kNumberRow);
  };
  if (edge.weight_alone) {
    row("weight", number(edge.weight, 3), theme.accent);
    y += panel.paint.paragraph(area.x, y + panel.dp(4), area.width, edge.why_alone, kSmall, theme.secondary);
    y += panel.dp(8);
    return;
  }
  row("q · k", number(edge.dot, 2), theme.text);
  const double divisor = edge.scale != 0 ? 1 / static_cast<double>(edge.scale) : 0;
  const double squared = divisor * divisor;
  if (divisor != 0 && std::abs(squared - std::round(squared)) < 1e-3 * squared) {
    row("÷ √" + std::to_string(static_cast<long>(std::round(squared))),
        number(static_cast<double>(edge.dot) * edge.scale, 2), theme.text);
  } else {
    row("× " + number(edge.scale, 4), number(static_cast<double>(edge.dot) * edge.scale, 2), theme.text);
  }
  if (std::abs(edge.bias) > 1e-4f && !edge.masked) row("+ bias, cap", number(edge.score, 2), theme.text);
  if (edge.masked) {
    row("mask", "not visible", theme.secondary);
  } else {
    row("exp(· − max)", number(edge.exp, 3), theme.text);
    row("÷ row sum", number(edge.row_sum, 3), theme.text);
  }
  row("weight", number(edge.weight, 3), theme.accent);
}

void draw_row(PanelContext& panel, const UiInspector& data, const Area& area, float& y) {
  const UiTheme& theme = panel.theme();
  caption(panel, area.x, y + panel.dp(8), data.mix.empty() ? "ROW SOFTMAX" : "ROW, COMBINED");
  if (!data.row_title.empty())
    panel.paint.text(area.right(), y + panel.dp(8), data.row_title, kMonoSmall, theme.secondary,
                     Align::Right);
  y += panel.dp(22);
  const float split = area.x + panel.dp(82);
  const ImU32 color = data.head ? to_imgui(data.color) : theme.accent;
  for (const UiRowBar& bar : data.row) {
    bar_row(panel, area, y, split, bar.token, bar.weight, bar.active ? color : with_alpha(color, 0.5f),
            bar.active ? theme.text : theme.secondary, number(bar.weight, bar.weight < 0.0995f ? 3 : 2));
    y += panel.dp(21.5f);
  }
}

/// How much each of the combined heads gives to the edge.
void draw_members(PanelContext& panel, const UiInspector& data, const Area& area, float& y) {
  const float split = area.x + panel.dp(82);
  for (const UiRowBar& bar : data.members) {
    bar_row(panel, area, y, split, bar.token, bar.weight, with_alpha(to_imgui(data.color), 0.5f),
            panel.theme().secondary, number(bar.weight, bar.weight < 0.0995f ? 3 : 2));
    y += panel.dp(21.5f);
  }
}

}  // namespace

void draw_inspector(PanelContext& panel, const Area& area, float& y) {
  const UiInspector& data = panel.frame.inspector;
  const UiTheme& theme = panel.theme();
  if (data.head) draw_head(panel, data, area, y);
  if (data.edge) {
    rule(panel, area, y);
    draw_edge(panel, *data.edge, data.pinned, area, y);
    draw_members(panel, data, area, y);
  } else if (data.token) {
    rule(panel, area, y);
    panel.paint.text_cut(area.x, y + panel.dp(9), area.width, "“" + data.token->token + "”", kStrong,
                         theme.text);
    y += panel.dp(26);
    const auto row = [&](std::string_view label, const std::string& value) {
      number_row(panel, area.x, y + panel.dp(kNumberRow / 2), area.width, label, value, theme.text);
      y += panel.dp(kNumberRow);
    };
    row("position", std::to_string(data.token->index));
    if (!data.token->looks_at.empty())
      row("looks at “" + data.token->looks_at + "”", number(data.token->looks_weight, 2));
    if (!data.token->looked_by.empty()) {
      row("most from “" + data.token->looked_by + "”", number(data.token->looked_weight, 2));
      row("receives in sum", number(data.token->incoming_sum, 2));
    }
  } else if (data.head) {
    y += panel.dp(10);
    y += panel.paint.paragraph(area.x, y, area.width,
                               "Point at a connection to see its numbers; click to keep them.", kSmall,
                               theme.secondary);
  }
  if (!data.row.empty()) {
    y += panel.dp(20);
    draw_row(panel, data, area, y);
  }
  if (!data.next.empty() || !data.next_note.empty()) {
    y += panel.dp(24);
    caption(panel, area.x, y + panel.dp(8), data.next_heading);
    if (!data.next_title.empty())
      panel.paint.text_cut(area.right(), y + panel.dp(8),
                           area.width - panel.paint.width(data.next_heading, kCaption) - panel.dp(10),
                           data.next_title, kMonoSmall, theme.secondary, Align::Right);
    y += panel.dp(22);
    if (!data.next_note.empty())
      y += panel.paint.paragraph(area.x, y, area.width, data.next_note, kSmall, theme.secondary);
    const float split = area.x + panel.dp(82);
    for (const UiProbability& next : data.next) {
      const float strength = std::clamp(0.35f + next.probability, 0.0f, 1.0f);
      bar_row(panel, area, y, split, next.token, next.probability, mix(theme.panel, theme.accent, strength),
              theme.text, share(next.probability));
      y += panel.dp(24);
    }
  }
}

}  // namespace headscope
