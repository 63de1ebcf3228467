#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "desktop.h"
#include "document/autosave.h"
#include "panel_text.h"
#include "preferences.h"
#include "render/renderer.h"
#include "render/window/window.h"
#include "scene/picking.h"
#include "session.h"
#include "ui/ui.h"

namespace headscope {

/// The window program: one loop that waits for events, lets the session follow time, draws the stage when it
/// changed and the panels, and runs what they ask for.
class DesktopProgram {
 public:
  /// Errors: Unavailable (no display, no OpenGL), NotFound (shaders).
  static Result<std::unique_ptr<DesktopProgram>> create(const DesktopOptions& options);
  ~DesktopProgram();

  int run();

 private:
  DesktopProgram(const DesktopOptions& options, std::unique_ptr<Window> window);

  void open_at_start();
  void open(const std::filesystem::path& path);
  void run_script(std::string_view script);
  void run(const Command& command);
  void run_control(const Control& control);
  void save(const std::string& path);
  void save_picture(const SavePng& what);
  void tell(const Error& error);
  void tell(std::string message, std::string hint = {});

  double seconds_to_wait() const;
  void take_input();
  void follow_mouse(const UiStageMouse& mouse);
  void update_frame();
  void update_head_tiles();
  void update_inspector();
  void update_unknown_words();
  void update_timeline();
  void draw_stage();
  bool draw_frame();
  void autosave();

  DesktopOptions options_;
  std::filesystem::path preferences_path_;
  Preferences saved_;
  std::unique_ptr<Window> window_;
  FontLibrary fonts_;
  std::unique_ptr<Renderer> renderer_;
  Ui ui_;
  PanelText text_;
  Session session_;
  UiFrame frame_;
  UiOutput output_;

  double now_ = 0;
  bool quit_ = false;
  // The stage as it was drawn last.
  Scene drawn_;
  FrameSize drawn_size_;
  ElementKey hovered_key_ = 0;
  Meaning hovered_;
  // The head grid is filled a few tiles a frame, so that a large model never holds up typing.
  TracePtr tiles_trace_, words_trace_;
  std::size_t n_tiles_ready_ = 0, n_tile_layers_ = 0;
  struct Toast {
    UiToast toast;
    double until = 0;
  };
  std::vector<Toast> toasts_;
  int next_toast_ = 1;
  std::optional<Autosave> autosave_;
  std::vector<LeftDocument> left_;
  Document safe_;  ///< what the safety copy holds
  double unsafe_since_ = -1;
  std::string document_path_;
};

}  // namespace headscope
