#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"

namespace headscope {

/// The longest text that is taken, in code points.
inline constexpr std::size_t kMaxTextCharacters = 100'000;

/// Text as the document keeps it: well-formed UTF-8 without NUL. Errors: InvalidArgument when it is too long.
Result<std::string> clean_text(std::string_view text);

}  // namespace headscope
