#include "desktop_program.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "base/paths.h"
#include "render/make_renderer.h"
#include "render/window/imgui_texture.h"
#include "scene/palette.h"

namespace headscope {

namespace {

constexpr double kSafeAfter = 1.5;  // seconds a change may be unsaved

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

}  // namespace

Result<std::unique_ptr<DesktopProgram>> DesktopProgram::create(const DesktopOptions& options) {
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
  Result<std::unique_ptr<Window>> window = Window::create(window_options);
  if (!window) return window.error();
  auto program = std::unique_ptr<DesktopProgram>(new DesktopProgram(options, std::move(*window)));
  program->preferences_path_ = path;
  program->saved_ = saved;
  program->ui_.set_preferences(saved.ui);
  program->session_.reduce_motion = saved.reduce_motion;
  Result<std::unique_ptr<Renderer>> renderer = make_renderer(program->fonts_, shaders_dir());
  if (!renderer) return renderer.error();
  program->renderer_ = std::move(*renderer);
  return program;
}

DesktopProgram::DesktopProgram(const DesktopOptions& options, std::unique_ptr<Window> window)
    : options_(options),
      window_(std::move(window)),
      text_(fonts_),
      session_(fonts_, &Window::post_empty_event) {
  window_->on_drop([this](const std::vector<std::filesystem::path>& files) {
    if (!files.empty()) open(files.front());
  });
}

DesktopProgram::~DesktopProgram() {
  renderer_.reset();  // while the window's context is there
}

double DesktopProgram::seconds_to_wait() const {
  constexpr double kForever = 1e9;
  double wait = kForever;
  if (session_.moving(now_) || output_.redraw) return 0;
  if (n_tiles_ready_ < frame_.heads.size()) return 0;
  const auto until = [&](double time) { wait = std::min(wait, std::max(0.0, time - now_)); };
  for (const Toast& toast : toasts_) until(toast.until);
  if (unsafe_since_ >= 0) until(unsafe_since_ + kSafeAfter);
  if (options_.exit_after_seconds) until(*options_.exit_after_seconds);
  if (session_.state().computing) until(std::max(now_ + 0.1, session_.state().since + kComputingShownAfter));
  return wait;
}

void DesktopProgram::take_input() {
  frame_.input = {};
  for (KeyPress& key : window_->take_key_presses())
    frame_.input.keys.push_back({std::move(key.chord), key.repeat});
  frame_.input.typed = window_->take_typed();
}

void DesktopProgram::draw_stage() {
  const float density =
      window_->size().x > 0 ? static_cast<float>(window_->framebuffer_size().width) / window_->size().x : 1;
  const float scale = output_.ui_scale * density;
  const FrameSize size{static_cast<int>(std::lround(output_.stage_width * scale)),
                       static_cast<int>(std::lround(output_.stage_height * scale))};
  if (size.width < 1 || size.height < 1) return;
  Scene scene = session_.scene(now_);
  if (!scene.morph) return;
  scene.pixel_scale = scale;
  scene.highlighted = hovered_key_;
  scene.dim = 0;
  const bool same = scene.morph == drawn_.morph && scene.mix == drawn_.mix && scene.camera == drawn_.camera &&
                    scene.pixel_scale == drawn_.pixel_scale && scene.dim == drawn_.dim &&
                    scene.highlighted == drawn_.highlighted && size == drawn_size_;
  if (same) return;
  Result<FrameHandle> frame = renderer_->draw(scene, size);
  if (!frame) return tell(frame.error());
  frame_.stage = {frame->texture, frame->size.width, frame->size.height};
  drawn_ = scene;
  drawn_size_ = size;
}

void DesktopProgram::autosave() {
  if (!autosave_) return;
  if (session_.document() == safe_) {
    unsafe_since_ = -1;
  } else if (unsafe_since_ < 0) {
    unsafe_since_ = now_;
  } else if (now_ - unsafe_since_ >= kSafeAfter) {
    const Status written = autosave_->write(session_.document());
    if (!written) tell(written.error());
    safe_ = session_.document();
    unsafe_since_ = -1;
  }
}

bool DesktopProgram::draw_frame() {
  window_->begin_frame();
  // The panels say where the stage is; its picture of this moment is drawn before they are presented.
  update_frame();
  output_ = ui_.draw(frame_);
  follow_mouse(output_.mouse);
  if (output_.text) run(Command{Action{SetText{*output_.text}}});
  session_.history().hold(output_.dragging);
  for (const Command& command : output_.commands) run(command);
  for (const Error& error : output_.failures) tell(error);
  std::erase_if(toasts_, [this](const Toast& toast) {
    return toast.until <= now_ ||
           std::count(output_.dismissed_toasts.begin(), output_.dismissed_toasts.end(), toast.toast.id) > 0;
  });
  if (output_.recover && !left_.empty()) {
    if (*output_.recover) {
      safe_ = {};
      session_.history() = History(left_.front().document);
    }
    Autosave::discard(left_.front());
    left_.erase(left_.begin());
  }
  const bool changed = session_.update(now_, output_.stage_width, output_.stage_height);
  draw_stage();
  if (!output_.dirty.empty()) {
    window_->update_font_texture(output_.dirty.x, output_.dirty.y, output_.dirty.width, output_.dirty.height);
  }
  window_->end_frame(theme_colors(session_.document().view.theme).background);
  text_.forget();
  autosave();
  return changed || output_.redraw || output_.text || !output_.commands.empty() ||
         output_.recover.has_value();
}

int DesktopProgram::run() {
  open_at_start();
  run_script(options_.commands);
  bool again = true;
  while (!quit_ && !window_->should_close()) {
    const double wait = again ? 0 : seconds_to_wait();
    if (wait >= 1e9)
      window_->wait_events();
    else
      window_->wait_events(wait);
    now_ = window_->now();
    if (options_.exit_after_seconds && now_ >= *options_.exit_after_seconds) break;
    take_input();
    again = draw_frame();
  }
  if (!options_.scene_dump.empty()) run_control(DumpScene{options_.scene_dump.string()});
  if (autosave_) autosave_->finish();
  Preferences preferences;
  preferences.place = window_->place();
  preferences.ui = ui_.preferences();
  preferences.reduce_motion = session_.reduce_motion;
  if (!options_.size.empty()) preferences.place = saved_.place;  // a size for this time only
  (void)save_preferences(preferences_path_, preferences);
  return 0;
}

}  // namespace headscope
