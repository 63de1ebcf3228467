#pragma once

#include <mutex>
#include <optional>

#include "base/result.h"

namespace headscope {

/// Of several threads that work on one thing, the fault that came first: the others follow from it.
class FirstError {
 public:
  void set(const Error& error) {
    const std::lock_guard lock(mutex_);
    if (!error_) error_ = error;
  }
  std::optional<Error> error() const {
    const std::lock_guard lock(mutex_);
    return error_;
  }

 private:
  mutable std::mutex mutex_;
  std::optional<Error> error_;
};

}  // namespace headscope
