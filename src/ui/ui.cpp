#include "ui/ui.h"

#include <imgui.h>

#include <algorithm>
#include <cmath>
#include <utility>
#include <variant>

#include "base/utf8.h"
#include "document/key_bindings.h"
#include "ui/file_dialog.h"

namespace headscope {

namespace {

bool is_letter_or_digit(char32_t c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c >= 0x80;
}

// Chords of one sign arrive as typed characters, whatever keys make them on this keyboard.
bool is_sign(std::string_view chord) {
  if (chord.starts_with("Shift+")) chord.remove_prefix(6);
  return chord.size() == 1 && !is_letter_or_digit(static_cast<unsigned char>(chord[0]));
}

void panel_window(const char* id, const Area& area, ImGuiWindowFlags flags = 0) {
  ImGui::SetNextWindowPos({area.x, area.y});
  ImGui::SetNextWindowSize({area.width, area.height});
  ImGui::Begin(id, nullptr,
               ImGuiWindowFlags_NoTitleBar | ImGuiWindowFlags_NoResize | ImGuiWindowFlags_NoMove |
                   ImGuiWindowFlags_NoCollapse | ImGuiWindowFlags_NoSavedSettings |
                   ImGuiWindowFlags_NoBringToFrontOnFocus | flags);
}

}  // namespace

Ui::Ui() {
  ImGuiIO& io = ImGui::GetIO();
  io.ConfigFlags &= ~(ImGuiConfigFlags_NavEnableKeyboard | ImGuiConfigFlags_NavEnableGamepad);
  io.ConfigInputTextCursorBlink = false;
  atlas_.create();
}

void Ui::set_preferences(const UiPreferences& preferences) {
  state_.preferences = preferences;
}

bool Ui::apply(const Control& control) {
  if (const auto* c = std::get_if<ShowCommands>(&control)) {
    state_.help_open = resolve(c->show, state_.help_open);
    return true;
  }
  if (const auto* edit = std::get_if<EditText>(&control)) {
    focus_text(edit->which == TextChoice::Second && second_shown_);
    return true;
  }
  if (const auto* file = std::get_if<Open>(&control); file && file->path.empty()) {
    state_.files.open = true;
    state_.files.purpose = FilePurpose::Open;
    show_folder(state_.files, "");
    return true;
  }
  if (const auto* model = std::get_if<FindModel>(&control); model && model->path.empty()) {
    state_.files.open = true;
    state_.files.purpose = FilePurpose::Model;
    show_folder(state_.files, "");
    return true;
  }
  if (const auto* write = std::get_if<Export>(&control); write && write->path.empty()) {
    state_.exporting.open = true;
    state_.exporting.row = state_.exporting.seen = ExportRow::Format;
    state_.exporting.scroll = 0;
    return true;
  }
  if (const auto* edit = std::get_if<EditStep>(&control)) {
    state_.wanted_edit = edit->part;
    return true;
  }
  if (std::holds_alternative<Escape>(control)) {
    if (state_.exporting.open && !state_.files.open) return close_export(state_.exporting), true;
    for (bool* open : {&state_.files.open, &state_.palette_open, &state_.help_open, &state_.model_menu_open,
                       &state_.sentence.focused, &state_.second.focused}) {
      if (!*open) continue;
      *open = false;
      return true;
    }
  }
  return false;
}

void Ui::focus_text(bool second) {
  TextField &field = second ? state_.second : state_.sentence,
            &other = second ? state_.sentence : state_.second;
  if (!field.focused) field.edit.move_to(field.edit.text().size(), false);
  field.focused = true;
  other.focused = false;
}

void Ui::run_chord(std::string_view chord, UiOutput& out) {
  if (chord == "Ctrl+K" || chord == ":") {
    state_.palette_open = true;
    state_.palette.edit.adopt("");
    return;
  }
  if (state_.recovery_shown && (chord == "Ctrl+R" || chord == "Ctrl+D")) {
    out.recover = chord == "Ctrl+R";
    return;
  }
  if (chord == "G") {
    state_.grid_cursor = 0;
    out.redraw = true;
    return;
  }
  const std::string_view text = command_of_key(chord);
  if (text.empty()) return;
  Result<Command> command = parse_command(text);
  if (!command) return;
  const auto* control = std::get_if<Control>(&*command);
  if (control && apply(*control)) {
    out.redraw = true;
    return;
  }
  out.commands.push_back(std::move(*command));
}

bool Ui::scroll_help(const UiKey& key) {
  const float page = ImGui::GetIO().DisplaySize.y * 0.7f;
  if (key.chord == "Down")
    state_.help_scroll += page / 12;
  else if (key.chord == "Up")
    state_.help_scroll -= page / 12;
  else if (key.chord == "PageDown" || key.chord == "Space")
    state_.help_scroll += page;
  else if (key.chord == "PageUp")
    state_.help_scroll -= page;
  else if (key.chord == "Home")
    state_.help_scroll = 0;
  else if (key.chord == "End")
    state_.help_scroll = 1e6f;  // as far as it goes
  else
    return false;
  return true;
}

void Ui::handle_key(const UiFrame& frame, std::vector<UiKey> key, std::vector<char32_t> typed,
                    UiOutput& out) {
  if (frame.exporting.leaving && !out.leave) {
    if (!key.empty()) handle_leaving_key(key[0].chord, out);
    return;
  }
  if (state_.files.open) {
    handle_file_key(state_, frame.files, key, typed, out);
    return;
  }
  if (state_.exporting.open) {
    handle_export_key(state_, frame, key, typed, out);
    return;
  }
  if (state_.palette_open) {
    state_.palette.focused = true;
    if (!key.empty() && key[0].chord == "Escape")
      state_.palette_open = false;
    else if (!key.empty() && key[0].chord == "Down")
      ++state_.palette_choice;
    else if (!key.empty() && key[0].chord == "Up")
      --state_.palette_choice;
    else if (state_.palette.handle(key, typed, false))
      state_.palette_choice = 0;
    if (state_.palette.take_submitted() && state_.palette_open) submit_palette(state_, out);
    return;
  }
  if (state_.help_open && !key.empty() && scroll_help(key[0])) return;
  const bool typing = state_.sentence.focused || state_.second.focused;
  const bool tab = !key.empty() && (key[0].chord == "Tab" || key[0].chord == "Shift+Tab");
  if (typing && tab && frame.second_text) {
    focus_text(!state_.second.focused);
    out.redraw = true;
    return;
  }
  if (!typing && !key.empty() && handle_grid_key(state_, frame, key[0].chord, out)) {
    out.redraw = true;
    return;
  }
  if (state_.sentence.focused) {
    if (state_.sentence.handle(key, typed, true)) {
      out.text = state_.sentence.edit.text();
      out.typing = true;
    }
    if (state_.sentence.take_submitted()) state_.sentence.focused = false;
  } else if (state_.second.focused) {
    if (state_.second.handle(key, typed, true)) {
      out.second_text = state_.second.edit.text();
      out.typing = true;
    }
    if (state_.second.take_submitted()) state_.second.focused = false;
  }
  // Over a picture the arrows go among its patches, as they lie.
  if (!typing && !key.empty() && frame.document->view.kind == ViewKind::Picture && frame.trace &&
      frame.trace->media && frame.trace->media->picture && (key[0].chord == "Down" || key[0].chord == "Up")) {
    out.commands.push_back(Action{StepRow{key[0].chord == "Down" ? 1 : -1}});
    return;
  }
  for (const UiKey& left : key) {
    if (!is_sign(left.chord)) run_chord(left.chord, out);
  }
  for (const char32_t c : typed) {
    if (is_letter_or_digit(c) || c == ' ') continue;
    std::string sign;
    append_utf8(sign, c);
    run_chord(sign, out);
  }
}

void Ui::handle_keys(const UiFrame& frame, UiOutput& out) {
  // One key after the other, each with the character it typed: a key may open what the next one is meant for.
  std::size_t n_typed = 0;
  const std::vector<char32_t>& typed = frame.input.typed;
  for (const UiKey& key : frame.input.keys) {
    std::vector<char32_t> character;
    if (makes_character(key.chord) && n_typed < typed.size()) character.push_back(typed[n_typed++]);
    handle_key(frame, {key}, std::move(character), out);
  }
  for (; n_typed < typed.size(); ++n_typed) handle_key(frame, {}, {typed[n_typed]}, out);
}

UiLayout Ui::layout(const UiFrame& frame, const Painter& paint) const {
  const ImVec2 screen = ImGui::GetIO().DisplaySize;
  const Settings& settings = *frame.settings;
  UiLayout at;
  if (frame.document->view.present) {
    at.center = at.stage = {0, 0, screen.x, screen.y};
    return at;
  }
  const float top = paint.dp(48), bottom = !settings.is_open(Panel::Timeline)
                                               ? 0
                                               : paint.dp(frame.story.open ? kStripHeight : kTimelineHeight);
  const float narrow = paint.dp(900);
  const bool right_fits = screen.x >= narrow, left_fits = screen.x >= paint.dp(640);
  const float left = settings.is_open(Panel::Heads) && left_fits
                         ? std::clamp(std::round(screen.x * 0.168f), paint.dp(238), paint.dp(268))
                         : 0;
  const float right = settings.is_open(Panel::Inspector) && right_fits
                          ? std::clamp(std::round(screen.x * 0.1875f), paint.dp(252), paint.dp(300))
                          : 0;
  const float middle = std::max(0.0f, screen.y - top - bottom);
  at.top = {0, 0, screen.x, top};
  at.left = {0, top, left, middle};
  at.right = {screen.x - right, top, right, middle};
  at.timeline = {0, screen.y - bottom, screen.x, bottom};
  at.center = {left, top, std::max(0.0f, screen.x - left - right), middle};
  return at;
}

void Ui::draw_presented_sentence(PanelContext& panel, const Area& stage) {
  const float margin = std::min(panel.dp(64), stage.width / 16), height = panel.dp(132);
  const Area area{stage.x + margin, stage.bottom() - height, stage.width - 2 * margin, height};
  ImGui::SetNextWindowPos({area.x, area.y});
  ImGui::SetNextWindowSize({area.width, area.height});
  // On top of the stage, whose window takes the mouse everywhere else.
  ImGui::Begin("##presented-sentence", nullptr,
               ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoSavedSettings |
                   ImGuiWindowFlags_NoBackground | ImGuiWindowFlags_NoFocusOnAppearing);
  draw_sentence(panel, state_, area);
  ImGui::End();
}

void Ui::draw_panels(PanelContext& panel, const UiLayout& at) {
  const UiTheme& theme = panel.theme();
  Painter& paint = panel.paint;
  Area stage = at.stage;
  panel_window(
      "##center", at.center,
      ImGuiWindowFlags_NoScrollbar | ImGuiWindowFlags_NoScrollWithMouse | ImGuiWindowFlags_NoBackground);
  if (!panel.frame.document->view.present) {
    const float margin = panel.dp(22), gap = panel.dp(17);
    const float height = draw_sentence(
        panel, state_, {at.center.x + margin, at.center.y + gap, at.center.width - 2 * margin, 0});
    const float top = at.center.y + gap + height + panel.dp(8);
    stage = {at.center.x, top, at.center.width, std::max(0.0f, at.center.bottom() - top)};
  }
  const Area asked = stage;
  if (!panel.frame.document->view.present) {  // the picture stands below what is asked
    const float taken = std::min(question_height(panel, stage), stage.height);
    stage.y += taken, stage.height -= taken;
  }
  draw_stage(panel, stage);
  ImGui::End();
  if (panel.frame.document->view.present && (state_.sentence.focused || state_.second.focused))
    draw_presented_sentence(panel, stage);
  const float scale = paint.scale();
  panel.out.stage_width = stage.width / scale;
  panel.out.stage_height = stage.height / scale;
  panel.out.stage_x = stage.x / scale;
  panel.out.stage_y = stage.y / scale;

  const auto scrolling = [&](const char* id, const Area& area, auto&& content) {
    if (area.width <= 0) return;
    panel_window(id, area);
    const float pad = panel.dp(18), y0 = area.y + panel.dp(18) - ImGui::GetScrollY();
    float y = y0;
    content(Area{area.x + pad, area.y, area.width - 2 * pad, area.height}, y);
    ImGui::SetCursorScreenPos({area.x, y0});
    ImGui::Dummy({1, y - y0 + panel.dp(20)});
    ImGui::End();
  };
  scrolling("##left", at.left, [&](const Area& area, float& y) {
    if (panel.frame.has_parts) draw_part_choice(panel, area, y);
    draw_head_grid(panel, state_, atlas_, area, y);
    y += panel.dp(10);
    draw_show_section(panel, area, y);
    paint.fill(at.left.right() - 1, at.left.y, at.left.right(), at.left.bottom(), theme.line);
  });
  scrolling("##right", at.right, [&](const Area& area, float& y) {
    draw_inspector(panel, area, y);
    paint.fill(at.right.x, at.right.y, at.right.x + 1, at.right.bottom(), theme.line);
  });
  if (at.timeline.height > 0) {
    panel_window("##timeline", at.timeline, ImGuiWindowFlags_NoScrollbar);
    draw_timeline(panel, state_, at.timeline);
    ImGui::End();
  }
  if (at.top.height > 0) {
    panel_window("##top", at.top, ImGuiWindowFlags_NoScrollbar);
    draw_top_bar(panel, state_, at.top);
    ImGui::End();
  }
  draw_recovery(panel, asked);
  draw_missing_model(panel, asked);
  draw_export_card(panel, stage.right() - panel.dp(14), stage.bottom() - panel.dp(14));
  draw_toasts(panel, stage);
}

// What the dialog wants of the program.
void Ui::tell_export(UiOutput& out) {
  ExportDialogState& dialog = state_.exporting;
  out.export_closed = std::exchange(dialog.closed, false) && !dialog.open;
  if (dialog.open && dialog.asked != dialog.settings) {
    dialog.asked = dialog.settings;
    out.preview_export = dialog.settings;
    out.redraw = true;
  }
  if (!std::exchange(dialog.start, false)) return;
  out.start_export = dialog.settings;
  close_export(dialog);
  out.redraw = true;
}

UiOutput Ui::draw(const UiFrame& frame) {
  UiOutput out;
  const float scale = std::clamp(frame.scale * frame.settings->ui_scale, 0.5f, 8.0f);
  const float density = std::max(0.1f, ImGui::GetIO().DisplayFramebufferScale.x);
  const UiTheme& theme = ui_theme(frame.document->view.theme);
  if (styled_scale_ != scale || styled_dark_ != theme.dark) {
    apply_style(theme, scale);
    styled_scale_ = scale;
    styled_dark_ = theme.dark;
  }
  const bool fixed = frame.fixed_text && frame.trace;
  state_.sentence.edit.adopt(fixed ? frame.trace->text : frame.document->text);
  if (fixed) state_.sentence.focused = false;
  second_shown_ = frame.second_text.has_value();
  state_.second.edit.adopt(frame.document->second_text);
  if (!second_shown_) state_.second.focused = false;
  state_.recovery_shown = !frame.recovery.empty();
  handle_keys(frame, out);
  Painter paint(atlas_, *frame.text, theme, scale, density);
  PanelContext panel{frame, out, paint};
  const UiLayout at = layout(frame, paint);
  if (state_.wanted_edit && frame.story.current >= 0) {
    begin_step_edit(frame.story, *state_.wanted_edit, state_);
    out.redraw = true;
  }
  state_.wanted_edit.reset();
  draw_panels(panel, at);
  if (state_.help_open) draw_help(panel, state_);
  if (state_.palette_open) draw_palette(panel, state_);
  if (state_.exporting.open) draw_export_dialog(panel, state_);
  if (state_.files.open) draw_file_dialog(panel, state_);
  if (frame.exporting.leaving) draw_leaving(panel);
  tell_export(out);
  if (state_.files.wanted) {
    out.list_folder = std::exchange(state_.files.wanted, std::nullopt);
    out.open_path = std::exchange(state_.files.open_path, false);
    if (out.open_path) state_.files.open = false;
    out.redraw = true;
  }
  out.ui_scale = scale;
  out.dirty = atlas_.take_dirty();
  out.redraw = atlas_.take_overflow() || out.redraw;
  return out;
}

}  // namespace headscope
