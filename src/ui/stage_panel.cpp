#include <algorithm>
#include <cmath>

#include "ui/ui_state.h"

namespace headscope {

namespace {

// Words near the unknown one that the caret is in; a click puts one in its place.
void draw_suggestions(PanelContext& panel, TextField& field, const std::vector<UiUnknownWord>& words,
                      std::optional<std::string>& changed, float left, float right, float y) {
  const TextEdit& edit = field.edit;
  const UiUnknownWord* here = nullptr;
  for (const UiUnknownWord& word : words) {
    if (edit.caret() >= word.begin && edit.caret() <= word.end && word.end <= edit.text().size())
      here = &word;
  }
  if (!here || here->suggestions.empty() || !field.focused) return;
  constexpr std::string_view kLead = "not in the vocabulary; near:";
  float width = panel.paint.width(kLead, kSmall) + panel.dp(20);
  for (const std::string& word : here->suggestions) width += panel.paint.width(word, kMono) + panel.dp(22);
  width += panel.dp(6);
  const float x = std::clamp(field.caret_position().x - panel.dp(40), left, std::max(left, right - width));
  const float height = panel.dp(34);
  ImGui::SetNextWindowPos({x, y});
  ImGui::SetNextWindowSize({width, height});
  ImGui::PushStyleColor(ImGuiCol_WindowBg, panel.theme().raised);
  ImGui::PushStyleVar(ImGuiStyleVar_WindowRounding, panel.dp(8));
  ImGui::Begin("##suggestions", nullptr,
               ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoSavedSettings |
                   ImGuiWindowFlags_NoFocusOnAppearing);
  panel.paint.frame(x, y, x + width, y + height, panel.theme().line, panel.dp(8));
  float at = x + panel.dp(12);
  at += panel.paint.text(at, y + height / 2, kLead, kSmall, panel.theme().secondary) + panel.dp(8);
  for (const std::string& word : here->suggestions) {
    const float w = panel.paint.width(word, kMono) + panel.dp(16);
    const Touch t = touch(word.c_str(), at, y + panel.dp(5), w, height - panel.dp(10));
    if (t.hovered)
      panel.paint.fill(at, y + panel.dp(5), at + w, y + height - panel.dp(5), panel.theme().line,
                       panel.dp(6));
    panel.paint.text(at + w / 2, y + height / 2, word, kMono,
                     t.hovered ? panel.theme().accent : panel.theme().text, Align::Center);
    if (t.clicked && field.edit.replace(here->begin, here->end, word)) changed = field.edit.text();
    at += w + panel.dp(6);
  }
  if (ImGui::IsWindowHovered()) field.focused = true;
  ImGui::End();
  ImGui::PopStyleVar();
  ImGui::PopStyleColor();
}

// The second text below the first one; returns the height it took.
float draw_second_text(PanelContext& panel, UiState& state, const Area& area) {
  const UiSecondText& second = *panel.frame.second_text;
  FieldLook look;
  if (panel.frame.document->view.present) look.style.size = 26;
  look.x = area.x;
  look.y = area.y;
  look.width = area.width;
  look.pad_x = panel.dp(18);
  look.pad_y = panel.dp(8.5f);
  look.max_lines = 3;
  look.hint = second.hint;
  look.marked = second.unknown_words;
  const float height = state.second.draw(panel, "second", look);
  draw_suggestions(panel, state.second, second.unknown_words, panel.out.second_text, area.x, area.right(),
                   area.y + height + panel.dp(4));
  return height;
}

// The sentence, or the first of two texts; returns the height it took.
float draw_first_text(PanelContext& panel, UiState& state, const Area& area) {
  const UiFrame& frame = panel.frame;
  const bool present = frame.document->view.present;  // nothing small is written there
  const std::string status = present ? ""
                             : frame.computing && frame.progress > 0
                                 ? "computing… " + number(frame.progress * 100.0, 0) + " %"
                                 : frame.status;
  const float status_width = panel.paint.width(status, kBody);
  FieldLook look;
  if (present) look.style.size = 26;
  look.x = area.x;
  look.y = area.y;
  look.width = area.width;
  look.pad_x = panel.dp(18);
  look.pad_y = panel.dp(8.5f);
  // Beside a short sentence, below a long one. Measuring a megabyte would hold up the frame.
  constexpr std::size_t kLongestLine = 2000;
  const float reserve = status_width + panel.dp(24);
  const std::string& sentence = state.sentence.edit.text();
  const bool beside = sentence.size() <= kLongestLine &&
                      panel.paint.width(sentence, look.style) + 2 * look.pad_x + reserve < area.width;
  look.right_reserve = beside ? reserve : 0;
  look.max_lines = 3;
  look.hint = frame.text_hint.empty() ? std::string_view("Type a sentence") : frame.text_hint;
  look.marked = frame.unknown_words;
  const float height = state.sentence.draw(panel, "sentence", look);
  const ImU32 ink = frame.computing ? panel.theme().accent : panel.theme().secondary;
  if (beside) {
    const float middle = area.y + look.pad_y + panel.paint.line_height(look.style) / 2;
    panel.paint.text(area.right() - panel.dp(16), middle, status, kBody, ink, Align::Right);
  } else {
    panel.paint.text_cut(area.right() - panel.dp(4), area.y + height + panel.dp(12), area.width, status,
                         kSmall, ink, Align::Right);
  }
  if (frame.computing && frame.progress > 0) {
    const float y = area.y + height - panel.dp(2);
    panel.paint.fill(area.x + panel.dp(10), y,
                     area.x + panel.dp(10) + (area.width - panel.dp(20)) * frame.progress, y + panel.dp(2),
                     panel.theme().accent, panel.dp(1));
  }
  if (frame.fixed_text) state.sentence.focused = false;
  if (frame.fixed_text || !frame.text_note.empty()) {
    panel.paint.text_cut(
        area.x + panel.dp(4), area.y + height + panel.dp(12), area.width - (beside ? 0 : reserve),
        frame.fixed_text ? *frame.fixed_text : frame.text_note, kSmall, panel.theme().secondary);
    if (!frame.fixed_text)
      draw_suggestions(panel, state.sentence, frame.unknown_words, panel.out.text, area.x, area.right(),
                       area.y + height + panel.dp(4));
    return height + panel.dp(14);
  }
  draw_suggestions(panel, state.sentence, frame.unknown_words, panel.out.text, area.x, area.right(),
                   area.y + height + panel.dp(4));
  return beside ? height : height + panel.dp(14);
}

// What a field is for, on its left.
void draw_label(PanelContext& panel, const Area& area, const TextStyle& style, std::string_view label) {
  const float line = panel.paint.line_height(kSentence);
  panel.paint.text(area.x, area.y + panel.dp(8.5f) + line / 2, label, style, panel.theme().secondary);
}

}  // namespace

float draw_sentence(PanelContext& panel, UiState& state, const Area& whole) {
  const auto& second = panel.frame.second_text;
  if (!second) return draw_first_text(panel, state, whole);
  TextStyle style = kSmall;
  if (panel.frame.document->view.present) style.size = 24;
  const float labels = panel.dp(14) + std::max(panel.paint.width(second->first_label, style),
                                               panel.paint.width(second->second_label, style));
  const Area first{whole.x + labels, whole.y, whole.width - labels, 0};
  draw_label(panel, whole, style, second->first_label);
  const float step = draw_first_text(panel, state, first) + panel.dp(8);
  draw_label(panel, {whole.x, whole.y + step, whole.width, 0}, style, second->second_label);
  return step + draw_second_text(panel, state, {first.x, first.y + step, first.width, 0});
}

void draw_stage(PanelContext& panel, const Area& area) {
  const UiTexture& stage = panel.frame.stage;
  if (area.width < 1 || area.height < 1) return;
  if (stage.id != 0) {
    // A frame that was drawn for another size is shown unscaled from the top left until the next one is
    // there.
    const float density = ImGui::GetIO().DisplayFramebufferScale.x;
    panel.paint.list()->PushClipRect({area.x, area.y}, {area.right(), area.bottom()}, true);
    panel.paint.list()->AddImage((ImTextureID) static_cast<std::intptr_t>(stage.id), {area.x, area.y},
                                 {area.x + static_cast<float>(stage.width) / density,
                                  area.y + static_cast<float>(stage.height) / density});
    panel.paint.list()->PopClipRect();
  }
  if (!panel.frame.offer.empty()) {
    const float width = panel.paint.width(panel.frame.offer, kBody) + panel.dp(36), height = panel.dp(34);
    const float x = std::round(area.x + (area.width - width) / 2),
                y = std::round(area.y + area.height / 2 + panel.dp(24));
    if (button(panel, "offer", x, y, width, height, panel.frame.offer, ButtonKind::Primary))
      panel.command(Control{Open{}});
  }
  const Touch t = touch("stage", area.x, area.y, area.width, area.height, ImGuiMouseCursor_Arrow);
  const ImGuiIO& io = ImGui::GetIO();
  UiStageMouse& mouse = panel.out.mouse;
  const float scale = panel.paint.scale();
  mouse.inside = t.hovered || t.held;
  mouse.x = (io.MousePos.x - area.x) / scale;
  mouse.y = (io.MousePos.y - area.y) / scale;
  const bool dragged =
      ImGui::GetMouseDragDelta(0, panel.dp(4)).x != 0 || ImGui::GetMouseDragDelta(0, panel.dp(4)).y != 0;
  mouse.dragging = t.held && ImGui::IsMouseDragging(0, panel.dp(4));
  if (mouse.dragging) {
    mouse.drag_x = io.MouseDelta.x / scale;
    mouse.drag_y = io.MouseDelta.y / scale;
  }
  mouse.clicked = t.clicked && !dragged;
  mouse.double_clicked = t.double_clicked;
  mouse.wheel = t.hovered ? io.MouseWheel : 0;
}

void draw_toasts(PanelContext& panel, const Area& stage) {
  const UiTheme& theme = panel.theme();
  // Above the card of an export that runs.
  float bottom = stage.bottom() - panel.dp(panel.frame.exporting.running ? 92 : 36);
  for (auto toast = panel.frame.toasts.rbegin(); toast != panel.frame.toasts.rend(); ++toast) {
    const float width = std::min(panel.dp(460), stage.width - panel.dp(24)), pad = panel.dp(14);
    const float word = toast->button.empty() ? 0 : panel.paint.width(toast->button, kBody) + panel.dp(24);
    const float inner = width - 2 * pad - panel.dp(14) - (word > 0 ? word + panel.dp(10) : 0);
    const float title = panel.paint.paragraph(0, 0, inner, toast->message, kBody, 0, false);
    const float hint = toast->hint.empty()
                           ? 0
                           : panel.paint.paragraph(0, 0, inner, toast->hint, kSmall, 0, false) + panel.dp(2);
    const float height = title + hint + 2 * pad - panel.dp(6);
    const float x = std::round(stage.x + (stage.width - width) / 2), y = bottom - height;
    ImGui::PushID(toast->id);
    ImGui::SetNextWindowPos({x, y});
    ImGui::SetNextWindowSize({width, height});
    ImGui::PushStyleColor(ImGuiCol_WindowBg, with_alpha(theme.raised, 0.98f * toast->opacity));
    ImGui::PushStyleVar(ImGuiStyleVar_WindowRounding, panel.dp(9));
    const std::string name = "##toast" + std::to_string(toast->id);
    ImGui::Begin(name.c_str(), nullptr,
                 ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoSavedSettings |
                     ImGuiWindowFlags_NoFocusOnAppearing);
    const float a = toast->opacity;
    const Touch t = touch("close", x, y, width - (word > 0 ? word + pad : 0), height);
    panel.paint.frame(x, y, x + width, y + height, with_alpha(t.hovered ? theme.secondary : theme.line, a),
                      panel.dp(9));
    panel.paint.fill(x + panel.dp(10), y + pad - panel.dp(1), x + panel.dp(13),
                     y + height - pad + panel.dp(1), with_alpha(toast->error ? theme.error : theme.accent, a),
                     panel.dp(1.5f));
    const float top = y + pad - panel.dp(3);
    panel.paint.paragraph(x + pad + panel.dp(10), top, inner, toast->message, kBody,
                          with_alpha(theme.text, a));
    if (!toast->hint.empty())
      panel.paint.paragraph(x + pad + panel.dp(10), top + title + panel.dp(2), inner, toast->hint, kSmall,
                            with_alpha(theme.secondary, a));
    bool done = t.clicked;
    if (word > 0 && button(panel, "action", x + width - pad - word,
                           std::round(y + (height - panel.dp(28)) / 2), word, panel.dp(28), toast->button)) {
      if (toast->action) panel.command(*toast->action);
      done = true;
    }
    if (done) panel.out.dismissed_toasts.push_back(toast->id);
    ImGui::End();
    ImGui::PopStyleVar();
    ImGui::PopStyleColor();
    ImGui::PopID();
    bottom = y - panel.dp(8);
  }
}

namespace {

constexpr float kRecoveryAnswer = 132, kAnswerGap = 8, kFindAnswer = 196;  // logical pixels

bool asks_recovery(const PanelContext& panel) {
  return !panel.frame.recovery.empty();
}
bool asks_model(const PanelContext& panel) {
  return !panel.frame.missing_model.empty() && !asks_recovery(panel) && !panel.frame.document->view.present;
}

/// Where a question stands at the top of the stage. Its answers are beside it, or below it where the stage is
/// narrow.
struct QuestionPlace {
  Area box;
  bool beside = true;
};
QuestionPlace question_place(const PanelContext& panel, const Area& stage, float answers_width) {
  const float width = std::min(panel.dp(660), stage.width - panel.dp(24));
  const bool beside = width - answers_width > panel.dp(280);
  return {{std::round(stage.x + (stage.width - width) / 2), stage.y + panel.dp(10), width,
           panel.dp(beside ? 64 : 102)},
          beside};
}

/// What the program asks at the top of the stage, with answers at its right; `then` draws them.
template <class Answers>
void draw_question(PanelContext& panel, const char* id, const Area& stage, std::string_view title,
                   std::string_view detail, float answers_width, const Answers& then) {
  const UiTheme& theme = panel.theme();
  const auto [box, beside] = question_place(panel, stage, answers_width);
  const auto [x, y, width, height] = box;
  ImGui::SetNextWindowPos({x, y});
  ImGui::SetNextWindowSize({width, height});
  ImGui::PushStyleColor(ImGuiCol_WindowBg, theme.raised);
  ImGui::PushStyleVar(ImGuiStyleVar_WindowRounding, panel.dp(9));
  ImGui::Begin(id, nullptr,
               ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoSavedSettings |
                   ImGuiWindowFlags_NoFocusOnAppearing);
  panel.paint.frame(x, y, x + width, y + height, theme.accent, panel.dp(9));
  const float room = width - panel.dp(32) - (beside ? answers_width + panel.dp(12) : 0);
  panel.paint.text_cut(x + panel.dp(16), y + panel.dp(22), room, title, kStrong, theme.text);
  panel.paint.text_cut(x + panel.dp(16), y + panel.dp(43), room, detail, kSmall, theme.secondary);
  then(x + width - panel.dp(12) - answers_width,
       beside ? y + (height - panel.dp(30)) / 2 : y + height - panel.dp(40));
  ImGui::End();
  ImGui::PopStyleVar();
  ImGui::PopStyleColor();
}

}  // namespace

float question_height(const PanelContext& panel, const Area& stage) {
  const float answers = asks_recovery(panel) ? panel.dp(kRecoveryAnswer) * 2 + panel.dp(kAnswerGap)
                        : asks_model(panel)  ? panel.dp(kFindAnswer)
                                             : 0;
  return answers > 0 ? question_place(panel, stage, answers).box.bottom() - stage.y : 0;
}

void draw_missing_model(PanelContext& panel, const Area& stage) {
  const UiFrame& frame = panel.frame;
  if (!asks_model(panel)) return;
  const float width = panel.dp(kFindAnswer);
  draw_question(panel, "##missing", stage, "The model of this document is not there", frame.missing_model,
                width, [&](float x, float y) {
                  if (button(panel, "find", x, y, width, panel.dp(30), "Choose its folder…  Ctrl+F",
                             ButtonKind::Primary))
                    panel.command(Control{FindModel{}});
                });
}

void draw_recovery(PanelContext& panel, const Area& stage) {
  if (!asks_recovery(panel)) return;
  const float each = panel.dp(kRecoveryAnswer), gap = panel.dp(kAnswerGap);
  draw_question(
      panel, "##recovery", stage, "The last session did not end properly", "“" + panel.frame.recovery + "”",
      2 * each + gap, [&](float x, float y) {
        if (button(panel, "restore", x, y, each, panel.dp(30), "Restore  Ctrl+R", ButtonKind::Primary))
          panel.out.recover = true;
        if (button(panel, "discard", x + each + gap, y, each, panel.dp(30), "Discard  Ctrl+D"))
          panel.out.recover = false;
      });
}

}  // namespace headscope
