#include "viewer/transition.h"

#include <algorithm>
#include <cassert>
#include <memory>
#include <utility>

#include "scene/morph.h"

namespace headscope {

Seconds weights_duration(Seconds since_last) {
  return std::clamp(since_last, kShortestDuration, kWeightsDuration);
}

void Transition::start(LayoutPtr to, Seconds now, Seconds duration) {
  assert(to);
  if (!morph_ || duration <= 0) {
    morph_ = still(std::move(to));
    duration = 0;
  } else {
    const float t = mix(now);
    LayoutPtr from = t >= 1   ? morph_->to
                     : t <= 0 ? morph_->from
                              : std::make_shared<const Layout>(evaluate(*morph_, t));
    const float stagger = edge_stagger(*to, static_cast<float>(duration));
    morph_ = make_morph(std::move(from), std::move(to), {.stagger = stagger});
  }
  begin_ = now;
  duration_ = duration;
  held_.reset();
}

void Transition::hold(MorphPtr morph, float mix) {
  assert(morph);
  morph_ = std::move(morph);
  held_ = mix;
}

float Transition::mix(Seconds now) const {
  if (held_) return *held_;
  if (duration_ <= 0) return 1;
  return static_cast<float>(std::clamp((now - begin_) / duration_, 0.0, 1.0));
}

}  // namespace headscope
