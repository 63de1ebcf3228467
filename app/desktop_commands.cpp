#include <algorithm>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <filesystem>

#include "desktop_program.h"
#include "document/document_json.h"
#include "export/render_document.h"
#include "io/image.h"
#include "open_document.h"
#include "scene_dump.h"

namespace headscope {

namespace {

constexpr double kErrorSeconds = 8, kNewsSeconds = 4;
constexpr std::size_t kMostToasts = 4;

// "headscope-20251120-124501.png": never one that is there already.
std::filesystem::path fresh_picture_name() {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  char stamp[32];
  std::strftime(stamp, sizeof stamp, "%Y%m%d-%H%M%S", std::localtime(&seconds));
  const std::string base = std::string("headscope-") + stamp;
  std::filesystem::path path = base + ".png";
  std::error_code ignored;
  for (int i = 2; std::filesystem::exists(path, ignored); ++i) path = base + "-" + std::to_string(i) + ".png";
  return path;
}

}  // namespace

void DesktopProgram::tell(const Error& error) {
  if (error.code == ErrorCode::Cancelled) return;
  std::fprintf(stderr, "headscope: %s\n", error.message.c_str());
  draw_again_ = true;
  for (Toast& toast : toasts_) {
    if (toast.toast.message != error.message) continue;
    toast.until = now_ + kErrorSeconds;
    return;
  }
  toasts_.push_back({{next_toast_++, error.message, error.hint, true, 1}, now_ + kErrorSeconds});
  if (toasts_.size() > kMostToasts) toasts_.erase(toasts_.begin());
}

void DesktopProgram::tell(std::string message, std::string hint) {
  toasts_.push_back({{next_toast_++, std::move(message), std::move(hint), false, 1}, now_ + kNewsSeconds});
  if (toasts_.size() > kMostToasts) toasts_.erase(toasts_.begin());
  draw_again_ = true;
}

void DesktopProgram::open(const std::filesystem::path& path) {
  if (path.extension() != ".png") return dispatch(Control{Open{path.string()}});
  const Result<Document> document = open_document(path);
  if (!document) return tell(document.error());
  viewer_.open_document(*document, {}, "open " + path.filename().string(), now_);
}

void DesktopProgram::dispatch(const Command& command) {
  const auto* control = std::get_if<Control>(&command);
  if (control && ui_.apply(*control)) {
    draw_again_ = true;
    return;
  }
  const auto* file = control ? std::get_if<Open>(control) : nullptr;
  if (file && std::filesystem::path(file->path).extension() == ".png") return open(file->path);
  const Status done = viewer_.dispatch(command, now_);
  if (!done) return tell(done.error());
  if (control && std::holds_alternative<Save>(*control) && !viewer_.file().empty())
    tell("Saved as " + viewer_.file().string());
}

void DesktopProgram::take_requests() {
  for (const Control& control : viewer_.take_requests()) do_request(control);
}

void DesktopProgram::do_request(const Control& control) {
  if (std::holds_alternative<Quit>(control)) {
    quit_ = true;
  } else if (std::holds_alternative<Open>(control)) {
    tell("Drop a document, a checkpoint folder or a saved picture onto the window", "Or type  : open PATH");
  } else if (std::holds_alternative<Save>(control)) {
    tell("This document has no file yet", "Type  : save NAME");
  } else if (const auto* picture = std::get_if<SavePng>(&control)) {
    save_picture(*picture);
  } else if (const auto* dump = std::get_if<DumpScene>(&control)) {
    const Status written =
        dump_scene(dump->path, viewer_.scene(now_), viewer_.document(), viewer_.trace().get());
    if (!written) tell(written.error());
  } else if (const auto* full = std::get_if<SetFullscreen>(&control)) {
    window_->set_fullscreen(resolve(full->fullscreen, window_->fullscreen()));
  }
}

void DesktopProgram::save_picture(const SavePng& what) {
  const std::filesystem::path path =
      what.path.empty() ? fresh_picture_name() : std::filesystem::path(what.path);
  Result<Image> image = Error{ErrorCode::Unavailable, "there is no picture yet", "Type a sentence first"};
  if (what.of == PictureOf::Window) {
    image = window_->read_pixels();
  } else if (Scene scene = viewer_.scene(now_); scene.morph) {
    scene.pixel_scale = what.scale;
    scene.highlighted = 0;
    image = renderer_->render_to_image(scene, {static_cast<int>(output_.stage_width * what.scale),
                                               static_cast<int>(output_.stage_height * what.scale)});
    drawn_.reset();
    draw_again_ = true;
  }
  if (!image) return tell(image.error());
  const Status written = write_png(path, *image, {{kDocumentKey, document_text(viewer_.document())}});
  if (!written) return tell(written.error());
  tell("Picture saved as " + path.string(),
       std::to_string(image->width) + " × " + std::to_string(image->height) + " pixels");
}

void DesktopProgram::continue_script() {
  // One command a frame, and only when what came before is drawn: pictures of the window show it.
  if (script_.empty() || draw_again_ || !viewer_.settled(now_)) return;
  const Command command = std::move(script_.front());
  script_.pop_front();
  dispatch(command);
  take_requests();
  draw_again_ = true;
}

}  // namespace headscope
