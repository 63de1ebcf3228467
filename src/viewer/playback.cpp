#include "viewer/playback.h"

#include <algorithm>
#include <cmath>

namespace headscope {

namespace {

// A step that begins at 1.0 s must not be missed at a clock that says 0.9999999 s for it.
constexpr double kSlack = 1e-6;

}  // namespace

void Playback::play(int from, int n_steps, Seconds now) {
  if (n_steps <= 0) return;
  playing_ = true;
  n_steps_ = n_steps;
  start_position_ = from < 0 || from >= n_steps - 1 ? 0 : from;
  start_ = now;
}

void Playback::set_speed(float speed, Seconds now) {
  start_position_ = position(now);
  start_ = now;
  speed_ = std::clamp(speed, 0.1f, 4.0f);
}

double Playback::position(Seconds now) const {
  return start_position_ + std::max(0.0, now - start_) * static_cast<double>(speed_) / kStepDuration;
}

int Playback::step(Seconds now) const {
  return std::clamp(static_cast<int>(std::floor(position(now) + kSlack)), 0, std::max(0, n_steps_ - 1));
}

bool Playback::at_end(Seconds now) const {
  return position(now) + kSlack >= n_steps_;
}

Seconds Playback::next_change(Seconds now) const {
  const double next = std::min(std::floor(position(now) + kSlack) + 1, static_cast<double>(n_steps_));
  return start_ + (next - start_position_) * kStepDuration / static_cast<double>(speed_);
}

}  // namespace headscope
