#include <algorithm>
#include <chrono>
#include <ctime>
#include <filesystem>

#include "base/paths.h"
#include "desktop_program.h"
#include "document/document_json.h"
#include "export/render_document.h"
#include "io/image.h"
#include "scene_dump.h"

namespace headscope {

namespace {

constexpr const char* kFirstSentence = "the dog did not cross the street because it was too tired .";

// One command a line: a ";" outside of quotes ends a line too.
std::string lines_of(std::string_view script) {
  std::string lines;
  bool quoted = false, escaped = false;
  for (const char c : script) {
    if (quoted && !escaped && c == '\\') {
      escaped = true;
      lines += c;
      continue;
    }
    if (c == '"' && !escaped) quoted = !quoted;
    escaped = false;
    if (c == ';' && !quoted) {
      lines += '\n';
      continue;
    }
    lines += c;
  }
  std::string trimmed;
  bool at_start = true;
  for (const char c : lines) {
    if (at_start && c == ' ') continue;
    at_start = c == '\n';
    trimmed += c;
  }
  return trimmed;
}

// "headscope-20251120-124501.png": never one that is there already.
std::filesystem::path fresh_picture_name() {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  char stamp[32];
  std::strftime(stamp, sizeof stamp, "%Y%m%d-%H%M%S", std::localtime(&seconds));
  std::filesystem::path path = std::string("headscope-") + stamp + ".png";
  std::error_code ignored;
  for (int i = 2; std::filesystem::exists(path, ignored); ++i) {
    path = std::string("headscope-") + stamp + "-" + std::to_string(i) + ".png";
  }
  return path;
}

}  // namespace

void DesktopProgram::tell(const Error& error) {
  if (error.code == ErrorCode::Cancelled) return;
  if (!toasts_.empty() && toasts_.back().toast.message == error.message) {
    toasts_.back().until = now_ + 8;
    return;
  }
  toasts_.push_back({{next_toast_++, error.message, error.hint, true, 1}, now_ + 8});
  if (toasts_.size() > 4) toasts_.erase(toasts_.begin());
}

void DesktopProgram::tell(std::string message, std::string hint) {
  toasts_.push_back({{next_toast_++, std::move(message), std::move(hint), false, 1}, now_ + 4});
}

void DesktopProgram::open_at_start() {
  Document first;
  first.text = kFirstSentence;
  session_.history() = History(first);
  safe_ = first;
  const std::filesystem::path folder = state_dir() / "autosave";
  left_ = Autosave::take_left(folder);
  Result<Autosave> started = Autosave::start(folder);
  if (started)
    autosave_.emplace(std::move(*started));
  else
    tell(started.error());
  if (!options_.file.empty()) open(options_.file);
}

void DesktopProgram::open(const std::filesystem::path& path) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) {
    const Status changed = session_.run(SetModel{path.string()}, now_);
    if (!changed) tell(changed.error());
    return;
  }
  Result<Document> document = Error{};
  if (path.extension() == ".png") {
    const Result<DecodedImage> image = read_png(path);
    if (!image) return tell(image.error());
    const auto text = std::find_if(image->texts.begin(), image->texts.end(),
                                   [](const auto& t) { return t.first == kDocumentKey; });
    if (text == image->texts.end()) {
      return tell({ErrorCode::Unsupported, "'" + path.filename().string() + "' carries no document",
                   "Open a picture that Headscope saved"});
    }
    document = parse_document(text->second, path.filename().string());
  } else {
    document = load_document(path);
  }
  if (!document) return tell(document.error());
  session_.history() = History(*document);
  safe_ = *document;
  document_path_ = path.extension() == ".png" ? "" : path.string();
}

void DesktopProgram::run_script(std::string_view script) {
  if (script.empty()) return;
  const Result<std::vector<Command>> commands = parse_script(lines_of(script));
  if (!commands) return tell(commands.error());
  for (const Command& command : *commands) run(command);
}

void DesktopProgram::run(const Command& command) {
  if (const auto* control = std::get_if<Control>(&command)) return run_control(*control);
  const Status done = session_.run(std::get<Action>(command), now_);
  if (!done) tell(done.error());
}

void DesktopProgram::run_control(const Control& control) {
  if (ui_.apply(control)) return;
  History& history = session_.history();
  if (std::holds_alternative<Undo>(control))
    history.undo();
  else if (std::holds_alternative<Redo>(control))
    history.redo();
  else if (const auto* step = std::get_if<StepEdit>(&control))
    history.go_to(std::clamp(history.cursor() + step->by, 0, history.n_states() - 1));
  else if (const auto* go = std::get_if<GoToEdit>(&control))
    history.go_to(go->edit);
  else if (const auto* seek = std::get_if<Seek>(&control)) {
    const int last = session_.trace() ? session_.trace()->n_tokens() - 1 : 0;
    run(Action{SetQuery{seek->step ? std::min(static_cast<int>(*seek->step), last) : last}});
  } else if (std::holds_alternative<Escape>(control)) {
    if (session_.document().view.present)
      run(Action{SetPresent{Switch::Off}});
    else
      run(Action{Release{}});
  } else if (std::holds_alternative<Quit>(control))
    quit_ = true;
  else if (const auto* file = std::get_if<Open>(&control)) {
    if (file->path.empty())
      tell("Drop a document, a checkpoint folder or a saved picture onto the window", "Or type  : open PATH");
    else
      open(file->path);
  } else if (const auto* save_as = std::get_if<Save>(&control))
    save(save_as->path);
  else if (const auto* picture = std::get_if<SavePng>(&control))
    save_picture(*picture);
  else if (const auto* dump = std::get_if<DumpScene>(&control)) {
    const Status written =
        dump_scene(dump->path, session_.scene(now_), session_.document(), session_.trace().get());
    if (!written) tell(written.error());
  } else if (const auto* reduce = std::get_if<SetReduceMotion>(&control))
    session_.reduce_motion = resolve(reduce->reduce, session_.reduce_motion);
  else if (const auto* full = std::get_if<SetFullscreen>(&control))
    window_->set_fullscreen(resolve(full->fullscreen, window_->fullscreen()));
  else if (std::holds_alternative<NewDocument>(control)) {
    Document fresh;
    fresh.model = session_.document().model;
    fresh.view.theme = session_.document().view.theme;
    session_.history() = History(fresh);
    document_path_.clear();
  }
}

void DesktopProgram::save(const std::string& path) {
  const std::string target = path.empty() ? document_path_ : path;
  if (target.empty()) return tell("This document has no file yet", "Type  : save NAME.headscope");
  const Status written = save_document(session_.document(), target);
  if (!written) return tell(written.error());
  document_path_ = target;
  if (autosave_) autosave_->discard_copy();
  safe_ = session_.document();
  tell("Saved as " + target);
}

void DesktopProgram::save_picture(const SavePng& what) {
  const std::filesystem::path path =
      what.path.empty() ? fresh_picture_name() : std::filesystem::path(what.path);
  Result<Image> image = Error{ErrorCode::Unavailable, "there is no picture yet", "Type a sentence first"};
  if (what.of == PictureOf::Window) {
    image = window_->read_pixels();
  } else if (Scene scene = session_.scene(now_); scene.morph) {
    scene.pixel_scale = what.scale;
    image = renderer_->render_to_image(scene, {static_cast<int>(output_.stage_width * what.scale),
                                               static_cast<int>(output_.stage_height * what.scale)});
    drawn_size_ = {};
  }
  if (!image) return tell(image.error());
  const Status written = write_png(path, *image, {{kDocumentKey, document_text(session_.document())}});
  if (!written) return tell(written.error());
  tell("Picture saved as " + path.string(),
       std::to_string(image->width) + " × " + std::to_string(image->height) + " pixels");
}

}  // namespace headscope
