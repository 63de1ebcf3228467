#include "session.h"

#include <algorithm>

namespace headscope {

namespace {
constexpr Seconds kMorphTime = 0.8;
}

Session::Session(FontLibrary& fonts, std::function<void()> wake)
    : traces_([&] {
        TraceServiceOptions options;
        options.wake = std::move(wake);
        return options;
      }()),
      fonts_(&fonts) {}

CommandContext Session::context() const {
  if (!shown_) return {};
  return {shown_->n_tokens(), shown_->shape.n_layers, shown_->shape.n_heads};
}

Document Session::shown_document() const {
  return within(document(), context());
}

Status Session::run(const Action& action, Seconds now) {
  Result<Document> next = reduce(document(), action, context());
  if (!next) return next.error();
  std::string burst = std::to_string(action.index());
  std::string name = step_name(history_.burst_base(burst, now), *next, action);
  history_.push(std::move(*next), std::move(name), burst, now);
  return {};
}

bool Session::update(Seconds now, float width, float height) {
  traces_.request(trace_request(document()), now);
  bool changed = traces_.poll();
  if (state().trace && state().trace != shown_ && (state().trace->complete() || !shown_)) {
    shown_ = state().trace;
    identities_ = follow_tokens(identities_, shown_->tokens);
  }
  if (!shown_ || width < 1 || height < 1) return changed;
  const Document wanted = shown_document();
  const bool resized = width != width_ || height != height_;
  if (morph_ && !resized && wanted == drawn_ && shown_ == drawn_trace_) return changed;
  Stage stage;
  stage.width = width;
  stage.height = height;
  stage.fonts = fonts_;
  stage.identities = &identities_;
  stage.footer = "Press → for the next word. 1–8 choose a head. E edits the sentence.";
  const auto layout = std::make_shared<const Layout>(build_layout(wanted, *shown_, stage));
  if (!morph_ || resized || reduce_motion) {
    morph_ = still(layout);
  } else {
    const float t = static_cast<float>(std::min(1.0, (now - started_) / kMorphTime));
    MorphOptions options;
    options.stagger = edge_stagger(*layout, static_cast<float>(kMorphTime));
    morph_ = make_morph(std::make_shared<const Layout>(evaluate(*morph_, t)), layout, options);
  }
  started_ = now;
  drawn_ = wanted;
  drawn_trace_ = shown_;
  width_ = width;
  height_ = height;
  return true;
}

bool Session::moving(Seconds now) const {
  return morph_ && morph_->from != morph_->to && now - started_ < kMorphTime;
}

Scene Session::scene(Seconds now) const {
  Scene scene;
  scene.morph = morph_;
  scene.mix = morph_ && morph_->from == morph_->to
                  ? 1
                  : static_cast<float>(std::clamp((now - started_) / kMorphTime, 0.0, 1.0));
  return scene;
}

}  // namespace headscope
