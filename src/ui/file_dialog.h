#pragma once

#include "ui/sheet.h"

namespace headscope {

/// What can be chosen now: recent files first, then the folder; those whose name has `filter` in it, in any
/// case.
std::vector<const UiFileEntry*> matching_files(const UiFiles& files, std::string_view filter);
/// Of those what the dialog's purpose has a use for. While a folder is to be chosen: the one on show, then
/// those in it.
std::vector<const UiFileEntry*> choices(FileDialogState& dialog, const UiFiles& files);

/// Enters or opens what is chosen. A filter that is a path itself ("/…", "~/…") is opened as it stands.
void submit_file(UiState& state, const UiFiles& files, UiOutput& out);

/// Asks for a folder's files: UiOutput::list_folder. "" is the folder shown last.
void show_folder(FileDialogState& dialog, std::string folder);

/// One key while the dialog is open; typed characters narrow the list.
void handle_file_key(UiState& state, const UiFiles& files, std::vector<UiKey>& key,
                     std::vector<char32_t>& typed, UiOutput& out);

void draw_file_dialog(PanelContext& panel, UiState& state);

}  // namespace headscope
