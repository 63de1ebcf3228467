#include "viewer/viewer.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "compute/media_files.h"
#include "document/shown_trace.h"
#include "scene/layout.h"
#include "scene/morph.h"

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
    // Where a token stands once for both sides, the first click chooses who looks, the next one at whom. In
    // cross-attention the sides are different texts.
    const bool key_alone = !meaning.query_side && shown_trace_ && !shown_trace_->key_tokens.empty();
    if (meaning.query_side || (!selection.query && !key_alone)) {
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
  const Document& document = history_.document();
  if (state.trace && state.trace == computed_trace_ && trace_view(document) == shown_view_)
    return context_of(shown_trace_);
  if (state.trace) return shown_context(state.trace, document);
  CommandContext sizes;
  if (state.model) {
    const ModelInfo info = state.model->info();
    const bool encoder = info.encoder && document.selection.part == ShownPart::Encoder;
    const TraceShape& shape = encoder ? *info.encoder : state.model->shape();
    sizes.n_layers = shape.n_layers;
    sizes.n_heads = shape.n_heads;
  }
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
  const TraceView view = trace_view(history_.document());
  if (state.trace == computed_trace_ && view == shown_view_ && shown_trace_) {
    stale_since_.reset();
    return false;
  }
  // A trace in progress is shown as soon as it holds every layer that the document wants to see.
  TracePtr viewed_trace = viewed(state.trace, view);
  const Document wanted = within(history_.document(), context_of(*viewed_trace));
  const bool ready =
      std::all_of(wanted.selection.heads.begin(), wanted.selection.heads.end(), [&](const HeadRef& head) {
        return viewed_trace->layers[static_cast<std::size_t>(head.layer)] != nullptr;
      });
  if (!ready && !viewed_trace->complete()) {
    if (!stale_since_) stale_since_ = state.since;
    return false;
  }
  stale_since_.reset();
  const bool new_tokens =
      !shown_trace_ || !(shown_request_ == state.request) || !(shown_view_ == view) || !identities_;
  computed_trace_ = state.trace;
  shown_view_ = view;
  shown_of_ = history_.document().state();
  shown_trace_ = std::move(viewed_trace);
  shown_request_ = state.request;
  if (new_tokens) {
    identities_ = std::make_shared<const TraceIdentities>(
        follow_trace(identities_ ? *identities_ : TraceIdentities{}, *shown_trace_));
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
  inputs.document.second_text = shown_request_.second_text;
  inputs.document.temperature = shown_of_.temperature;
  inputs.document.view.merge_words = shown_of_.view.merge_words;
  inputs.document.view.hide_special_tokens = shown_of_.view.hide_special_tokens;
  inputs.document.selection.part = shown_of_.selection.part;
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
  shown_ = shown_trace_ ? within(wanted, context_of(*shown_trace_)) : wanted;
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
  give_up_model(now);
  if (Status written = advance_writing(now); !written) errors_.push_back(written.error()), changed_ = true;
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
  if (playing() || writing() || service_.state().computing || layouts_.busy() || transition_.moving(now))
    return false;
  if (!stories_.ready()) return false;
  return story_time_ || !transition_.empty();
}

void Viewer::settle(Seconds now) {
  service_.wait();
  give_up_model(now);
  service_.wait();
  while (writing()) {
    if (Status written = advance_writing(now); !written) errors_.push_back(written.error());
    service_.wait();
  }
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
