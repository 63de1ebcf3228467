#include "render/opengl/morph_buffers.h"

#include <algorithm>
#include <string>

namespace headscope {

int FoundTween::index(const std::vector<TweenTag>& tags, ElementKey key) {
  if (key == key_) return index_;
  key_ = key;
  const auto found =
      std::find_if(tags.begin(), tags.end(), [&](const TweenTag& tag) { return tag.key == key; });
  index_ = key == 0 || found == tags.end() ? -1 : static_cast<int>(found - tags.begin());
  return index_;
}

Result<MorphBuffers*> MorphCache::find(const Morph& morph) {
  ++clock_;
  MorphBuffers* oldest = &slots_[0];
  for (MorphBuffers& slot : slots_) {
    if (slot.id == morph.id && slot.last_used > 0) {
      slot.last_used = clock_;
      return &slot;
    }
    if (slot.last_used < oldest->last_used) oldest = &slot;
  }
  if (morph.ribbons.size() > RibbonBuffer::max_ribbons() || morph.boxes.size() > BoxBuffer::max_boxes() ||
      morph.labels.size() > LabelBuffer::max_labels()) {
    return Error{ErrorCode::Unavailable,
                 "the driver's buffers are too small for a picture of " +
                     std::to_string(morph.ribbons.size()) + " connections",
                 "Raise the threshold, or choose fewer heads"};
  }
  oldest->id = morph.id;
  oldest->last_used = clock_;
  oldest->ribbons.upload(morph.ribbons);
  oldest->boxes.upload(morph);
  oldest->labels.upload(morph);
  oldest->lit_ribbon = oldest->lit_box = {};
  return oldest;
}

}  // namespace headscope
