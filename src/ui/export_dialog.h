#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "document/export_settings.h"
#include "ui/text_field.h"

namespace headscope {

struct UiState;

/// What can be set in the export dialog, in the order in which the keys go through it.
enum class ExportRow {
  Format,
  Preset,
  Width,
  Height,
  Fps,
  Begin,
  End,
  Theme,
  Transparent,
  Title,
  Caption,
  Legend,
  Footer,
  Document,
  Out
};
inline constexpr int kExportRows = 15;

/// The dialog behind "Export…".
struct ExportDialogState {
  bool open = false;
  ExportSettings settings;
  ExportRow row = ExportRow::Format;
  std::array<TextField, kExportRows> fields;  ///< those of the rows that are typed
  std::string fault;                          ///< what was typed is no number
  std::string suggested;                      ///< where the name that stands there came from
  std::optional<ExportSettings> asked;        ///< what the preview shows, or will
  bool start = false, closed = false;         ///< for the program
  float scroll = 0;
  ExportRow seen = ExportRow::Format;  ///< the row that was brought into view last
};

/// Whether the row means anything for these settings; the keys pass over the others.
bool applies(ExportRow row, const ExportSettings& settings);
bool is_typed(ExportRow row);
/// Fills in what was never set: name and kind of file.
void prepare_export(ExportDialogState& dialog, const UiExport& exporting);
/// Takes over a kind of file, and what goes with it: ending and rate.
void choose_format(ExportDialogState& dialog, ExportFormat format);
/// Why it cannot be exported, a sentence; "" when it can.
std::string export_problem(const ExportDialogState& dialog, const UiExport& exporting);
void close_export(ExportDialogState& dialog);
/// Where the folder is to be that "Folder…" chose.
void use_folder(ExportDialogState& dialog, const std::string& folder);

/// The kinds of files in the order of the dialog: moments first.
inline constexpr std::array<ExportFormat, 8> kFormatOrder = {
    ExportFormat::Png,  ExportFormat::Svg, ExportFormat::Pdf,  ExportFormat::Mp4,
    ExportFormat::WebM, ExportFormat::Gif, ExportFormat::Apng, ExportFormat::Frames};

/// One key while the dialog is open.
void handle_export_key(UiState& state, const UiFrame& frame, std::vector<UiKey>& key,
                       std::vector<char32_t>& typed, UiOutput& out);
/// One key while the window asks what is to become of the export that runs.
void handle_leaving_key(std::string_view chord, UiOutput& out);

void draw_export_dialog(PanelContext& panel, UiState& state);
/// While an export runs: how far it is, at the lower right of the stage.
void draw_export_card(PanelContext& panel, float right, float bottom);
void draw_leaving(PanelContext& panel);

}  // namespace headscope
