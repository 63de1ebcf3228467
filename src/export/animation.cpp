#include "export/animation.h"

#include <algorithm>
#include <cassert>
#include <memory>

#include "scene/layout.h"
#include "scene/morph.h"
#include "scene/token_identity.h"

namespace headscope {

std::vector<Moment> reading_moments(const Document& document, int n_tokens) {
  constexpr double kTransition = 0.8, kHold = 0.4, kLastHold = 1.6;
  if (n_tokens < 1) return {{document, 0, kLastHold}};
  std::vector<Moment> moments;
  for (int query = 0; query < n_tokens; ++query) {
    Moment moment{document, query == 0 ? 0 : kTransition, kHold};
    moment.document.selection.query = query;
    moment.document.selection.key.reset();
    moments.push_back(std::move(moment));
  }
  moments.back().hold_secs = kLastHold;
  return moments;
}

Result<Animation> Animation::make(std::span<const Moment> moments, const TraceOf& trace_of,
                                  FontLibrary& fonts, const PictureOptions& options) {
  assert(!moments.empty());
  Animation made;
  made.options_ = options;
  if (made.options_.scale <= 0) made.options_.scale = automatic_scale(options.size);
  Stage stage;
  stage.width = static_cast<float>(options.size.width) / made.options_.scale;
  stage.height = static_cast<float>(options.size.height) / made.options_.scale;
  stage.ui_scale = options.ui_scale;
  stage.fonts = &fonts;

  LayoutPtr before;
  TokenIdentities identities;
  for (const Moment& moment : moments) {
    Document document = moment.document;
    if (options.theme) document.view.theme = *options.theme;
    Result<TracePtr> trace = trace_of(document);
    if (!trace) return trace.error();
    identities = follow_tokens(identities, (*trace)->tokens);
    stage.identities = &identities;
    auto layout = std::make_shared<const Layout>(build_layout(document, **trace, stage));
    const double transition = before ? std::max(0.0, moment.transition_secs) : 0;
    MorphOptions motion;
    motion.stagger = edge_stagger(*layout, static_cast<float>(transition));
    made.parts_.push_back(
        {made.duration_secs_, transition, before ? make_morph(before, layout, motion) : still(layout)});
    made.duration_secs_ += transition + std::max(0.0, moment.hold_secs);
    before = std::move(layout);
  }
  return made;
}

Scene Animation::scene_at(double time_secs) const {
  // The last part that has begun.
  auto part = std::upper_bound(parts_.begin(), parts_.end(), time_secs,
                               [](double time, const Part& p) { return time < p.begin_secs; });
  if (part != parts_.begin()) --part;
  const double since = time_secs - part->begin_secs;
  Scene scene;
  scene.morph = part->morph;
  scene.mix = part->transition_secs > 0
                  ? static_cast<float>(std::clamp(since / part->transition_secs, 0.0, 1.0))
                  : 1.0f;
  scene.pixel_scale = options_.scale;
  scene.transparent = options_.transparent;
  return scene;
}

}  // namespace headscope
