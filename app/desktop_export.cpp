#include <cstdio>
#include <filesystem>

#include "base/paths.h"
#include "compute/worker.h"
#include "desktop_program.h"
#include "file_list.h"
#include "render/make_renderer.h"
#include "scene/alt_text.h"

namespace headscope {

namespace {

namespace fs = std::filesystem;

constexpr double kExportedSeconds = 20;

std::string named(const std::string& out) {
  const fs::path path = out;
  return (path.filename().empty() ? path.parent_path() : path).filename().string();
}

fs::path full_path(const std::string& typed) {
  std::error_code ignored;
  const fs::path path = fs::absolute(expand_home(typed), ignored);
  return ignored ? fs::path(typed) : path.lexically_normal();
}

/// The settings alone make the picture; where it goes does not change it.
bool look_equal(ExportSettings a, const ExportSettings& b) {
  a.out = b.out;
  return a == b;
}

/// What to know before a file is written.
std::string note_on(const ExportSettings& settings) {
  std::error_code ignored;
  const fs::path path = full_path(settings.out);
  if (settings.format == ExportFormat::Frames)
    return fs::exists(path / "frames.json", ignored) ? "Frames that are there and fit are kept"
                                                     : "000001.png, 000002.png, … in this folder";
  return fs::exists(path, ignored) ? "The file that is there is replaced" : "";
}

std::string missing_folder(const ExportSettings& settings) {
  std::error_code ignored;
  const fs::path folder = full_path(settings.out).parent_path();
  if (settings.format == ExportFormat::Frames || fs::is_directory(folder, ignored)) return {};
  return "there is no folder " + folder.string();
}

/// A fault as a sentence: messages begin small, since they stand behind the program's name elsewhere.
std::string sentence(const Error& error) {
  return error.hint.empty() ? error.message : error.message + ". " + error.hint;
}

std::string in_seconds(double secs) {
  char text[32];
  std::snprintf(text, sizeof text, "%.3g s", secs);
  return text;
}

}  // namespace

BackgroundExport& DesktopProgram::exporter() {
  if (!exports_) {
    exports_ = std::make_unique<BackgroundExport>(
        BackgroundExport::Options{&fonts_, [this] { return make_offscreen_renderer(fonts_, shaders_dir()); },
                                  lower_thread_priority, &Window::post_empty_event});
  }
  return *exports_;
}

ExportOrder DesktopProgram::order_of(const ExportSettings& settings) {
  Document document = viewer_.document();
  const std::optional<double> story_secs = viewer_.story_secs(now_);
  if (!story_secs) document.state() = viewer_.shown().state();  // with the playhead
  // Of another model nothing is kept.
  if (!export_traces_ || export_model_ != document.model) export_traces_ = std::make_shared<TraceSource>();
  export_model_ = document.model;
  const bool moment_alone = is_still(settings.format) && !story_secs;
  return {settings,
          [document, story_secs, moment_alone, traces = export_traces_,
           model = viewer_.model()](std::stop_token stop) -> Result<ExportSubject> {
            if (model) traces->know(document.model, model);
            traces->stop_on(std::move(stop));
            ExportSubject subject;
            subject.document = document;
            subject.trace_of = [traces](const Document& at) { return traces->trace(at); };
            if (moment_alone) {
              subject.moments = {{document, 0, 0}};
              return subject;
            }
            subject.moments = traces->moments(document).moments;
            const std::optional<int>& word = document.selection.query;
            if (story_secs)
              subject.at_secs = *story_secs;
            else if (document.story->empty() && word && *word < static_cast<int>(subject.moments.size()))
              subject.at_secs = arrival_secs(subject.moments, static_cast<std::size_t>(*word));
            return subject;
          }};
}

void DesktopProgram::preview_export(const ExportSettings& settings) {
  UiExport& shown = frame_.exporting;
  shown.note = note_on(settings);
  export_place_ = missing_folder(settings);
  draw_again_ = true;
  // A name that is being typed changes no picture.
  if (previewed_ && preview_number_ > 0 && look_equal(*previewed_, settings)) return;
  previewed_ = settings;
  constexpr FrameSize kLargest{960, 720};
  ExportSettings sound = settings;
  sound.out = with_ending("preview", settings.format).string();
  if (!check_settings(sound)) return;  // the dialog says what is wrong
  preview_number_ = exporter().preview(order_of(settings), kLargest);
}

void DesktopProgram::start_export(ExportSettings settings) {
  settings.out = full_path(settings.out).string();
  if (const std::string missing = missing_folder(settings); !missing.empty())
    return tell(Error{ErrorCode::NotFound, missing, "Make it first, or choose another one"});
  const Status started = exporter().start(order_of(settings));
  if (!started) return tell(started.error());
  follows_export_ = true;
  draw_again_ = true;
}

void DesktopProgram::follow_export() {
  if (const std::optional<Error> failure = folders_.take_failure()) tell(*failure);
  if (!exports_ || !exports_->poll()) return;
  draw_again_ = true;
  const auto& preview = exports_->shown();
  if (preview && preview->number != preview_shown_ && !preview->picture.rgba.empty()) {
    export_picture_.set(preview->picture);
    preview_shown_ = preview->number;
  }
  const ExportState& state = exports_->state();
  if (state.running() || !follows_export_) return;
  follows_export_ = false;
  frame_.exporting.leaving = false;
  tell_exported(state);
  // A failure stays to be read.
  if (close_after_export_ && state.phase != ExportPhase::Failed) quit_ = true;
  close_after_export_ = false;
}

void DesktopProgram::tell_exported(const ExportState& state) {
  const std::string& out = state.settings.out;
  if (state.phase == ExportPhase::Failed) return tell(*state.error);
  if (state.phase == ExportPhase::Stopped) {
    const bool kept = state.settings.format == ExportFormat::Frames && state.n_done > 0;
    return tell("The export of " + named(out) + " was stopped",
                kept ? "The frames that were finished are kept; the same export goes on from there"
                     : "Nothing was written");
  }
  exported_ = out;
  tell(named(out) + " is written: " + bytes_in_words(state.bytes) + " in " + secs_in_words(state.secs), out);
  toasts_.back().toast.button = "Open folder";
  toasts_.back().toast.action = Control{ShowExported{}};
  toasts_.back().until = now_ + kExportedSeconds;
}

void DesktopProgram::update_export() {
  UiExport& shown = frame_.exporting;
  const fs::path& file = viewer_.file();
  std::error_code ignored;
  if (!file.empty()) {
    shown.suggested = fs::path(full_path(file.string())).replace_extension().string();
  } else if (shown.suggested.empty() || viewer_.file().empty()) {
    shown.suggested = (fs::current_path(ignored) / "headscope").string();
  }
  shown.has_story = !viewer_.document().story->empty();
  shown.problem = export_place_;
  if (!exports_) return;
  shown.picture = {export_picture_.texture(), export_picture_.width(), export_picture_.height()};
  const ExportState& state = exports_->state();
  shown.running = state.running();
  shown.title = "Exporting " + named(state.settings.out);
  shown.progress =
      state.n_frames > 0 ? static_cast<float>(state.n_done) / static_cast<float>(state.n_frames) : 0;
  shown.news = state.phase == ExportPhase::Preparing ? "computing and laying out"
               : state.n_frames == 0
                   ? "drawing"
                   : "frame " + std::to_string(state.n_done) + " of " + std::to_string(state.n_frames);
  if (state.secs_left >= 0) shown.news += " · " + secs_in_words(state.secs_left) + " left";

  const auto& preview = exports_->shown();
  if (!preview || !previewed_) return;
  const bool current = preview->number == preview_number_;
  shown.measuring = !current || (!preview->estimate && !preview->error);
  const std::string size = std::to_string(previewed_->width) + " × " + std::to_string(previewed_->height);
  shown.facts = is_still(previewed_->format) || !current
                    ? size + " pixels"
                    : size + " · " + std::to_string(preview->n_frames) +
                          (preview->n_frames == 1 ? " frame · " : " frames · ") +
                          in_seconds(preview->n_frames / previewed_->fps);
  shown.estimate = current && preview->estimate ? in_words(*preview->estimate) : "";
  if (current && preview->error && preview->error->code != ErrorCode::Cancelled)
    shown.problem = sentence(*preview->error);
}

void DesktopProgram::show_exported() {
  if (exported_.empty())
    return tell(Error{ErrorCode::NotFound, "nothing was exported yet", "Ctrl+E exports what is on show"});
  std::error_code ignored;
  const fs::path out = exported_;
  const Status opened = folders_.open(fs::is_directory(out, ignored) ? out : out.parent_path());
  if (!opened) tell(opened.error());
}

void DesktopProgram::copy_words(PictureWords words) {
  const TracePtr& trace = viewer_.trace();
  if (!trace || trace->tokens.empty())
    return tell(
        Error{ErrorCode::Unavailable, "there is no picture to put into words", "Type a sentence first"});
  const bool alt = words == PictureWords::AltText;
  const std::string text = alt ? alt_text(viewer_.shown(), *trace) : figure_caption(viewer_.shown(), *trace);
  window_->set_clipboard(text);
  tell(alt ? "Copied: the picture in words" : "Copied: a caption", text);
}

bool DesktopProgram::closing() {
  if (!quit_ && !window_->should_close()) return false;
  const bool runs = exports_ && exports_->state().running();
  // Asked a second time, it closes; the export ends cleanly with the program.
  if (!runs || frame_.exporting.leaving) return true;
  quit_ = false;
  window_->set_should_close(false);
  frame_.exporting.leaving = true;
  draw_again_ = true;
  return false;
}

void DesktopProgram::leave(UiLeave answer) {
  frame_.exporting.leaving = false;
  draw_again_ = true;
  close_after_export_ = answer != UiLeave::Stay;
  if (answer == UiLeave::Stop && exports_) exports_->stop();
  if (close_after_export_ && !follows_export_) quit_ = true;  // it ended meanwhile
}

}  // namespace headscope
