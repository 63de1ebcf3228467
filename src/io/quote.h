#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace headscope {

/// Text from a file, fit to stand in a one-line sentence: 'wte.weight'. Control characters and ill-formed
/// bytes are written as \xNN, and what is longer than `max_bytes` is cut with "…".
std::string quote(std::string_view text, std::size_t max_bytes = 100);

}  // namespace headscope
