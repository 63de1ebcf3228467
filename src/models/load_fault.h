#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>

#include "base/result.h"

namespace headscope {

/// What went wrong with numbers that were read after their checkpoint was opened: the first error stays.
/// Shared by all parameters of a checkpoint; thread-safe.
class LoadFault {
 public:
  void set(const Error& error) {
    const std::lock_guard lock(mutex_);
    if (!error_) error_ = error;
    any_.store(true, std::memory_order_release);
  }
  std::optional<Error> get() const {
    if (!any_.load(std::memory_order_acquire)) return std::nullopt;
    const std::lock_guard lock(mutex_);
    return error_;
  }

 private:
  std::atomic<bool> any_{false};
  mutable std::mutex mutex_;
  std::optional<Error> error_;  // guarded by mutex_
};
using LoadFaultPtr = std::shared_ptr<LoadFault>;

}  // namespace headscope
