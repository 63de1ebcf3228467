#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "document/command.h"

/// What `?` lists: every key and command, by what they are about.
namespace headscope {

/// One line of the list.
struct KeyLine {
  std::vector<std::string> keys;  ///< one a cap: "Ctrl+Z", "1 … 8", "→"
  std::string help, usage;        ///< usage: "set-threshold 0…1"; empty for the mouse
};

struct KeySection {
  std::string title;
  std::vector<KeyLine> lines;  ///< those with keys first
};

/// Every command stands in exactly one section.
const std::vector<KeySection>& key_sections();

/// The chords of a command as they are shown: arrows as signs, digits in a row as one.
std::vector<std::string> shown_keys(std::string_view command_name);

}  // namespace headscope
