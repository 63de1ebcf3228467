#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ui/export_dialog.h"
#include "ui/text_field.h"
#include "ui/widgets.h"

namespace headscope {

enum class HeadSort { Layer, Entropy, Distance, First, Previous };

/// What the panels remember between sessions; none of it is in a document.
struct UiPreferences {
  HeadSort sort = HeadSort::Layer;
  friend bool operator==(const UiPreferences&, const UiPreferences&) = default;
};

/// What becomes of what is chosen: it is opened, files are exported into it, or it is the model that a
/// document asks for.
enum class FilePurpose { Open, ExportFolder, Model };

/// The dialog behind "Open…".
struct FileDialogState {
  bool open = false;
  TextField filter;
  int choice = 0, first = 0;          ///< the row that Enter takes, and the one on top
  int shown_choice = 0;               ///< the choice that was brought into view last
  int page = 1;                       ///< rows that fit
  std::optional<std::string> wanted;  ///< a folder to list
  bool open_path = false;             ///< it was typed and may be a file
  FilePurpose purpose = FilePurpose::Open;
  UiFileEntry here;  ///< while choosing: the folder on show itself
};

/// A rectangle in window units.
struct Area {
  float x = 0, y = 0, width = 0, height = 0;
  float right() const { return x + width; }
  float bottom() const { return y + height; }
};

/// Where the panels stand.
struct UiLayout {
  Area top, left, right, timeline, center, stage;
};

/// What the panels remember from frame to frame.
struct UiState {
  UiPreferences preferences;
  TextField sentence, second, palette;
  FileDialogState files;
  ExportDialogState exporting;
  bool recovery_shown = false;
  // The keyboard in the grid of heads: the tile it stands on, -1 while it is elsewhere.
  int grid_cursor = -1;
  bool help_open = false, palette_open = false, model_menu_open = false;
  float help_scroll = 0;
  int palette_choice = 0;
  // The grid of heads: where the pictures are in the atlas, and a selection being dragged.
  std::uint64_t tiles_revision = 0;
  int tiles_pixels = 0;
  MatrixColors tiles_colors = MatrixColors::Viridis;
  Theme tiles_theme = Theme::Dark;
  int drag_from = -1, drag_to = -1;
  // The strip of a story: how far it is scrolled, a step being dragged, what is to be typed.
  float story_scroll = 0;
  int story_seen = -1, story_drag = -1;
  bool story_dragging = false;
  std::optional<StepPart> wanted_edit;
};

// One function a panel; each draws in its area of the current ImGui window.
void draw_top_bar(PanelContext& panel, UiState& state, const Area& area);
/// Encoder, decoder or cross-attention, above the heads of the chosen one.
void draw_part_choice(PanelContext& panel, const Area& area, float& y);
void draw_head_grid(PanelContext& panel, UiState& state, Atlas& atlas, const Area& area, float& y);
void draw_show_section(PanelContext& panel, const Area& area, float& y);
/// One key while it is in the grid of heads. Returns false when the key means nothing there.
bool handle_grid_key(UiState& state, const UiFrame& frame, std::string_view chord, UiOutput& out);
void draw_inspector(PanelContext& panel, const Area& area, float& y);
void draw_timeline(PanelContext& panel, UiState& state, const Area& area);
/// The steps of a story as small pictures, with a playhead that runs through them.
void draw_story_strip(PanelContext& panel, UiState& state, const Area& area);
/// Logical pixels.
inline constexpr float kTimelineHeight = 92, kStripHeight = 166;
/// Opens the command line with what a part of the step on show is now.
void begin_step_edit(const UiStory& story, StepPart part, UiState& state);
/// The sentence above the stage, and the second one where there are two; returns their height.
float draw_sentence(PanelContext& panel, UiState& state, const Area& area);
void draw_stage(PanelContext& panel, const Area& area);
void draw_help(PanelContext& panel, UiState& state);
void draw_palette(PanelContext& panel, UiState& state);
/// Runs what stands in the palette, or completes the chosen command when it wants arguments.
void submit_palette(UiState& state, UiOutput& out);
void draw_model_menu(PanelContext& panel, UiState& state, float x, float y, float width);
void draw_toasts(PanelContext& panel, const Area& stage);
/// How much of the top of the stage a question takes; 0: none is asked.
float question_height(const PanelContext& panel, const Area& stage);
void draw_recovery(PanelContext& panel, const Area& stage);
void draw_missing_model(PanelContext& panel, const Area& stage);

}  // namespace headscope
