#include "viewer/viewer.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "compute/media_files.h"
#include "scene/layout.h"
#include "scene/morph.h"
#include "trace/temperature.h"

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
      layouts_(*options_.fonts, options_.service.wake),
      stories_(
          *options_.fonts, [load = options_.service.load](const std::string& name) { return load(name, {}); },
          options_.service.wake) {
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
  if (const std::optional<Scene>& last = last_scene_; last && camera_.fitted()) camera_.set_own(last->camera);
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

bool Viewer::nothing_to_read() const {
  const TraceState& state = service_.state();
  if (state.model && state.model->input_kind() != InputKind::Text)
    return lacks_input(*state.model, state.request);
  return is_blank(history_.document().text);
}

bool Viewer::accept_trace() {
  const TraceState& state = service_.state();
  if (state.error && nothing_to_read()) {
    // Nothing to read yet is no mistake: the picture says what to do.
    stale_since_.reset();
    if (shown_trace_ == empty_trace()) return false;
    shown_trace_ = empty_trace();
    computed_trace_ = nullptr;
    shown_request_ = state.request;
    return true;
  }
  if (!state.trace) {
    if (state.error && !shown_trace_) shown_trace_ = empty_trace();
    if (!stale_since_ && shown_trace_) stale_since_ = state.since;
    return false;
  }
  const float temperature = history_.document().temperature;
  if (state.trace == computed_trace_ && temperature == shown_temperature_ && shown_trace_) {
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
  computed_trace_ = state.trace;
  shown_temperature_ = temperature;
  shown_trace_ = at_temperature(state.trace, temperature);
  shown_request_ = state.request;
  if (new_tokens) {
    identities_ = std::make_shared<const TokenIdentities>(
        follow_tokens(identities_ ? *identities_ : TokenIdentities{}, shown_trace_->tokens));
  }
  return true;
}

Document Viewer::played(const Document& document, int step) const {
  if (const auto action = action_of_step(step)) {
    if (Result<Document> there = reduce(document, *action, context())) return std::move(*there);
  }
  return document;
}

LayoutInputs Viewer::layout_inputs(const Document& document) const {
  LayoutInputs inputs{document, shown_trace_, identities_, width_, height_, 1, options_.footer, ""};
  // The picture knows its text from the trace: a text that is still being computed must not start it moving.
  inputs.document.model = shown_request_.model;
  inputs.document.model_hash.clear();
  inputs.document.text = shown_request_.text;
  inputs.document.input = shown_request_.input;
  inputs.document.interventions = shown_request_.interventions;
  inputs.document.unknown_fields.clear();
  inputs.document.story = {};
  inputs.document.temperature = shown_temperature_;
  const TraceState& state = service_.state();
  const bool needs_words =
      nothing_to_read() && (!state.model || state.model->input_kind() == InputKind::Text);
  if (shown_trace_ == empty_trace() && state.error && !needs_words) inputs.notice = state.error->message;
  return inputs;
}

void Viewer::refresh(Seconds now) {
  service_.request(trace_request(history_.document()), now);
  accept_trace();
  const Document wanted =
      playback_.playing() ? played(history_.document(), playback_.step(now)) : history_.document();
  shown_ = shown_trace_ ? within(wanted, sizes_of(*shown_trace_)) : wanted;
  changed_ = true;
  // A story is told with the model that is loaded anyway.
  const TraceState& state = service_.state();
  if ((state.model || state.error) && width_ > 0)
    stories_.request({history_.document(), state.model, width_, height_, options_.footer});
  if (story_time_) return follow_story(now);
  if (!shown_trace_ || width_ <= 0) return;

  LayoutInputs inputs = layout_inputs(shown_);
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
  scrub_position_.reset();
  Seconds duration = panel_change_ ? kPanelDuration : weights_duration(now - last_change_);
  if (story_time_) return;  // it came too late: a story is on show
  if (playback_.playing())
    duration = std::min(duration, 0.8 * kStepDuration / static_cast<double>(playback_.speed()));
  if (settings_.reduce_motion) duration = 0;
  if (!panel_change_) last_change_ = now;
  transition_.start(std::move(layout), now, duration);
  picker_.reset();
  update_hover(now);
  changed_ = true;
}

void Viewer::update_hover(Seconds now) {
  const ElementKey before = hover_.key;
  hover_ = {};
  const Scene picture = scene(now);
  if (pointer_ && picture.morph) {
    const Vec2 point = (1 / picture.camera.zoom) * *pointer_ + picture.camera.offset;
    if (story_time_ || transition_.moving(now) || picture.mix < 1) {
      hover_ = pick(*picture.morph, picture.mix, point);
    } else {
      if (!picker_) picker_ = std::make_unique<Picker>(transition_.target());
      hover_ = picker_->pick(point);
    }
  }
  if (hover_.key != before) changed_ = true;
}

std::string Viewer::readout() const {
  if (last_scene_ && last_scene_->morph) return last_scene_->morph->to->readout;
  return transition_.empty() ? std::string() : transition_.target()->readout;
}

Scene Viewer::scene(Seconds now) const {
  Scene scene;
  if (story_time_) {
    scene = stories_.shown()->picture.scene_at(story_seconds(now));
  } else {
    scene.morph = transition_.morph();
    scene.mix = transition_.mix(now);
    if (scene.morph) scene.camera = camera_of(*scene.morph, scene.mix, width_, height_);
    scene.dim = stale_dim(stale_since_, now);
  }
  if (!camera_.fitted()) scene.camera = camera_.camera();
  scene.pixel_scale = pixel_scale_;
  scene.highlighted = hover_.key;
  return scene;
}

// ---- The frame ----

FrameNeeds Viewer::update(Seconds now) {
  if (service_.poll()) {
    changed_ = true;
    refresh(now);
  }
  if (stories_.poll()) accept_story(now);
  if (playback_.playing()) advance_playing(now);
  if (story_playing_) advance_story(now);
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
  if (story_playing_) at(next_story_change(now));

  std::string line = status(now);
  if (line != last_status_) last_status_ = std::move(line), changed_ = true;
  Scene picture = scene(now);
  needs.redraw = std::exchange(changed_, false) || !last_scene_ || !same_picture(picture, *last_scene_);
  if (camera_.fitted()) camera_.set_own(picture.camera);
  last_scene_ = std::move(picture);
  return needs;
}

bool Viewer::settled(Seconds now) const {
  if (playing() || service_.state().computing || layouts_.busy() || transition_.moving(now)) return false;
  if (!stories_.ready()) return false;
  return story_time_ || !transition_.empty();
}

void Viewer::settle(Seconds now) {
  service_.wait();
  refresh(now);
  if (!stories_.ready()) {
    stories_.wait();
    accept_story(now);
  }
  if (LayoutPtr layout = layouts_.wait()) show_layout(std::move(layout), now);
  if (!transition_.empty()) transition_.start(transition_.target(), now, 0);
  update_hover(now);
}

}  // namespace headscope
