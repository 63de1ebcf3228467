#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace headscope {

/// What can be opened.
struct UiFileEntry {
  enum class Kind { Folder, Checkpoint, Document, Picture, Sound, Dump } kind = Kind::Folder;
  std::string name;         ///< what is shown
  std::string path;         ///< what is opened, or entered
  std::string detail;       ///< "checkpoint · llama", "folder"
  std::string origin = {};  ///< "recent", "found on this machine"; "" when it is in the folder
};

/// One folder, as the dialog behind "Open…" shows it.
struct UiFiles {
  std::string folder;  ///< shown above the list
  std::string parent;  ///< "" at the top
  std::vector<UiFileEntry> entries;
  std::vector<UiFileEntry> recent;  ///< opened before, the last one first, then models found elsewhere
  std::string problem;              ///< why the folder cannot be read; "" when it can
};

}  // namespace headscope
