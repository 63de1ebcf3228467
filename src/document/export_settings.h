#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "document/document_state.h"

/// What is asked for when a picture or an animation is to become a file: the same for `headscope render` and
/// for the window's dialog.
namespace headscope {

enum class ExportFormat { Png, Svg, Pdf, Frames, Mp4, WebM, Gif, Apng };

/// By the ending of the name; a name without one is a folder of frames. None: an ending that is not known.
std::optional<ExportFormat> export_format(const std::filesystem::path& out);
/// ".png"; "" for a folder of frames.
std::string_view ending_of(ExportFormat format);
/// `out` with the ending of another format; for a folder of frames without one.
std::filesystem::path with_ending(std::filesystem::path out, ExportFormat format);
/// One moment rather than many.
bool is_still(ExportFormat format);
/// Whether its pixels can let through what lies behind them.
bool can_be_transparent(ExportFormat format);
/// Whether Headscope finds the document in it again.
bool carries_document(ExportFormat format);
/// The rate that suits the format when nobody asked for another, frames a second: 60, for GIF 25.
double usual_fps(ExportFormat format);

inline constexpr int kMinExportSide = 64, kMaxExportSide = 16384;  ///< device pixels
inline constexpr double kMinExportFps = 1, kMaxExportFps = 240;

struct ExportSettings {
  ExportFormat format = ExportFormat::Png;
  std::string out;  ///< a file, of frames a folder
  int width = 1920, height = 1080;
  float scale = 0;           ///< device pixels per logical pixel; 0: by the size
  double page_width_cm = 0;  ///< of a PDF; 0: a logical pixel is 1/96 inch
  double fps = 60, begin_secs = 0;
  double end_secs = -1;        ///< below 0: the end
  std::optional<Theme> theme;  ///< none: the document's
  bool transparent = false;
  bool title = false, legend = true, caption = false, footer = false;
  bool with_document = true;  ///< so that Headscope can open the file again
  friend bool operator==(const ExportSettings&, const ExportSettings&) = default;
};

struct ExportPreset {
  std::string_view name, title;  ///< as typed; as shown
  int width, height;
  float scale;
  std::optional<Theme> theme;
  double page_width_cm;
};
/// A slide of 1080 lines, 4K, a square, and the column of a paper: 8.5 cm wide, at 300 dots an inch 1004
/// pixels, composed on a stage of 480.
std::span<const ExportPreset> export_presets();
/// Takes over what the preset says: sizes, and a theme if it has one.
void use_preset(ExportSettings& settings, const ExportPreset& preset);
/// The preset that these sizes are; null: none.
const ExportPreset* preset_of(const ExportSettings& settings);

/// Whether it can be asked for at all, whatever is exported. Errors: InvalidArgument.
Status check_settings(const ExportSettings& settings);

}  // namespace headscope
