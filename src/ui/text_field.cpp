#include "ui/text_field.h"

#include <algorithm>
#include <cmath>

#include "base/utf8.h"

namespace headscope {

bool makes_character(std::string_view chord) {
  if (chord.starts_with("Shift+")) chord.remove_prefix(6);
  return chord == "Space" || code_points(chord).size() == 1;
}

bool TextField::handle(std::vector<UiKey>& keys, std::vector<char32_t>& typed, bool multiline) {
  submitted_ = false;
  bool changed = false;
  std::vector<UiKey> left;
  for (UiKey& key : keys) {
    bool used = false;
    if (focused) changed = handle_key(key, multiline, used) || changed;
    if (!used && !(focused && makes_character(key.chord))) left.push_back(std::move(key));
  }
  if (!keys.empty() || !typed.empty()) reveal_ = true;
  keys = std::move(left);
  if (!typed.empty() && focused) {
    std::string text;
    for (const char32_t c : typed) append_utf8(text, c);
    changed = edit.insert(text) || changed;
    wanted_x_ = -1;
  }
  typed.clear();
  return changed;
}

bool TextField::handle_key(const UiKey& key, bool multiline, bool& used) {
  std::string chord = key.chord;
  const auto shift = chord.find("Shift+");
  const bool extend = shift != std::string::npos;
  if (extend) chord.erase(shift, 6);
  used = true;
  const float column = wanted_x_;
  wanted_x_ = -1;
  if (chord == "Left") return edit.move_left(extend), false;
  if (chord == "Right") return edit.move_right(extend), false;
  if (chord == "Ctrl+Left") return edit.move_word_left(extend), false;
  if (chord == "Ctrl+Right") return edit.move_word_right(extend), false;
  if (chord == "Ctrl+Home") return edit.move_to(0, extend), false;
  if (chord == "Ctrl+End") return edit.move_to(edit.text().size(), extend), false;
  if (chord == "Home" || chord == "End") {
    const std::size_t line = lines_.empty() ? 0 : line_of(lines_, edit.caret());
    const std::size_t begin = lines_.empty() ? 0 : std::min(lines_[line].begin, edit.text().size());
    const std::size_t end =
        lines_.empty() || line + 1 == lines_.size() ? edit.text().size() : lines_[line].end;
    edit.move_to(chord == "Home" ? begin : std::min(end, edit.text().size()), extend);
    return false;
  }
  if (multiline && (chord == "Up" || chord == "Down")) {
    wanted_x_ = column;
    vertical_ += chord == "Up" ? -1 : 1;
    vertical_extend_ = extend;
    return false;
  }
  if (chord == "Backspace") return edit.backspace();
  if (chord == "Delete" && !extend) return edit.erase_forward();
  if (chord == "Ctrl+Backspace") return edit.erase_word_left();
  if (chord == "Ctrl+Delete") return edit.erase_word_right();
  if (chord == "Ctrl+A") return edit.select_all(), false;
  if (chord == "Ctrl+C" || chord == "Ctrl+Insert" || chord == "Ctrl+X" || (chord == "Delete" && extend)) {
    if (!edit.has_selection()) return false;
    ImGui::SetClipboardText(edit.selected().c_str());
    return chord == "Ctrl+X" || chord == "Delete" ? edit.insert("") : false;
  }
  if (chord == "Ctrl+V" || (chord == "Insert" && extend)) {
    const char* text = ImGui::GetClipboardText();
    return text && edit.insert(text);
  }
  if (chord == "Enter") {
    if (multiline && extend) return edit.insert("\n");
    submitted_ = true;
    return false;
  }
  if (chord == "Space") return false;  // arrives as a typed character
  used = false;
  wanted_x_ = column;
  return false;
}

std::size_t TextField::byte_under(Painter& paint, const FieldLook& look, ImVec2 mouse) const {
  const float step = paint.line_height(look.style);
  const auto row =
      static_cast<long>(std::floor((mouse.y - look.y - look.pad_y) / step)) + static_cast<long>(first_line_);
  const auto line = static_cast<std::size_t>(std::clamp(row, 0l, static_cast<long>(lines_.size()) - 1));
  const TextLine& span = lines_[line];
  const std::string_view text = std::string_view(edit.text()).substr(span.begin, span.end - span.begin);
  const std::size_t at = span.begin + byte_at(paint, text, look.style, mouse.x - look.x - look.pad_x);
  // The end of a broken line is the start of the next one: stay on this side of its space.
  if (line + 1 < lines_.size() && at == lines_[line + 1].begin && at > span.begin)
    return character_before(edit.text(), at);
  return at;
}

void TextField::follow_mouse(PanelContext& panel, const char* id, const FieldLook& look, float height) {
  const Touch t = touch(id, look.x, look.y, look.width, height, ImGuiMouseCursor_TextInput);
  const ImGuiIO& io = ImGui::GetIO();
  if (t.hovered && io.MouseClicked[0]) {
    focused = true;
    const std::size_t at = byte_under(panel.paint, look, io.MousePos);
    if (t.double_clicked)
      edit.select_word(at);
    else
      edit.move_to(at, io.KeyShift);
    wanted_x_ = -1;
  } else if (t.held && (io.MouseDelta.x != 0 || io.MouseDelta.y != 0) &&
             ImGui::IsMouseDragging(0, panel.dp(3))) {
    edit.move_to(byte_under(panel.paint, look, io.MousePos), true);
    reveal_ = true;
  } else if (io.MouseClicked[0] && !t.hovered) {
    focused = false;
  }
  const auto shown = static_cast<std::size_t>(look.max_lines);
  if (t.hovered && io.MouseWheel != 0 && lines_.size() > shown) {
    const long last = static_cast<long>(lines_.size() - shown);
    first_line_ = static_cast<std::size_t>(
        std::clamp(static_cast<long>(first_line_) - std::lround(io.MouseWheel), 0l, last));
  }
}

void TextField::draw_line(PanelContext& panel, const FieldLook& look, std::size_t index, float y) {
  Painter& paint = panel.paint;
  const UiTheme& theme = panel.theme();
  const TextLine& line = lines_[index];
  const std::string_view text = std::string_view(edit.text()).substr(line.begin, line.end - line.begin);
  const float step = paint.line_height(look.style), x = look.x + look.pad_x,
              middle = std::round(y + step / 2);

  if (focused && edit.has_selection() && edit.selection_begin() <= line.end &&
      edit.selection_end() > line.begin) {
    const std::size_t from = std::max(edit.selection_begin(), line.begin) - line.begin;
    const std::size_t to = std::min(edit.selection_end(), line.end) - line.begin;
    float x0 = caret_x(paint, text, look.style, from), x1 = caret_x(paint, text, look.style, to);
    if (x1 < x0) std::swap(x0, x1);
    if (edit.selection_end() > line.end && index + 1 < lines_.size()) x1 += paint.dp(4);
    paint.fill(x + x0, y, x + x1, y + step, mix(theme.panel, theme.accent, 0.35f), paint.dp(3));
  }
  for (const UiUnknownWord& word : look.marked) {
    if (word.end <= line.begin || word.begin >= line.end || word.end > edit.text().size()) continue;
    const std::size_t from = std::max(word.begin, line.begin) - line.begin,
                      to = std::min(word.end, line.end) - line.begin;
    float x0 = x + caret_x(paint, text, look.style, from), x1 = x + caret_x(paint, text, look.style, to);
    if (x1 < x0) std::swap(x0, x1);
    const float base = std::round(middle + paint.em(look.style) * 0.55f),
                dot = std::max(1.0f, paint.dp(1.5f));
    for (float at = x0; at + dot <= x1; at += 2 * dot)
      paint.fill(at, base, at + dot, base + dot, theme.accent);
  }
  paint.text(x, middle, text, look.style, theme.text);
  if (index + 1 < lines_.size() && lines_[index + 1].begin == line.end + 1) {
    paint.text(x + line.width + paint.dp(3), middle, "⏎", look.style, theme.faint);
  }
  if (focused && line_of(lines_, edit.caret()) == index) {
    const float at = std::round(x + caret_x(paint, text, look.style, edit.caret() - line.begin));
    const float half = paint.em(look.style) * 0.62f;
    caret_ = {at, y + step};
    paint.fill(at, middle - half, at + std::max(1.0f, paint.dp(2)), middle + half, theme.accent);
  }
}

float TextField::draw(PanelContext& panel, const char* id, const FieldLook& look) {
  Painter& paint = panel.paint;
  const UiTheme& theme = panel.theme();
  const float inner = look.width - 2 * look.pad_x - look.right_reserve;
  lines_ = break_lines(paint, edit.text(), look.style, look.max_lines == 1 ? INFINITY : inner);
  if (vertical_ != 0) {
    const std::size_t line = line_of(lines_, edit.caret());
    const auto part = [&](std::size_t i) {
      return std::string_view(edit.text()).substr(lines_[i].begin, lines_[i].end - lines_[i].begin);
    };
    if (wanted_x_ < 0) wanted_x_ = caret_x(paint, part(line), look.style, edit.caret() - lines_[line].begin);
    const long to = static_cast<long>(line) + vertical_;
    if (to < 0)
      edit.move_to(0, vertical_extend_);
    else if (to >= static_cast<long>(lines_.size()))
      edit.move_to(edit.text().size(), vertical_extend_);
    else {
      const auto target = static_cast<std::size_t>(to);
      edit.move_to(lines_[target].begin + byte_at(paint, part(target), look.style, wanted_x_),
                   vertical_extend_);
    }
    vertical_ = 0;
  }
  const auto shown = std::min(lines_.size(), static_cast<std::size_t>(look.max_lines));
  const float step = paint.line_height(look.style);
  const float height = std::round(static_cast<float>(shown) * step + 2 * look.pad_y);
  follow_mouse(panel, id, look, height);
  if (reveal_) {
    const std::size_t line = line_of(lines_, edit.caret());
    if (line < first_line_) first_line_ = line;
    if (line >= first_line_ + shown) first_line_ = line + 1 - shown;
    reveal_ = false;
  }
  first_line_ = std::min(first_line_, lines_.size() - shown);

  if (look.boxed) {
    const float radius = paint.dp(10);
    paint.fill(look.x, look.y, look.x + look.width, look.y + height, theme.panel, radius);
    paint.frame(look.x, look.y, look.x + look.width, look.y + height,
                focused ? mix(theme.line, theme.accent, 0.6f) : theme.line, radius);
  }
  paint.list()->PushClipRect(
      {look.x + look.pad_x - 1, look.y},
      {look.x + look.width - look.pad_x + 2 - (lines_.size() == 1 ? look.right_reserve : 0), look.y + height},
      true);
  if (edit.text().empty()) {
    paint.text(look.x + look.pad_x + paint.dp(focused ? 6 : 0), look.y + look.pad_y + step / 2, look.hint,
               look.style, theme.faint);
  }
  // A single line that is too long follows its caret.
  FieldLook at = look;
  if (look.max_lines == 1) {
    const float caret = caret_x(paint, edit.text(), look.style, std::min(edit.caret(), edit.text().size()));
    at.x -= std::max(0.0f, caret - inner + paint.dp(4));
  }
  for (std::size_t i = 0; i < shown; ++i) {
    draw_line(panel, at, first_line_ + i, std::round(look.y + look.pad_y + step * static_cast<float>(i)));
  }
  paint.list()->PopClipRect();
  if (lines_.size() > shown) {
    const float track = height - 2 * look.pad_y, total = static_cast<float>(lines_.size());
    const float top = look.y + look.pad_y + track * static_cast<float>(first_line_) / total;
    paint.fill(look.x + look.width - paint.dp(8), top, look.x + look.width - paint.dp(5),
               top + track * static_cast<float>(shown) / total, theme.line, paint.dp(1.5f));
  }
  return height;
}

}  // namespace headscope
