#pragma once

#include <cstddef>
#include <string>
#include <string_view>

/// A line of text being edited: UTF-8, a caret and a selection. Knows nothing of windows; the field that
/// draws it turns keys and the mouse into these calls. Positions are byte offsets at the borders of
/// user-perceived characters (a base with its marks, a joined emoji).
namespace headscope {

class TextEdit {
 public:
  const std::string& text() const { return text_; }
  std::size_t caret() const { return caret_; }
  std::size_t anchor() const { return anchor_; }
  std::size_t selection_begin() const { return caret_ < anchor_ ? caret_ : anchor_; }
  std::size_t selection_end() const { return caret_ < anchor_ ? anchor_ : caret_; }
  bool has_selection() const { return caret_ != anchor_; }
  std::string selected() const;

  /// Takes over a text that changed elsewhere (undo, a lesson): the caret goes behind what differs.
  void adopt(std::string_view text);
  /// Puts the caret at `at` (rounded to a character's border); `extend` keeps the anchor.
  void move_to(std::size_t at, bool extend);
  void move_left(bool extend);
  void move_right(bool extend);
  void move_word_left(bool extend);
  void move_word_right(bool extend);
  void select_all();
  void select_word(std::size_t at);

  /// Replaces the selection. Ill-formed UTF-8 becomes U+FFFD; NUL and other control characters are left out,
  /// newlines stay. Returns false when nothing changed.
  bool insert(std::string_view text);
  bool backspace();
  bool erase_forward();
  bool erase_word_left();
  bool erase_word_right();
  bool replace(std::size_t begin, std::size_t end, std::string_view text);

 private:
  std::string text_;
  std::size_t caret_ = 0, anchor_ = 0;
};

/// The border of user-perceived characters at or before / after `at`.
std::size_t character_before(std::string_view text, std::size_t at);
std::size_t character_after(std::string_view text, std::size_t at);

/// `text` as an editor may hold it: valid UTF-8 without control characters other than newline.
std::string editable_text(std::string_view text);

}  // namespace headscope
