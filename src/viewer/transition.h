#pragma once

#include <optional>

#include "scene/scene.h"

namespace headscope {

using Seconds = double;

inline constexpr Seconds kWeightsDuration = 0.8;
inline constexpr Seconds kPanelDuration = 0.35;
/// While changes follow each other faster than this, a transition may take as long as they are apart: a
/// picture that starts anew with every key would otherwise hardly move.
inline constexpr Seconds kShortestDuration = 0.25;

/// How long the transition takes that follows the last one after `since_last`.
Seconds weights_duration(Seconds since_last);

/// The picture on its way from one layout to another. Time is the caller's.
class Transition {
 public:
  bool empty() const { return morph_ == nullptr; }
  /// Starts towards `to` from what is on screen now; at once when `duration` is 0 or nothing was on screen.
  void start(LayoutPtr to, Seconds now, Seconds duration);

  /// Takes over a picture that was shown by other means: the next start goes on from it.
  void hold(MorphPtr morph, float mix);

  /// Null before the first start.
  const MorphPtr& morph() const { return morph_; }
  /// Where it goes to; null before the first start.
  LayoutPtr target() const { return morph_ ? morph_->to : nullptr; }
  /// Transition time in [0, 1], before easing.
  float mix(Seconds now) const;
  bool moving(Seconds now) const { return morph_ && !held_ && mix(now) < 1; }
  Seconds started() const { return begin_; }

 private:
  MorphPtr morph_;
  Seconds begin_ = 0, duration_ = 0;
  std::optional<float> held_;
};

}  // namespace headscope
