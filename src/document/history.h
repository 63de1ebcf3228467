#pragma once

#include <memory>
#include <string>
#include <vector>

#include "document/document.h"

namespace headscope {

/// Seconds on a clock that the caller owns; only differences count.
using Seconds = double;

/// A burst of changes of one kind ends when nothing came for this long.
inline constexpr Seconds kBurstPause = 1.0;

/// The documents of a session and a cursor over them: undo and redo are moves of the cursor, and so is a walk
/// along the edit timeline. State 0 is the first document; state i is what edit i made of it. Not
/// thread-safe.
class History {
 public:
  explicit History(Document first = {});

  /// The document at the cursor.
  const Document& document() const { return current_; }

  /// Puts `next` after the cursor and moves onto it; states that were undone are dropped. A change that
  /// follows another one of the same non-empty `burst` within kBurstPause, or while a gesture is held,
  /// becomes part of its step; one that comes back to where the step began takes the step away. Nothing
  /// happens when `next` equals the document. Returns whether the document changed.
  bool push(Document next, std::string name, const std::string& burst, Seconds now);

  /// The change that comes next begins a new step, whatever its kind.
  void end_burst() { burst_.clear(); }
  /// While held (a slider is dragged) changes of one kind are one step, however slow.
  void hold(bool held);

  bool can_undo() const { return cursor_ > 0; }
  bool can_redo() const { return cursor_ + 1 < n_states(); }
  /// Each returns whether the cursor moved.
  bool undo() { return go_to(cursor_ - 1); }
  bool redo() { return go_to(cursor_ + 1); }
  bool go_to(int state);

  int cursor() const { return cursor_; }
  int n_states() const { return static_cast<int>(states_.size()); }
  /// What the step to `state` is called; "" for state 0.
  const std::string& name(int state) const;
  Document state(int state) const;
  /// The document that the burst in progress began with; the one at the cursor when there is none. For naming
  /// a step by all of it.
  Document burst_base(const std::string& burst, Seconds now) const;

 private:
  /// A document whose text lies beside it, shared with the states before and after that have the same.
  struct State {
    Document document;
    std::shared_ptr<const std::string> text;
    std::string name;
  };
  bool continues(const std::string& burst, Seconds now) const;
  State make_state(Document document, std::string name) const;

  std::vector<State> states_;
  int cursor_ = 0;
  Document current_;
  std::string burst_;
  Seconds last_change_ = 0;
  bool held_ = false;
};

}  // namespace headscope
