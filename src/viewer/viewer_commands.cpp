#include <algorithm>
#include <cmath>
#include <filesystem>
#include <system_error>
#include <utility>

#include "document/document_json.h"
#include "document/model_reference.h"
#include "document/names.h"
#include "document/story_edit.h"
#include "viewer/keep_selection.h"
#include "viewer/viewer.h"

namespace headscope {

namespace {

/// Whether an action says where the playhead's business is, so that playing must give way to it.
bool moves_playhead(const Action& action) {
  return is_one_of<SetText, SetInput, SetModel, SelectHead, ToggleHead, SelectHeads, SelectLayer, ChooseHead,
                   StepHead, StepLayer, SetQuery, Step, StepRow, SetKey, PinEdge, Release>(action);
}

/// UI scales that Ctrl + and Ctrl − go through.
constexpr float kUiStep = 1.1f;

}  // namespace

Status Viewer::dispatch(std::string_view line, Seconds now) {
  Result<Command> command = parse_command(line);
  if (!command) return command.error();
  return dispatch(*command, now);
}

Status Viewer::dispatch(const Command& command, Seconds now) {
  changed_ = true;
  if (const auto* action = std::get_if<Action>(&command)) return do_action(*action, now);
  return do_control(std::get<Control>(command), now);
}

Status Viewer::do_action(const Action& action, Seconds now) {
  if (changes_story(action)) return do_story_action(action, now);
  // With a story on show the clicker goes through its steps.
  const auto* step = std::get_if<Step>(&action);
  if (step && playback_.mode() == PlayMode::Story && !recording_ && !history_.document().story->empty()) {
    step_story(step->by, now);
    return {};
  }
  if (playback_.playing() && moves_playhead(action)) stop_playing(now);
  leave_story(now);
  if (is_one_of<LookAt, SetCameraZoom, SetCameraOffset>(action)) camera_.fit();
  if (Status status = check_part(action); !status) return status;
  Result<Document> next = reduce(history_.document(), action, context());
  if (!next) return next.error();
  if (is_one_of<SetText, SetSecondText>(action)) keep_selection(*next, false);
  if (is_one_of<SetMergeWords, SetHideSpecial>(action)) keep_selection(*next, true);
  const std::string burst = burst_of(action);
  const Document base = history_.burst_base(burst, now);
  std::string name = step_name(base, *next, action);
  if (recording_ && !(next->state() == history_.document().state())) {
    next->story = with_recorded_step(base, *next);
    story_step_ = next->story->n_steps() - 1;
  }
  const bool try_model = is_one_of<SetModel>(action) && model() && !recording_;
  if (history_.push(std::move(*next), std::move(name), burst, now)) {
    if (try_model) tried_model_ = TriedModel{history_.document().model, history_.cursor()};
    document_changed(now);
  }
  return {};
}

void Viewer::give_up_model(Seconds now) {
  const TraceState& state = service_.state();
  if (!tried_model_ || state.request.model != tried_model_->model) return;
  const bool unchanged =
      history_.cursor() == tried_model_->edit && history_.document().model == tried_model_->model;
  if (state.model || !unchanged) return tried_model_.reset();
  if (state.computing || !state.error) return;
  tried_model_.reset();
  errors_.push_back(*state.error);
  history_.go_to(history_.cursor() - 1);
  document_changed(now);
}

Status Viewer::check_part(const Action& action) const {
  if (!std::holds_alternative<SetPart>(action) || !model() ||
      model()->info().kind == ModelKind::EncoderDecoder)
    return {};
  if (const TracePtr& trace = service_.state().trace; trace && !trace->parts.empty()) return {};  // a dump
  return Error{ErrorCode::InvalidArgument, "'" + model()->name() + "' has one kind of attention",
               "Parts are chosen of an encoder-decoder, such as T5, BART or Whisper"};
}

void Viewer::keep_selection(Document& next, bool same_texts) const {
  if (same_texts && shown_trace_)
    next.selection = selection_in_groups(*shown_trace_, history_.document(), next);
  else if (!same_texts && model())
    next.selection = selection_in_text(*model(), history_.document(), next);
}

void Viewer::document_changed(Seconds now) {
  safety_.changed(history_.document(), !modified(), now);
  refresh(now);
}

void Viewer::replace_document(Document document, const std::string& name, Seconds now) {
  playback_.pause();
  leave_story(now);
  recording_ = false;
  story_step_ = -1;
  if (document.story->empty() == (playback_.mode() == PlayMode::Story))
    playback_.set_mode(document.story->empty() ? settings_.play_mode : PlayMode::Story);
  if (history_.push(std::move(document), name, "", now)) document_changed(now);
}

void Viewer::open_document(Document document, const std::filesystem::path& file, const std::string& name,
                           Seconds now) {
  // What can be shown is shown; the rest is said.
  if (Status model = check_model(document); !model) {
    errors_.push_back(model.error());
  } else if (!document.story->empty() && document.story->start.model != document.model) {
    if (Status start = check_model(document.story->start); !start) errors_.push_back(start.error());
  }
  saved_ = document;
  file_ = file;
  replace_document(std::move(document), name, now);
  safety_.changed(history_.document(), true, now);
}

Status Viewer::open(const std::string& path, Seconds now) {
  std::error_code ignored;
  const bool dump = std::filesystem::path(path).extension() == ".safetensors";
  if (dump || std::filesystem::is_directory(path, ignored)) return do_action(SetModel{path}, now);
  Result<Document> document = load_document(path);
  if (!document) return document.error();
  open_document(std::move(*document), path, "open " + std::filesystem::path(path).filename().string(), now);
  return {};
}

Status Viewer::find_model(const std::string& path, Seconds now) {
  const std::string missing = missing_model(history_.document());
  if (missing.empty())
    return Error{ErrorCode::NotFound, "no model of this document is missing",
                 "set-model chooses another one"};
  Document next = with_model_at(history_.document(), missing, path);
  if (Status found = check_model(next); !found && found.error().code == ErrorCode::NotFound)
    return found.error();
  stop_story(now);
  leave_story(now);
  // The picture that it leads to belongs to the same step of undo.
  story_burst_ = "story " + std::to_string(++n_story_changes_);
  story_change_ = "find " + std::filesystem::path(missing).filename().string();
  if (history_.push(std::move(next), story_change_, story_burst_, now)) document_changed(now);
  if (history_.document().story->empty())
    story_burst_.clear();
  else
    show_story(std::max(0, story_step_), now);
  return {};
}

Status Viewer::save(const std::string& path, Seconds now) {
  if (playing()) stop_playing(now);
  std::filesystem::path target = path;
  if (!target.has_extension()) target += ".headscope";
  if (Status status = save_document(history_.document(), target); !status) return status;
  file_ = std::move(target);
  saved_ = history_.document();
  safety_.changed(saved_, true, now);
  return {};
}

void Viewer::set(const Settings& settings) {
  if (settings == settings_) return;
  settings_ = settings;
  if (options_.config_folder.empty()) return;
  if (Status status = save_settings(settings_, options_.config_folder); !status)
    errors_.push_back(status.error());
}

Status Viewer::do_control(const Control& control, Seconds now) {
  const auto walked = [&](bool moved) -> Status {
    if (moved) document_changed(now);
    return {};
  };
  const auto go_to_edit = [&](int edit) {
    playback_.pause();
    leave_story(now);
    return walked(history_.go_to(std::clamp(edit, 0, history_.n_states() - 1)));
  };
  Settings wanted = settings_;
  bool done = false;
  if (Status status = do_story_control(control, now, done); done) return status;

  if (std::holds_alternative<Undo>(control)) return go_to_edit(history_.cursor() - 1);
  if (std::holds_alternative<Redo>(control)) return go_to_edit(history_.cursor() + 1);
  if (const auto* step = std::get_if<StepEdit>(&control)) return go_to_edit(history_.cursor() + step->by);
  if (const auto* to = std::get_if<GoToEdit>(&control)) return go_to_edit(to->edit);

  if (const auto* write = std::get_if<Write>(&control)) return start_writing(*write, now);

  if (std::holds_alternative<Play>(control)) return start_playing(now), Status{};
  if (std::holds_alternative<Pause>(control)) return stop_playing(now), Status{};
  if (std::holds_alternative<TogglePlay>(control)) {
    playing() ? stop_playing(now) : start_playing(now);
    return {};
  }
  if (const auto* wanted_step = std::get_if<Seek>(&control)) {
    seek(wanted_step->step ? double{*wanted_step->step} : n_steps() - 1.0, now);
    return {};
  }
  if (const auto* mode = std::get_if<SetPlayMode>(&control)) {
    stop_playing(now);
    PlayMode next = mode->mode.value_or(next_of(playback_.mode()));
    // The key goes through what there is; only the command shows an empty strip.
    if (!mode->mode && next == PlayMode::Story && history_.document().story->empty()) next = next_of(next);
    if (next != PlayMode::Story) {
      leave_story(now);
      wanted.play_mode = next;
      refresh(now);
    }
    playback_.set_mode(next);
    return set(wanted), Status{};
  }
  const auto* speed = std::get_if<SetSpeed>(&control);
  const auto* faster = std::get_if<StepSpeed>(&control);
  if (speed || faster) {
    wanted.speed =
        speed ? speed->speed : playback_.speed() * std::pow(std::sqrt(2.0f), static_cast<float>(faster->by));
    wanted.speed = std::clamp(wanted.speed, 0.1f, 4.0f);
    if (story_playing_) {
      story_time_ = story_seconds(now);
      story_began_ = now;
    }
    playback_.set_speed(wanted.speed, now);
    return set(wanted), Status{};
  }

  if (std::holds_alternative<NewDocument>(control)) {
    Document fresh;
    fresh.model = history_.document().model;
    fresh.view.theme = history_.document().view.theme;
    open_document(std::move(fresh), {}, "new", now);
    return {};
  }
  if (const auto* file = std::get_if<Open>(&control); file && !file->path.empty())
    return open(file->path, now);
  if (const auto* file = std::get_if<FindModel>(&control); file && !file->path.empty())
    return find_model(file->path, now);
  if (const auto* file = std::get_if<Save>(&control)) {
    if (!file->path.empty()) return save(file->path, now);
    if (!file_.empty()) return save(file_.string(), now);
  }

  if (const auto* zoom = std::get_if<Zoom>(&control)) return camera_.zoom(zoom->factor), Status{};
  if (std::holds_alternative<ZoomFit>(control)) return camera_.fit(), Status{};
  if (const auto* pan = std::get_if<Pan>(&control)) return camera_.pan(pan->dx, pan->dy), Status{};

  const auto* scale = std::get_if<SetUiScale>(&control);
  const auto* scale_step = std::get_if<StepUiScale>(&control);
  if (scale || scale_step) {
    wanted.ui_scale =
        scale ? scale->scale : settings_.ui_scale * std::pow(kUiStep, static_cast<float>(scale_step->by));
    wanted.ui_scale = std::clamp(wanted.ui_scale, 0.5f, 4.0f);
    return set(wanted), Status{};
  }
  if (const auto* motion = std::get_if<SetReduceMotion>(&control)) {
    wanted.reduce_motion = resolve(motion->reduce, wanted.reduce_motion);
    return set(wanted), Status{};
  }
  if (const auto* panel = std::get_if<SetPanel>(&control)) {
    bool& open_now = wanted.panel_open[static_cast<std::size_t>(panel->panel)];
    open_now = resolve(panel->open, open_now);
    return set(wanted), Status{};
  }
  if (std::holds_alternative<Escape>(control)) {
    if (writing()) {
      writing_.reset();
      history_.hold(false);
      return {};
    }
    if (playing()) return stop_playing(now), Status{};
    if (service_.state().loading) {
      service_.cancel();
      return refresh(now), Status{};
    }
    if (recording_) return start_recording(false, now);
    const Selection& selection = history_.document().selection;
    if (selection.key || selection.query) return do_action(Release{}, now);
    if (history_.document().view.present) return do_action(SetPresent{Switch::Off}, now);
    return {};
  }
  requests_.push_back(control);
  return {};
}

}  // namespace headscope
