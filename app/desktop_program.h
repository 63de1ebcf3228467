#pragma once

#include <deque>
#include <filesystem>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "compute/trace_source.h"
#include "desktop.h"
#include "export/background_export.h"
#include "frame_log.h"
#include "head_tiles.h"
#include "open_folder.h"
#include "panel_text.h"
#include "preferences.h"
#include "render/renderer.h"
#include "render/window/panel_picture.h"
#include "render/window/window.h"
#include "scene/strand.h"
#include "ui/ui.h"
#include "viewer/viewer.h"

namespace headscope {

/// The window program: one loop that waits for events, lets the viewer follow time, draws the stage when it
/// changed and the panels, and hands on what they ask for.
class DesktopProgram {
 public:
  /// Errors: Unavailable (no display, no OpenGL), NotFound (shaders), InvalidArgument (size, commands).
  static Result<std::unique_ptr<DesktopProgram>> create(const DesktopOptions& options);
  ~DesktopProgram();

  /// Until the window is closed or `stop` asks for the end. Returns the exit status.
  int run(const std::stop_token& stop);

 private:
  DesktopProgram(const DesktopOptions& options, std::unique_ptr<Window> window);

  // Commands (desktop_commands.cpp)
  void open(const std::filesystem::path& path);
  /// Gives the model a picture or a sound, or says why it takes none.
  void give_input(const std::filesystem::path& path, InputKind kind);
  void dispatch(const Command& command);
  void take_requests();
  void remember_opened(const std::filesystem::path& path);
  void list_folder(const std::string& folder, bool typed);
  void do_request(const Control& control);
  void save_picture(const SavePng& what);
  Result<Image> picture_of_stage(float scale);
  Result<Image> picture_of_window(float scale);
  void continue_script();
  void tell(const Error& error);
  void tell(std::string message, std::string hint = {});

  // Exporting (desktop_export.cpp)
  ExportOrder order_of(const ExportSettings& settings);
  BackgroundExport& exporter();
  void preview_export(const ExportSettings& settings);
  void start_export(ExportSettings settings);
  /// Takes over how far it is, and tells how it ended.
  void follow_export();
  void tell_exported(const ExportState& state);
  void update_export();
  void show_exported();
  void copy_words(PictureWords words);
  /// Whether the window may go: an export that runs is asked about first.
  bool closing();
  void leave(UiLeave answer);

  // What the panels show (desktop_frame.cpp)
  void update_frame();
  void update_head_colors(const Document& document);
  UiColor head_color_of(HeadRef head) const;
  void update_head_tiles();
  void update_inspector();
  void fill_inspector();
  void fill_head(const AttentionTrace& trace, HeadRef head);
  void fill_mix(const Strand& strand);
  void fill_mixed_edge(const AttentionTrace& trace, const Strand& strand, int query, int key, float weight);
  void update_unknown_words();
  /// What stands in and below the field of the sentence, and what an empty stage offers.
  void update_reading();
  void update_second_text();
  void update_timeline();
  void update_story(const Timeline& timeline);
  void update_missing_model();

  double seconds_to_wait(const FrameNeeds& needs) const;
  void take_input();
  void follow_stage_mouse(const UiStageMouse& mouse);
  Scene scene_when_presented() const;
  void draw_stage(float density);
  void dump_frame();
  void draw_frame();
  float pixel_density() const;
  void remember_window();
  /// Why a text has no picture, once for each reason.
  void tell_trace_error();
  bool is_asked_about(const Error& error) const;
  /// Puts a checkpoint folder that was opened at the head of `recent_models`.
  void remember_opened_model();

  DesktopOptions options_;
  std::filesystem::path preferences_path_;
  Preferences saved_;
  std::unique_ptr<Window> window_;
  FontLibrary fonts_;
  std::unique_ptr<Renderer> renderer_;
  Ui ui_;
  PanelText text_;
  Viewer viewer_;
  UiFrame frame_;
  ShownStoryPtr pictures_of_;  ///< which story step_pictures_ belong to
  std::vector<UiPicture> step_pictures_;
  UiOutput output_;
  std::vector<UiUnknownWord> second_unknown_words_;

  std::string last_trace_error_;
  std::string last_opened_model_;
  std::string sought_model_, sought_start_;  ///< the names that `UiFrame::missing_model` speaks of
  FrameLog frame_log_;                       ///< --frame-times
  double now_ = 0;
  double frame_seconds_ = 0;  ///< that the last frame took until it was presented
  int n_turns_ = 0, n_dumps_ = 0;
  Document dumped_;
  bool dumped_settled_ = false;
  bool quit_ = false, draw_again_ = true;
  std::optional<Scene> drawn_;  ///< the stage as it was drawn last
  FrameSize drawn_size_;
  TracePtr tiles_trace_, words_trace_;
  /// What the inspector was filled from: it is filled anew when this changes, not in every frame.
  struct InspectorOf {
    TracePtr trace;
    ModelPtr model;
    Selection selection;
    Palette palette = Palette::Heads;
    Theme theme = Theme::Dark;
    Meaning hover;
    std::uint64_t heads_revision = 0;
    friend bool operator==(const InspectorOf&, const InspectorOf&) = default;
  };
  std::optional<InspectorOf> inspector_of_;
  /// The colours of the chosen heads, as long as these are the same.
  struct StageColors {
    std::vector<HeadRef> heads;
    Palette palette = Palette::Heads;
    Theme theme = Theme::Dark;
    std::vector<Color> colors;  ///< of `heads`
  };
  StageColors stage_colors_;
  HeadTiles tiles_{&Window::post_empty_event};
  struct Toast {
    UiToast toast;
    double until = 0;
  };
  std::vector<Toast> toasts_;
  int next_toast_ = 1;
  // The export: made when it is first asked for.
  std::unique_ptr<BackgroundExport> exports_;
  std::shared_ptr<TraceSource> export_traces_;  ///< used on the export's thread
  std::string export_model_;                    ///< whose traces those are
  PanelPicture export_picture_;
  std::optional<ExportSettings> previewed_;
  std::string export_place_;  ///< why nothing can be written there; "" when it can
  std::uint64_t preview_number_ = 0, preview_shown_ = 0;
  bool follows_export_ = false;  ///< its end has not been told yet
  bool close_after_export_ = false;
  std::string exported_;  ///< the file or folder that was written last
  FolderOpener folders_{&Window::post_empty_event};
  std::deque<Command> script_;  ///< --do: each waits until the picture of the one before stands
};

}  // namespace headscope
