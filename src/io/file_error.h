#pragma once

#include <filesystem>
#include <string>

#include "base/result.h"

namespace headscope {

/// What the operating system refused, as one sentence and one hint: "cannot write 'a.png': the disk is full".
///   verb    "open", "read", "write", …
///   number  errno at the moment it failed
Error file_error(const std::string& verb, const std::filesystem::path& path, int number);

}  // namespace headscope
