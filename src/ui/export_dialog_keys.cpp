#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>

#include "ui/file_dialog.h"

namespace headscope {

namespace {

TextField& field(ExportDialogState& dialog, ExportRow row) {
  return dialog.fields[static_cast<std::size_t>(row)];
}

/// "12.5", "12,5", "12.5 s"; none: something else.
std::optional<double> number_in(std::string text) {
  std::erase_if(text, [](char c) { return c == ' ' || c == 's'; });
  std::replace(text.begin(), text.end(), ',', '.');
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

std::string text_of(const ExportSettings& settings, ExportRow row) {
  switch (row) {
    case ExportRow::Width:
      return std::to_string(settings.width);
    case ExportRow::Height:
      return std::to_string(settings.height);
    case ExportRow::Fps:
      return number(settings.fps, std::fmod(settings.fps, 1) == 0 ? 0 : 2);
    case ExportRow::Begin:
      return number(settings.begin_secs, std::fmod(settings.begin_secs, 1) == 0 ? 0 : 2);
    case ExportRow::End:
      return settings.end_secs < 0 ? ""
                                   : number(settings.end_secs, std::fmod(settings.end_secs, 1) == 0 ? 0 : 2);
    default:
      return settings.out;
  }
}

/// What stands in a field becomes the setting, or is found wrong.
void take_field(ExportDialogState& dialog, ExportRow row) {
  ExportSettings& settings = dialog.settings;
  const std::string text = field(dialog, row).edit.text();
  dialog.fault.clear();
  if (row == ExportRow::Out) {
    settings.out = text;
    // A name that says what it is chooses the kind of file.
    const std::optional<ExportFormat> named = export_format(text);
    if (named && *named != ExportFormat::Frames && *named != settings.format) {
      const std::string typed = settings.out;
      choose_format(dialog, *named);
      settings.out = typed;
    }
    return;
  }
  const bool empty = text.find_first_not_of(' ') == std::string::npos;
  if (empty && row == ExportRow::Begin) return void(settings.begin_secs = 0);
  if (empty && row == ExportRow::End) return void(settings.end_secs = -1);
  const std::optional<double> value = number_in(text);
  if (!value || std::abs(*value) > 1e6) {
    dialog.fault = "“" + text + "” is no number";
    return;
  }
  const int whole = static_cast<int>(std::lround(*value));
  switch (row) {
    case ExportRow::Width:
    case ExportRow::Height:
      (row == ExportRow::Width ? settings.width : settings.height) = whole;
      settings.scale = 0;
      settings.page_width_cm = 0;
      break;
    case ExportRow::Fps:
      settings.fps = *value;
      break;
    case ExportRow::Begin:
      settings.begin_secs = *value;
      break;
    default:
      settings.end_secs = std::max(0.0, *value);
  }
}

bool* switch_of(ExportSettings& settings, ExportRow row) {
  switch (row) {
    case ExportRow::Transparent:
      return &settings.transparent;
    case ExportRow::Title:
      return &settings.title;
    case ExportRow::Caption:
      return &settings.caption;
    case ExportRow::Legend:
      return &settings.legend;
    case ExportRow::Footer:
      return &settings.footer;
    case ExportRow::Document:
      return &settings.with_document;
    default:
      return nullptr;
  }
}

template <class List>
std::size_t index_in(const List& list, const auto& wanted) {
  return static_cast<std::size_t>(std::find(list.begin(), list.end(), wanted) - list.begin());
}

/// Left and right on a row of choices.
void change(ExportDialogState& dialog, int by) {
  ExportSettings& settings = dialog.settings;
  const auto step = [by](std::size_t now, std::size_t n) {
    return std::min(n - 1, static_cast<std::size_t>(std::max(0, static_cast<int>(now) + by)));
  };
  if (bool* on = switch_of(settings, dialog.row)) return void(*on = !*on);
  if (dialog.row == ExportRow::Format)
    choose_format(dialog, kFormatOrder[step(index_in(kFormatOrder, settings.format), kFormatOrder.size())]);
  if (dialog.row == ExportRow::Preset) {
    const auto presets = export_presets();
    const ExportPreset* now = preset_of(settings);
    use_preset(settings, now ? presets[step(static_cast<std::size_t>(now - presets.data()), presets.size())]
                             : presets[0]);
  }
  if (dialog.row == ExportRow::Theme) {
    constexpr std::array<std::optional<Theme>, 3> kThemes = {std::nullopt, Theme::Dark, Theme::Light};
    settings.theme = kThemes[step(index_in(kThemes, settings.theme), kThemes.size())];
  }
}

void move(ExportDialogState& dialog, int by) {
  int row = static_cast<int>(dialog.row);
  do row = (row + by + kExportRows) % kExportRows;
  while (!applies(static_cast<ExportRow>(row), dialog.settings));
  dialog.row = static_cast<ExportRow>(row);
  if (is_typed(dialog.row)) {
    field(dialog, dialog.row).edit.adopt(text_of(dialog.settings, dialog.row));
    field(dialog, dialog.row).edit.select_all();
  }
}

}  // namespace

bool is_typed(ExportRow row) {
  return (row >= ExportRow::Width && row <= ExportRow::End) || row == ExportRow::Out;
}

bool applies(ExportRow row, const ExportSettings& settings) {
  if (row == ExportRow::Fps || row == ExportRow::Begin || row == ExportRow::End)
    return !is_still(settings.format);
  if (row == ExportRow::Transparent) return can_be_transparent(settings.format);
  if (row == ExportRow::Document) return carries_document(settings.format);
  return true;
}

void choose_format(ExportDialogState& dialog, ExportFormat format) {
  ExportSettings& settings = dialog.settings;
  if (settings.fps == usual_fps(settings.format)) settings.fps = usual_fps(format);
  settings.format = format;
  settings.out = with_ending(settings.out, format).string();
}

void prepare_export(ExportDialogState& dialog, const UiExport& exporting) {
  ExportSettings& settings = dialog.settings;
  const auto named = [&](const std::string& stem) { return with_ending(stem, settings.format).string(); };
  if (settings.out.empty()) {
    settings.format = exporting.has_story ? ExportFormat::Mp4 : ExportFormat::Png;
    settings.out = named(exporting.suggested);
  } else if (dialog.suggested != exporting.suggested && settings.out == named(dialog.suggested)) {
    settings.out = named(exporting.suggested);  // another document, and nobody typed a name
  }
  dialog.suggested = exporting.suggested;
  for (int i = 0; i < kExportRows; ++i) {
    const auto row = static_cast<ExportRow>(i);
    if (!is_typed(row)) continue;
    TextField& typed = field(dialog, row);
    typed.focused = dialog.row == row;
    if (!typed.focused) typed.edit.adopt(text_of(settings, row));
  }
}

std::string export_problem(const ExportDialogState& dialog, const UiExport& exporting) {
  if (!dialog.fault.empty()) return dialog.fault;
  const Status sound = check_settings(dialog.settings);
  return sound ? exporting.problem : sound.error().message;
}

void close_export(ExportDialogState& dialog) {
  dialog.open = false;
  dialog.closed = true;
  dialog.asked.reset();
}

void use_folder(ExportDialogState& dialog, const std::string& folder) {
  const std::filesystem::path name = std::filesystem::path(dialog.settings.out).filename();
  dialog.settings.out = (std::filesystem::path(folder) / name).string();
  field(dialog, ExportRow::Out).edit.adopt(dialog.settings.out);
}

void handle_export_key(UiState& state, const UiFrame& frame, std::vector<UiKey>& key,
                       std::vector<char32_t>& typed, UiOutput& out) {
  ExportDialogState& dialog = state.exporting;
  prepare_export(dialog, frame.exporting);
  const std::string chord = key.empty() ? "" : key[0].chord;
  if (chord == "Escape" || chord == "Ctrl+E") return close_export(dialog);
  if (chord == "Shift+Escape") return out.commands.push_back(Control{StopExport{}});
  if (chord == "Ctrl+O") {
    state.files.open = true;
    state.files.purpose = FilePurpose::ExportFolder;
    return show_folder(state.files, std::filesystem::path(dialog.settings.out).parent_path().string());
  }
  if (chord == "Enter") {
    const bool sound = export_problem(dialog, frame.exporting).empty() && !frame.exporting.running;
    if (sound) dialog.start = true;
    return;
  }
  if (chord == "Tab" || chord == "Down") return move(dialog, 1);
  if (chord == "Shift+Tab" || chord == "Up") return move(dialog, -1);
  if (is_typed(dialog.row)) {
    TextField& field_now = field(dialog, dialog.row);
    if (field_now.handle(key, typed, false)) take_field(dialog, dialog.row);
    return;
  }
  if (chord == "Left") change(dialog, -1);
  if (chord == "Right") change(dialog, 1);
  if (chord == "Space" && switch_of(dialog.settings, dialog.row)) change(dialog, 1);
}

void handle_leaving_key(std::string_view chord, UiOutput& out) {
  if (chord == "Escape") out.leave = UiLeave::Stay;
  if (chord == "Enter") out.leave = UiLeave::WhenDone;
  if (chord == "Delete" || chord == "Ctrl+Q") out.leave = UiLeave::Stop;
}

}  // namespace headscope
