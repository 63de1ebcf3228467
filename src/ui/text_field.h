#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ui/text_edit.h"
#include "ui/text_lines.h"
#include "ui/ui_frame.h"
#include "ui/widgets.h"

namespace headscope {

/// What a field looks like and where it stands; window units.
struct FieldLook {
  float x = 0, y = 0, width = 0;
  float pad_x = 0, pad_y = 0;
  float right_reserve = 0;  ///< kept free at the right of the first line
  int max_lines = 1;        ///< more lines scroll
  TextStyle style = kSentence;
  std::string_view hint;  ///< shown while empty
  std::span<const UiUnknownWord> marked;
  bool boxed = true;
};

/// Whether a key ("Shift+A", "Space") arrives as a typed character too.
bool makes_character(std::string_view chord);

/// A text field with caret, selection, clipboard and the mouse. Knows no undo: what it holds is the
/// document's.
class TextField {
 public:
  TextEdit edit;
  bool focused = false;

  /// Takes the keys it understands out of `keys` and all of `typed`. Returns true when the text changed.
  bool handle(std::vector<UiKey>& keys, std::vector<char32_t>& typed, bool multiline);
  /// Whether Enter was pressed in the last `handle`; once. Keys that the field never sees leave it as it is,
  /// and must not find the Enter of an earlier time.
  bool take_submitted() { return std::exchange(submitted_, false); }
  /// Draws it and follows the mouse; returns the height it took.
  float draw(PanelContext& panel, const char* id, const FieldLook& look);
  /// Where the caret was drawn last, window units.
  ImVec2 caret_position() const { return caret_; }

 private:
  bool handle_key(const UiKey& key, bool multiline, bool& used);
  void follow_mouse(PanelContext& panel, const char* id, const FieldLook& look, float height);
  std::size_t byte_under(Painter& paint, const FieldLook& look, ImVec2 mouse) const;
  void draw_line(PanelContext& panel, const FieldLook& look, std::size_t line, float y);

  std::vector<TextLine> lines_;
  std::size_t first_line_ = 0;
  float wanted_x_ = -1;  ///< the column that Up and Down keep, window units
  ImVec2 caret_{0, 0};
  bool submitted_ = false, reveal_ = true;
  int vertical_ = 0;  ///< lines that Up and Down asked for; resolved where lines are known
  bool vertical_extend_ = false;
};

}  // namespace headscope
