#pragma once

#include <cstddef>

namespace headscope {

/// Rows are added up in lanes, so that the compiler may make vectors of them.
inline constexpr std::size_t kLanes = 16;

}  // namespace headscope
