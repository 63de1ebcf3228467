#include "scene/moving_picture.h"

#include <algorithm>
#include <cassert>
#include <memory>

#include "document/shown_trace.h"
#include "scene/alt_text.h"
#include "scene/morph.h"
#include "scene/token_identity.h"

namespace headscope {

Result<MovingPicture> MovingPicture::make(std::span<const Moment> moments, const TraceOf& trace_of,
                                          const Options& options) {
  assert(!moments.empty() && options.stage.fonts);
  MovingPicture made;
  made.width_ = options.stage.width;
  made.height_ = options.stage.height;
  Stage stage = options.stage;
  const TracePtr nothing = std::make_shared<const AttentionTrace>();
  LayoutPtr before;
  TraceIdentities identities;
  // The picture keeps its place when a caption comes or goes.
  for (const Moment& moment : moments)
    stage.caption_lines = std::max(stage.caption_lines, caption_line_count(moment.document, stage));
  for (std::size_t i = 0; i < moments.size(); ++i) {
    const Moment& moment = moments[i];
    Document document = moment.document;
    if (options.theme) document.view.theme = *options.theme;
    Result<TracePtr> trace = trace_of(document);
    if (!trace && !options.show_faults) return trace.error();
    stage.notice = trace ? options.stage.notice : trace.error().message;
    const TracePtr shown = trace ? shown_trace(*trace, document) : nothing;
    if (trace) {
      identities = follow_trace(identities, *shown);
      // A story may speak of tokens and heads that a shorter text, or another model, does not have.
      document = within(document, context_of(*shown));
    }
    stage.identities = &identities;
    if (options.caption) stage.caption = alt_text(document, *shown);
    if (options.source_line) stage.source_line = source_line(document, *shown);
    auto layout = std::make_shared<const Layout>(build_layout(document, *shown, stage));
    const double transition = headscope::arrival_secs(moments, i) - headscope::begin_secs(moments, i);
    MorphOptions motion;
    motion.stagger = edge_stagger(*layout, static_cast<float>(transition), moment.stagger_secs);
    made.parts_.push_back({headscope::begin_secs(moments, i), transition, moment.easing,
                           before ? make_morph(before, layout, motion) : still(layout), identities});
    before = std::move(layout);
  }
  made.duration_secs_ = headscope::duration_secs(moments);
  return made;
}

std::size_t MovingPicture::part_at(double time_secs) const {
  // The last part that has begun.
  auto part = std::upper_bound(parts_.begin(), parts_.end(), time_secs,
                               [](double time, const Part& p) { return time < p.begin_secs; });
  return part == parts_.begin() ? 0 : static_cast<std::size_t>(part - parts_.begin() - 1);
}

int MovingPicture::moment_of(double time_secs) const {
  return static_cast<int>(part_at(time_secs));
}

Scene MovingPicture::scene_at(double time_secs) const {
  const Part& part = parts_[part_at(time_secs)];
  const double since = time_secs - part.begin_secs;
  Scene scene;
  scene.morph = part.morph;
  scene.mix =
      part.transition_secs > 0
          ? mix_of(part.easing, static_cast<float>(std::clamp(since / part.transition_secs, 0.0, 1.0)))
          : 1.0f;
  scene.camera = camera_of(*part.morph, scene.mix, width_, height_);
  return scene;
}

}  // namespace headscope
