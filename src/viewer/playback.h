#pragma once

#include "document/control.h"

namespace headscope {

using Seconds = double;

/// How long one step takes at speed 1.
inline constexpr Seconds kStepDuration = 1.0;

/// The playhead: which step is on show at a time. It belongs to the program, not to the document.
class Playback {
 public:
  bool playing() const { return playing_; }
  PlayMode mode() const { return mode_; }
  float speed() const { return speed_; }

  /// From step `from` of `n_steps`; from the first one when `from` is the last.
  void play(int from, int n_steps, Seconds now);
  void pause() { playing_ = false; }
  void set_mode(PlayMode mode) { mode_ = mode; }
  /// Clamped to 0.1…4; the position stays.
  void set_speed(float speed, Seconds now);

  /// The step on show while playing; stays at the last one.
  int step(Seconds now) const;
  bool at_end(Seconds now) const;
  /// When the next step begins, or the last one ends. REQUIRES: playing().
  Seconds next_change(Seconds now) const;
  void set_n_steps(int n_steps) { n_steps_ = n_steps; }

 private:
  double position(Seconds now) const;

  bool playing_ = false;
  PlayMode mode_ = PlayMode::Tokens;
  float speed_ = 1;
  double start_position_ = 0;
  Seconds start_ = 0;
  int n_steps_ = 0;
};

}  // namespace headscope
