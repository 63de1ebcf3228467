#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "io/json.h"

namespace headscope {

/// The classes of a classifier by number, as config.json names them; a file that names none has two,
/// "LABEL_0" and "LABEL_1". Errors: Corrupt.
Result<std::vector<std::string>> class_names(const Json& config);

}  // namespace headscope
