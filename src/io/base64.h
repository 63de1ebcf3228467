#pragma once

#include <string>
#include <string_view>

namespace headscope {

/// RFC 4648, section 4, in one line.
std::string base64(std::string_view bytes);

}  // namespace headscope
