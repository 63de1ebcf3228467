#include <algorithm>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <filesystem>

#include "desktop_program.h"
#include "document/document_json.h"
#include "export/embedded_document.h"
#include "export/render_document.h"
#include "file_list.h"
#include "input_file.h"
#include "io/image.h"
#include "open_document.h"
#include "scene/palette.h"
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
  // Errors stay until they are read; of news, only the latest.
  std::erase_if(toasts_, [](const Toast& toast) { return !toast.toast.error; });
  toasts_.push_back({{next_toast_++, std::move(message), std::move(hint), false, 1}, now_ + kNewsSeconds});
  if (toasts_.size() > kMostToasts) toasts_.erase(toasts_.begin());
  draw_again_ = true;
}

void DesktopProgram::open(const std::filesystem::path& path) {
  const std::optional<InputKind> input = input_kind_of(path);
  if (!may_carry_document(path)) {
    if (input) return give_input(path, *input);
    return dispatch(Control{Open{path.string()}});
  }
  const Result<Document> document = open_document(path);
  // A picture that carries no document may be what a model is to look at.
  const bool plain = !document && document.error().code == ErrorCode::Unsupported;
  const ModelPtr& model = viewer_.model();
  if (plain && input && (!model || model->input_kind() != InputKind::Text)) return give_input(path, *input);
  if (!document) return tell(document.error());
  viewer_.open_document(*document, {}, "open " + path.filename().string(), now_);
  remember_opened(path);
}

void DesktopProgram::give_input(const std::filesystem::path& path, InputKind kind) {
  const ModelPtr& model = viewer_.model();
  if (model && model->input_kind() != kind) return tell(wrong_input(*model, kind, path));
  dispatch(Action{SetInput{path.string()}});
  remember_opened(path);
}

void DesktopProgram::remember_opened(const std::filesystem::path& path) {
  std::error_code error;
  const std::string full = std::filesystem::weakly_canonical(path, error).string();
  if (error || full.empty()) return;
  std::erase(saved_.recent, full);
  saved_.recent.insert(saved_.recent.begin(), full);
  if (saved_.recent.size() > kMostRecent) saved_.recent.resize(kMostRecent);
}

void DesktopProgram::list_folder(const std::string& folder, bool typed) {
  std::error_code error;
  std::filesystem::path path = expand_home(folder.empty() ? saved_.folder : folder);
  const bool checkpoint = std::filesystem::exists(path / "config.json", error);
  if (typed && (checkpoint || !std::filesystem::is_directory(path, error))) return open(path);
  if (typed) (void)ui_.apply(Control{Open{}});  // a folder after all: the dialog stays
  if (folder.empty() && !std::filesystem::is_directory(path, error)) {
    path = std::filesystem::current_path(error);
  }
  frame_.files = list_files(path, viewer_.model() ? viewer_.model()->input_kind() : InputKind::Text);
  if (frame_.files.problem.empty()) saved_.folder = frame_.files.folder;
  frame_.files.recent = known_files(saved_.recent, folder.empty());
  // What the folder itself lists stands below anyway.
  std::erase_if(frame_.files.recent, [&](const UiFileEntry& entry) {
    return std::filesystem::path(entry.path).parent_path() == frame_.files.folder;
  });
}

void DesktopProgram::dispatch(const Command& command) {
  const auto* control = std::get_if<Control>(&command);
  if (control && ui_.apply(*control)) {
    draw_again_ = true;
    return;
  }
  const auto* file = control ? std::get_if<Open>(control) : nullptr;
  if (file && (may_carry_document(file->path) || input_kind_of(file->path))) return open(file->path);
  const Status done = viewer_.dispatch(command, now_);
  if (!done) return tell(done.error());
  if (file) remember_opened(file->path);
  if (control && std::holds_alternative<Save>(*control) && !viewer_.file().empty())
    tell("Saved as " + viewer_.file().string());
}

void DesktopProgram::take_requests() {
  for (const Control& control : viewer_.take_requests()) do_request(control);
}

void DesktopProgram::do_request(const Control& control) {
  if (std::holds_alternative<Quit>(control)) {
    quit_ = true;
  } else if (std::holds_alternative<Save>(control)) {
    tell("This document has no file yet", "Type  : save NAME");
  } else if (const auto* picture = std::get_if<SavePng>(&control)) {
    save_picture(*picture);
  } else if (const auto* wanted = std::get_if<Export>(&control)) {
    ExportSettings settings;
    settings.out = wanted->path;
    settings.format = export_format(wanted->path).value_or(ExportFormat::Png);
    settings.fps = usual_fps(settings.format);
    start_export(std::move(settings));
  } else if (std::holds_alternative<StopExport>(control)) {
    if (exports_) exports_->stop();
  } else if (std::holds_alternative<ShowExported>(control)) {
    show_exported();
  } else if (const auto* copied = std::get_if<CopyWords>(&control)) {
    copy_words(copied->words);
  } else if (const auto* dump = std::get_if<DumpScene>(&control)) {
    const Status written = dump_scene(dump->path, viewer_.scene(now_), viewer_.document(),
                                      viewer_.trace().get(), !viewer_.settled(now_));
    if (!written) tell(written.error());
  } else if (const auto* full = std::get_if<SetFullscreen>(&control)) {
    window_->set_fullscreen(resolve(full->fullscreen, window_->fullscreen()));
  }
}

Result<Image> DesktopProgram::picture_of_stage(float scale) {
  Scene scene = viewer_.scene(now_);
  if (!scene.morph) return Error{ErrorCode::Unavailable, "there is no picture yet", "Type a sentence first"};
  scene.pixel_scale = scale;
  scene.highlighted = 0;
  Result<Image> image = renderer_->render_to_image(
      scene, {static_cast<int>(output_.stage_width * scale), static_cast<int>(output_.stage_height * scale)});
  drawn_.reset();  // the renderer's frame is another one now
  draw_stage(pixel_density());
  return image;
}

// The panels once more, at another density: type and stage are drawn as sharp as the picture is large.
Result<Image> DesktopProgram::picture_of_window(float scale) {
  const Color background = theme_colors(viewer_.document().view.theme).background;
  Result<Image> image = Error{ErrorCode::Unsupported, "the window's words do not fit a picture of this size",
                              "Choose a smaller scale"};
  draw_again_ = true;
  // The first time makes the glyphs and the stage of this size, the second shows them.
  for (int attempt = 0; attempt < 2; ++attempt) {
    window_->begin_frame(scale / pixel_density());
    frame_.input = {};
    update_frame();
    frame_.toasts.clear();  // what the last picture was saved as is no part of this one
    const UiOutput output = ui_.draw(frame_);
    draw_stage(scale);
    if (!output.dirty.empty())
      window_->update_font_texture(output.dirty.x, output.dirty.y, output.dirty.width, output.dirty.height);
    Result<Image> drawn = window_->end_frame_as_image(background, frame_.stage.id);
    if (!drawn) return drawn;
    if (attempt == 1 && !output.redraw) image = std::move(drawn);
  }
  draw_stage(pixel_density());
  return image;
}

void DesktopProgram::save_picture(const SavePng& what) {
  const std::filesystem::path path =
      what.path.empty() ? fresh_picture_name() : std::filesystem::path(what.path);
  const Result<Image> image =
      what.of == PictureOf::Window ? picture_of_window(what.scale) : picture_of_stage(what.scale);
  if (!image) return tell(image.error());
  const Status written = write_png(path, *image, {{kDocumentKey, document_text(viewer_.document())}});
  if (!written) return tell(written.error());
  tell("Picture saved as " + path.string(),
       std::to_string(image->width) + " × " + std::to_string(image->height) + " pixels");
}

void DesktopProgram::continue_script() {
  // One command a frame, and only when what came before is drawn: pictures of the window show it.
  const bool exports = exports_ && exports_->state().running();
  if (script_.empty() || draw_again_ || exports || tiles_.busy() || !viewer_.settled(now_)) return;
  const Command command = std::move(script_.front());
  script_.pop_front();
  dispatch(command);
  take_requests();
  draw_again_ = true;
}

}  // namespace headscope
