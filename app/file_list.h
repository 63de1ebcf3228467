#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "models/model.h"
#include "ui/ui_files.h"

namespace headscope {

/// What of a folder can be opened or entered: folders and checkpoints first, then files, each by name; hidden
/// ones left out, at most 5,000. Pictures and sounds are there for a model that reads them. A folder that
/// cannot be read has a `problem` and no entries.
UiFiles list_files(const std::filesystem::path& folder, InputKind wanted);

/// The same entry for something opened before; its kind is looked up. Empty name: it is gone.
UiFileEntry file_entry(const std::filesystem::path& path);

/// What was opened before, files and models, the last ones first; with `found` also the checkpoints in the
/// usual places of this machine (models/model_folders.h). Nothing twice, nothing that is gone.
std::vector<UiFileEntry> known_files(const std::vector<std::string>& recent, bool found);

/// "~/…" with the person's own folder in front.
std::filesystem::path expand_home(const std::string& path);

}  // namespace headscope
