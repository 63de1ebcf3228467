#include "viewer/viewer.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "scene/layout.h"

namespace headscope {

namespace {

/// A picture of a sentence without words, or of a model that could not be loaded.
TracePtr empty_trace() {
  static const TracePtr kEmpty = std::make_shared<const AttentionTrace>();
  return kEmpty;
}

bool is_blank(const std::string& text) {
  return text.find_first_not_of(" \t\r\n") == std::string::npos;
}

bool same_picture(const Scene& a, const Scene& b) {
  return a.morph == b.morph && a.mix == b.mix && a.camera == b.camera && a.pixel_scale == b.pixel_scale &&
         a.dim == b.dim && a.highlighted == b.highlighted;
}

CommandContext sizes_of(const AttentionTrace& trace) {
  return {trace.n_tokens(), trace.shape.n_layers, trace.shape.n_heads};
}

}  // namespace

Viewer::Viewer(ViewerOptions options, Seconds now)
    : options_(std::move(options)),
      settings_(options_.config_folder.empty() ? Settings{} : load_settings(options_.config_folder)),
      history_(options_.document),
      saved_(options_.document),
      safety_(options_.state_folder.empty() ? std::filesystem::path() : options_.state_folder / "autosave"),
      service_(options_.service),
      shown_(options_.document),
      layouts_(*options_.fonts, options_.service.wake) {
  playback_.set_mode(settings_.play_mode);
  playback_.set_speed(settings_.speed, now);
  service_.request(trace_request(history_.document()), now);
}

Viewer::~Viewer() = default;

// ---- What happens ----

void Viewer::set_stage(float width, float height, float pixel_scale, Seconds now) {
  if (width == width_ && height == height_ && pixel_scale == pixel_scale_) return;
  width_ = std::max(width, 1.0f);
  height_ = std::max(height, 1.0f);
  pixel_scale_ = pixel_scale;
  camera_.set_stage(width_, height_);
  refresh(now);
}

void Viewer::set_pointer(std::optional<Vec2> stage_point, Seconds now) {
  if (pointer_ == stage_point) return;
  pointer_ = stage_point;
  update_hover(now);
}

void Viewer::zoom_at(float factor, Vec2 stage_point) {
  camera_.zoom(factor, stage_point);
}

Status Viewer::click(Vec2 stage_point, Seconds now) {
  set_pointer(stage_point, now);
  const Meaning& meaning = hover_.meaning;
  const Selection& selection = history_.document().selection;
  const auto act = [&](const Action& action) { return dispatch(action, now); };
  if (hover_ && (meaning.kind == Meaning::Kind::Edge || meaning.kind == Meaning::Kind::Cell)) {
    if (meaning.query >= 0 && meaning.key >= 0) {
      const bool pinned = selection.query == meaning.query && selection.key == meaning.key;
      return pinned ? act(ReleaseKey{}) : act(PinEdge{meaning.query, meaning.key});
    }
    // A small matrix among others stands for its head.
    if (meaning.layer >= 0 && meaning.head >= 0) return act(SelectHead{{meaning.layer, meaning.head}});
    return {};
  }
  if (hover_ && meaning.kind == Meaning::Kind::Token) {
    const int token = meaning.query_side || meaning.key < 0 ? meaning.query : meaning.key;
    // Where a token stands once for both sides, the first click chooses who looks, the next one at whom.
    if (meaning.query_side || !selection.query) {
      return act(SetQuery{selection.query == token ? std::optional<int>() : std::optional<int>(token)});
    }
    return selection.key == token ? act(ReleaseKey{}) : act(SetKey{token});
  }
  return selection.key ? act(ReleaseKey{}) : Status{};
}

std::vector<Control> Viewer::take_requests() {
  return std::exchange(requests_, {});
}
std::vector<Error> Viewer::take_errors() {
  return std::exchange(errors_, {});
}

void Viewer::answer_recovery(bool take, Seconds now) {
  if (!safety_.offered()) return;
  if (take) replace_document(*safety_.offered(), "restored after a crash", now);
  safety_.answer_offer();
  changed_ = true;
}

CommandContext Viewer::context() const {
  const TraceState& state = service_.state();
  CommandContext sizes;
  if (state.model) {
    sizes.n_layers = state.model->shape().n_layers;
    sizes.n_heads = state.model->shape().n_heads;
  }
  if (state.trace) sizes.n_tokens = state.trace->n_tokens();
  return sizes;
}

// ---- The picture ----

bool Viewer::accept_trace() {
  const TraceState& state = service_.state();
  if (state.error && is_blank(history_.document().text)) {
    // No words are no mistake: the picture says what to do.
    stale_since_.reset();
    if (shown_trace_ == empty_trace()) return false;
    shown_trace_ = empty_trace();
    shown_request_ = state.request;
    return true;
  }
  if (!state.trace) {
    if (state.error && !shown_trace_) shown_trace_ = empty_trace();
    if (!stale_since_ && shown_trace_) stale_since_ = state.since;
    return false;
  }
  if (state.trace == shown_trace_) {
    stale_since_.reset();
    return false;
  }
  // A trace in progress is shown as soon as it holds every layer that the document wants to see.
  const Document wanted = within(history_.document(), sizes_of(*state.trace));
  const bool ready =
      std::all_of(wanted.selection.heads.begin(), wanted.selection.heads.end(), [&](const HeadRef& head) {
        return state.trace->layers[static_cast<std::size_t>(head.layer)] != nullptr;
      });
  if (!ready && !state.trace->complete()) {
    if (!stale_since_) stale_since_ = state.since;
    return false;
  }
  stale_since_.reset();
  const bool new_tokens = !shown_trace_ || !(shown_request_ == state.request) || !identities_;
  shown_trace_ = state.trace;
  shown_request_ = state.request;
  if (new_tokens) {
    identities_ = std::make_shared<const TokenIdentities>(
        follow_tokens(identities_ ? *identities_ : TokenIdentities{}, shown_trace_->tokens));
  }
  return true;
}

void Viewer::refresh(Seconds now) {
  service_.request(trace_request(history_.document()), now);
  accept_trace();
  Document wanted = history_.document();
  if (playback_.playing() && playback_.mode() != PlayMode::Edits) {
    if (const auto action = action_of_step(playback_.step(now))) {
      if (Result<Document> played = reduce(wanted, *action, context())) wanted = std::move(*played);
    }
  }
  shown_ = shown_trace_ ? within(wanted, sizes_of(*shown_trace_)) : wanted;
  changed_ = true;
  if (!shown_trace_ || width_ <= 0) return;

  LayoutInputs inputs{shown_, shown_trace_, identities_, width_, height_, 1, options_.footer, ""};
  // The picture knows its text from the trace: a text that is still being computed must not start it moving.
  inputs.document.model = shown_request_.model;
  inputs.document.text = shown_request_.text;
  inputs.document.interventions = shown_request_.interventions;
  inputs.document.unknown_fields.clear();
  inputs.document.story = {};
  const TraceState& state = service_.state();
  if (shown_trace_ == empty_trace() && state.error && !is_blank(history_.document().text)) {
    inputs.notice = state.error->message;
  }
  if (inputs_ && look_equal(inputs, *inputs_)) {
    inputs_->trace = inputs.trace;
    return;
  }
  panel_change_ = false;
  if (inputs_) {
    LayoutInputs resized = *inputs_;
    resized.width = inputs.width;
    resized.height = inputs.height;
    panel_change_ = look_equal(inputs, resized);
  }
  inputs_ = inputs;
  if (LayoutPtr layout = layouts_.request(inputs)) show_layout(std::move(layout), now);
}

void Viewer::show_layout(LayoutPtr layout, Seconds now) {
  Seconds duration = panel_change_ ? kPanelDuration : weights_duration(now - last_change_);
  if (playback_.playing())
    duration = std::min(duration, 0.8 * kStepDuration / static_cast<double>(playback_.speed()));
  if (settings_.reduce_motion) duration = 0;
  if (!panel_change_) last_change_ = now;
  camera_.set_bounds(layout->bounds);
  transition_.start(std::move(layout), now, duration);
  picker_.reset();
  update_hover(now);
  changed_ = true;
}

void Viewer::update_hover(Seconds now) {
  const ElementKey before = hover_.key;
  hover_ = {};
  if (pointer_ && !transition_.empty()) {
    const Vec2 point = camera_.layout_from_stage(*pointer_);
    if (transition_.moving(now)) {
      hover_ = pick(*transition_.morph(), transition_.mix(now), point);
    } else {
      if (!picker_) picker_ = std::make_unique<Picker>(transition_.target());
      hover_ = picker_->pick(point);
    }
  }
  if (hover_.key != before) changed_ = true;
}

std::string Viewer::readout() const {
  return transition_.empty() ? std::string() : transition_.target()->readout;
}

Scene Viewer::scene(Seconds now) const {
  Scene scene;
  scene.morph = transition_.morph();
  scene.mix = transition_.mix(now);
  scene.camera = camera_.camera();
  scene.pixel_scale = pixel_scale_;
  scene.dim = stale_dim(stale_since_, now);
  scene.highlighted = hover_.key;
  return scene;
}

// ---- The frame ----

FrameNeeds Viewer::update(Seconds now) {
  if (service_.poll()) {
    changed_ = true;
    refresh(now);
  }
  if (playback_.playing()) advance_playing(now);
  if (LayoutPtr layout = layouts_.poll()) show_layout(std::move(layout), now);
  if (auto error = safety_.take_error()) errors_.push_back(std::move(*error)), changed_ = true;

  FrameNeeds needs;
  const auto at = [&](std::optional<Seconds> time) {
    if (time && (!needs.next || *time < *needs.next)) needs.next = time;
  };
  at(safety_.update(now));
  at(next_status_change(service_.state(), stale_since_, now));
  if (transition_.moving(now)) at(now);
  if (playback_.playing()) at(playback_.next_change(now));

  std::string line = status(now);
  if (line != last_status_) last_status_ = std::move(line), changed_ = true;
  Scene picture = scene(now);
  needs.redraw = std::exchange(changed_, false) || !last_scene_ || !same_picture(picture, *last_scene_);
  last_scene_ = std::move(picture);
  return needs;
}

bool Viewer::settled(Seconds now) const {
  if (playback_.playing() || service_.state().computing || layouts_.busy() || transition_.moving(now))
    return false;
  return !transition_.empty();
}

void Viewer::settle(Seconds now) {
  service_.wait();
  refresh(now);
  if (LayoutPtr layout = layouts_.wait()) show_layout(std::move(layout), now);
  if (!transition_.empty()) transition_.start(transition_.target(), now, 0);
  update_hover(now);
}

}  // namespace headscope
