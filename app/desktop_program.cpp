#include "desktop_program.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <utility>

#include "base/paths.h"
#include "models/model_folders.h"
#include "open_document.h"
#include "render/make_renderer.h"
#include "scene/palette.h"
#include "scene_dump.h"

namespace headscope {

namespace {

constexpr double kForever = 1e9;
constexpr double kLongestLead = 0.04;  // seconds

// "1600x1000" → {1600, 1000}. Errors: InvalidArgument.
Result<FrameSize> parse_size(const std::string& text) {
  FrameSize size;
  int used = 0;
  if (std::sscanf(text.c_str(), "%5dx%5d%n", &size.width, &size.height, &used) != 2 ||
      used != static_cast<int>(text.size()) || size.width < 320 || size.height < 240) {
    return Error{ErrorCode::InvalidArgument, "'" + text + "' is no size of a window",
                 "Write WIDTHxHEIGHT, at least 320x240, for instance 1600x1000"};
  }
  return size;
}

// One command a line: a ";" outside of quotes ends a line too.
std::string lines_of(std::string_view script) {
  std::string lines;
  bool quoted = false, escaped = false, at_start = true;
  for (const char c : script) {
    if (c == '"' && !escaped) quoted = !quoted;
    escaped = quoted && !escaped && c == '\\';
    const char written = c == ';' && !quoted ? '\n' : c;
    if (at_start && written == ' ') continue;
    at_start = written == '\n';
    lines += written;
  }
  return lines;
}

ViewerOptions viewer_options(FontLibrary& fonts) {
  ViewerOptions options;
  // The first picture anyone sees is a file like any other.
  Result<Document> first = default_document();
  if (first) options.document = std::move(*first);
  options.fonts = &fonts;
  options.service.wake = &Window::post_empty_event;
  options.state_folder = state_dir();
  options.config_folder = config_dir();
  options.footer = "Press → for the next word. 1–8 choose a head. E edits the sentence.";
  return options;
}

}  // namespace

Result<std::unique_ptr<DesktopProgram>> DesktopProgram::create(const DesktopOptions& options) {
  const Result<std::vector<Command>> script = parse_script(lines_of(options.commands));
  if (!script) return script.error();
  const std::filesystem::path path = state_dir() / "window.json";
  const Preferences saved = load_preferences(path);
  WindowOptions window_options;
  window_options.place = saved.place;
  if (!options.size.empty()) {
    const Result<FrameSize> size = parse_size(options.size);
    if (!size) return size.error();
    window_options.place = WindowPlace{};
    window_options.place.width = size->width;
    window_options.place.height = size->height;
  }
  Result<FrameLog> frame_log = FrameLog::create(options.frame_times);
  if (!frame_log) return frame_log.error();
  Result<std::unique_ptr<Window>> window = Window::create(window_options);
  if (!window) return window.error();
  auto program = std::unique_ptr<DesktopProgram>(new DesktopProgram(options, std::move(*window)));
  program->frame_log_ = std::move(*frame_log);
  program->preferences_path_ = path;
  program->saved_ = saved;
  program->ui_.set_preferences(saved.ui);
  program->script_.assign(script->begin(), script->end());
  Result<std::unique_ptr<Renderer>> renderer = make_renderer(program->fonts_, shaders_dir());
  if (!renderer) return renderer.error();
  program->renderer_ = std::move(*renderer);
  return program;
}

DesktopProgram::DesktopProgram(const DesktopOptions& options, std::unique_ptr<Window> window)
    : options_(options), window_(std::move(window)), text_(fonts_), viewer_(viewer_options(fonts_), 0) {
  window_->on_drop([this](const std::vector<std::filesystem::path>& files) {
    if (!files.empty()) open(files.front());
  });
}

DesktopProgram::~DesktopProgram() {
  renderer_.reset();  // while the window's context is there
}

float DesktopProgram::pixel_density() const {
  const float width = window_->size().x;
  return width > 0 ? static_cast<float>(window_->framebuffer_size().width) / width : 1;
}

double DesktopProgram::seconds_to_wait(const FrameNeeds& needs) const {
  if (needs.redraw || draw_again_ || tiles_.has_news()) return 0;
  const bool exports = exports_ && exports_->state().running();
  if (!script_.empty() && !exports && !tiles_.busy() && viewer_.settled(now_)) return 0;
  double wait = needs.next ? std::max(0.0, *needs.next - now_) : kForever;
  const auto until = [&](double time) { wait = std::min(wait, std::max(0.0, time - now_)); };
  for (const Toast& toast : toasts_) until(toast.until);
  if (options_.exit_after_seconds)
    wait = std::min(wait, std::max(0.0, *options_.exit_after_seconds - window_->now()));
  return wait;
}

void DesktopProgram::take_input() {
  frame_.input = {};
  for (KeyPress& key : window_->take_key_presses())
    frame_.input.keys.push_back({std::move(key.chord), key.repeat});
  frame_.input.typed = window_->take_typed();
}

// What is drawn now is seen when it is presented: a transition is shown as far as it will be then, so that
// the first frame after a key moves. A story keeps its own time, and so does a clock that counts frames.
Scene DesktopProgram::scene_when_presented() const {
  Scene scene = viewer_.scene(now_);
  if (options_.frame_step || viewer_.story_secs(now_) || scene.mix >= 1) return scene;
  Scene then = viewer_.scene(now_ + frame_seconds_);
  if (then.mix <= scene.mix) return scene;  // it is held where it is
  // A quick frame after a slow one must not take it back.
  if (drawn_ && drawn_->morph == then.morph) then.mix = std::max(then.mix, drawn_->mix);
  return then;
}

void DesktopProgram::draw_stage(float density) {
  const float scale = output_.ui_scale * density;
  const FrameSize size{static_cast<int>(std::lround(output_.stage_width * scale)),
                       static_cast<int>(std::lround(output_.stage_height * scale))};
  if (size.width < 1 || size.height < 1) return;
  Scene scene = scene_when_presented();
  scene.pixel_scale = scale;
  if (!scene.morph) return;
  const bool same_view = drawn_ && scene.camera == drawn_->camera &&
                         scene.pixel_scale == drawn_->pixel_scale && scene.dim == drawn_->dim &&
                         scene.highlighted == drawn_->highlighted && size == drawn_size_;
  // A transition begins with the picture that is there: drawing it once more would delay the first frame that
  // moves.
  const bool begins =
      same_view && scene.mix == 0 && drawn_->mix == 1 && scene.morph->from == drawn_->morph->to;
  const bool same = begins || (same_view && scene.morph == drawn_->morph && scene.mix == drawn_->mix);
  if (same) {
    const bool news = !(dumped_ == viewer_.document()) || dumped_settled_ != viewer_.settled(now_);
    if (!options_.frame_dump.empty() && news) dump_frame();
    return;
  }
  frame_log_.drawing_begins();
  Result<FrameHandle> frame = renderer_->draw(scene, size);
  frame_log_.drawing_ends();
  if (!frame) return tell(frame.error());
  const UiTexture before =
      std::exchange(frame_.stage, UiTexture{frame->texture, frame->size.width, frame->size.height});
  // The panels of this frame were laid out around the texture before: a new one is seen in the next.
  draw_again_ = draw_again_ || !(before == frame_.stage);
  drawn_ = scene;
  drawn_size_ = size;
  if (!options_.frame_dump.empty()) dump_frame();
}

void DesktopProgram::dump_frame() {
  char name[32];
  std::snprintf(name, sizeof name, "%06d.json", ++n_dumps_);
  dumped_ = viewer_.document();
  dumped_settled_ = viewer_.settled(now_);
  const Status written = dump_scene(options_.frame_dump / name, viewer_.scene(now_), dumped_,
                                    viewer_.trace().get(), !dumped_settled_);
  if (!written) tell(written.error());
}

void DesktopProgram::follow_stage_mouse(const UiStageMouse& mouse) {
  const Vec2 point{mouse.x, mouse.y};
  viewer_.set_pointer(mouse.inside && !mouse.dragging ? std::optional(point) : std::nullopt, now_);
  if (mouse.dragging && (mouse.drag_x != 0 || mouse.drag_y != 0))
    dispatch(Control{Pan{mouse.drag_x, mouse.drag_y}});
  if (mouse.wheel != 0) {
    viewer_.zoom_at(std::pow(1.15f, mouse.wheel), point);
    draw_again_ = true;
  }
  if (!mouse.clicked) return;
  const Status clicked = viewer_.click(point, now_);
  if (!clicked) tell(clicked.error());
}

void DesktopProgram::draw_frame() {
  const double began = window_->now();
  window_->begin_frame();
  update_frame();
  output_ = ui_.draw(frame_);
  draw_again_ = output_.redraw || output_.text || output_.second_text || !output_.commands.empty() ||
                output_.recover.has_value();
  follow_stage_mouse(output_.mouse);
  viewer_.hold(output_.dragging, now_);
  if (output_.text) dispatch(Action{SetText{*output_.text}});
  if (output_.second_text) dispatch(Action{SetSecondText{*output_.second_text}});
  for (const Command& command : output_.commands) dispatch(command);
  for (const Error& error : output_.failures) tell(error);
  if (output_.list_folder) list_folder(*output_.list_folder, output_.open_path);
  if (output_.recover) viewer_.answer_recovery(*output_.recover, now_);
  if (output_.preview_export) preview_export(*output_.preview_export);
  if (output_.export_closed) {
    previewed_.reset();
    if (exports_) exports_->forget_preview();
  }
  if (output_.start_export) start_export(*output_.start_export);
  if (output_.leave) leave(*output_.leave);
  std::erase_if(toasts_, [this](const Toast& toast) {
    const std::vector<int>& closed = output_.dismissed_toasts;
    return toast.until <= now_ || std::find(closed.begin(), closed.end(), toast.toast.id) != closed.end();
  });
  viewer_.set_stage(output_.stage_width, output_.stage_height, output_.ui_scale * pixel_density(), now_);
  draw_stage(pixel_density());
  if (!output_.dirty.empty()) {
    window_->update_font_texture(output_.dirty.x, output_.dirty.y, output_.dirty.width, output_.dirty.height);
  }
  frame_log_.drawing_begins();
  window_->end_frame(theme_colors(viewer_.document().view.theme).background, frame_.stage.id);
  frame_log_.drawing_ends();
  if (frame_log_.on()) frame_log_.frame_ends(drawn_.value_or(Scene{}));
  frame_seconds_ = std::min(kLongestLead, window_->now() - began);
  text_.forget();
  take_requests();
}

// The missing model has a question of its own at the top of the stage.
bool DesktopProgram::is_asked_about(const Error& error) const {
  const std::string& missing = frame_.missing_model;
  return !missing.empty() && !viewer_.document().view.present && error.code == ErrorCode::NotFound &&
         error.message.find(missing) != std::string::npos;
}

void DesktopProgram::tell_trace_error() {
  const TraceState& state = viewer_.trace_state();
  const std::string message = state.error && !viewer_.nothing_to_read() ? state.error->message : "";
  if (message != last_trace_error_ && !message.empty() && !is_asked_about(*state.error)) tell(*state.error);
  last_trace_error_ = message;
}

void DesktopProgram::remember_opened_model() {
  const std::string& name = viewer_.document().model;
  std::error_code ignored;
  if (!viewer_.model() || name == last_opened_model_) return;
  last_opened_model_ = name;
  // A list that cannot be written is no reason to interrupt anybody.
  if (std::filesystem::is_directory(name, ignored)) (void)remember_model(name);
}

void DesktopProgram::remember_window() {
  Preferences preferences;
  preferences.place =
      options_.size.empty() ? window_->place() : saved_.place;  // --size is for this time only
  preferences.ui = ui_.preferences();
  preferences.recent = saved_.recent;
  preferences.folder = saved_.folder;
  (void)save_preferences(preferences_path_, preferences);  // not worth an error at the end
}

int DesktopProgram::run(const std::stop_token& stop) {
  const std::stop_callback wake(stop, &Window::post_empty_event);
  if (!options_.file.empty()) open(options_.file);
  if (!options_.input.empty()) dispatch(Action{SetInput{options_.input}});
  FrameNeeds needs{true, std::nullopt};
  while (!stop.stop_requested() && !closing()) {
    const double wait = seconds_to_wait(needs);
    window_->wait_events(wait >= kForever ? std::nullopt : std::optional(wait));
    now_ = options_.frame_step ? ++n_turns_ * *options_.frame_step : window_->now();
    if (options_.exit_after_seconds && window_->now() >= *options_.exit_after_seconds) break;
    frame_log_.woke();
    needs = viewer_.update(now_);
    update_missing_model();
    for (const Error& error : viewer_.take_errors()) {
      if (!is_asked_about(error)) tell(error);
    }
    tell_trace_error();
    follow_export();
    remember_opened_model();
    if (!needs.redraw) continue_script();
    const bool toast_ends =
        std::any_of(toasts_.begin(), toasts_.end(), [this](const Toast& t) { return t.until <= now_; });
    if (!(window_->take_needs_redraw() || needs.redraw || draw_again_ || tiles_.has_news() || toast_ends))
      continue;
    frame_log_.frame_begins();
    take_input();
    draw_frame();
    needs = viewer_.update(now_);
    draw_again_ = draw_again_ || needs.redraw;  // the update at the top of the loop will not say it again
  }
  if (stop.stop_requested()) viewer_.leave_unsaved(now_);
  if (!options_.scene_dump.empty()) do_request(DumpScene{options_.scene_dump.string()});
  remember_window();
  return 0;
}

}  // namespace headscope
