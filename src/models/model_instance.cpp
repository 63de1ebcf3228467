#include "models/model_instance.h"

#include <atomic>

namespace headscope {

std::uint64_t next_model_instance() {
  static std::atomic<std::uint64_t> counter{0};
  return ++counter;
}

}  // namespace headscope
