#include "document/export_settings.h"

#include <array>
#include <cmath>

namespace headscope {

namespace {

/// In the order of ExportFormat.
constexpr std::array<std::string_view, 8> kEndings = {".png", ".svg",  ".pdf", "",
                                                      ".mp4", ".webm", ".gif", ".apng"};

constexpr std::array<ExportPreset, 4> kPresets = {
    {{"slide", "Slide", 1920, 1080, 0, {}, 0},
     {"4k", "4K", 3840, 2160, 0, {}, 0},
     {"square", "Square", 1080, 1080, 1.5f, {}, 0},
     {"paper", "Paper", 1004, 754, 1004.0f / 480, Theme::Light, 8.5}}};

Error wrong(std::string message, std::string hint) {
  return {ErrorCode::InvalidArgument, std::move(message), std::move(hint)};
}

}  // namespace

std::optional<ExportFormat> export_format(const std::filesystem::path& out) {
  std::string ending = out.extension().string();
  for (char& c : ending) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  for (std::size_t i = 0; i < kEndings.size(); ++i)
    if (kEndings[i] == ending) return static_cast<ExportFormat>(i);
  return std::nullopt;
}

std::string_view ending_of(ExportFormat format) {
  return kEndings[static_cast<std::size_t>(format)];
}

std::filesystem::path with_ending(std::filesystem::path out, ExportFormat format) {
  // A point within a name ("fig.2") is no ending of ours.
  if (export_format(out)) out.replace_extension();
  out += ending_of(format);
  return out;
}

bool is_still(ExportFormat format) {
  return format == ExportFormat::Png || format == ExportFormat::Svg || format == ExportFormat::Pdf;
}

bool can_be_transparent(ExportFormat format) {
  return format != ExportFormat::Mp4;
}

bool carries_document(ExportFormat format) {
  return is_still(format) || format == ExportFormat::Frames || format == ExportFormat::Apng;
}

double usual_fps(ExportFormat format) {
  return format == ExportFormat::Gif ? 25 : 60;
}

std::span<const ExportPreset> export_presets() {
  return kPresets;
}

void use_preset(ExportSettings& settings, const ExportPreset& preset) {
  settings.width = preset.width;
  settings.height = preset.height;
  settings.scale = preset.scale;
  settings.page_width_cm = preset.page_width_cm;
  if (preset.theme) settings.theme = preset.theme;
}

const ExportPreset* preset_of(const ExportSettings& settings) {
  for (const ExportPreset& preset : kPresets) {
    if (preset.width == settings.width && preset.height == settings.height && preset.scale == settings.scale)
      return &preset;
  }
  return nullptr;
}

Status check_settings(const ExportSettings& settings) {
  const auto fits = [](int side) { return side >= kMinExportSide && side <= kMaxExportSide; };
  if (!fits(settings.width) || !fits(settings.height))
    return wrong("a picture is 64 to 16384 pixels wide and high", "1920 × 1080 suits slides");
  if (settings.out.empty()) return wrong("the file has no name yet", "Type one, such as talk.mp4");
  const std::optional<ExportFormat> named = export_format(settings.out);
  if (!named)
    return wrong(
        "files that end in " + std::filesystem::path(settings.out).extension().string() + " are not written",
        "Name a .png, .svg, .pdf, .mp4, .webm, .gif or .apng, or a folder for the frames");
  if (named != settings.format) {
    return wrong(settings.format == ExportFormat::Frames
                     ? "frames go into a folder, whose name has no ending"
                     : "this kind of file ends in " + std::string(ending_of(settings.format)),
                 "Change the name or the kind of file");
  }
  if (is_still(settings.format)) return {};
  if (!std::isfinite(settings.fps) || settings.fps < kMinExportFps || settings.fps > kMaxExportFps)
    return wrong("an animation has 1 to 240 frames a second", "60 is smooth, 25 suits a GIF");
  const bool in_order = settings.begin_secs >= 0 && std::isfinite(settings.begin_secs) &&
                        (settings.end_secs < 0 || settings.end_secs > settings.begin_secs);
  if (!in_order) return wrong("the end of the range comes before its begin", "Leave it empty for everything");
  return {};
}

}  // namespace headscope
