#pragma once

#include <cstdint>

namespace headscope {

/// A number that no other model of this process has. Thread-safe.
std::uint64_t next_model_instance();

}  // namespace headscope
