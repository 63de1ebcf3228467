#pragma once

#include <chrono>

namespace headscope {

inline double secs_since(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

}  // namespace headscope
