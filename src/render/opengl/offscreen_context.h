#pragma once

#include <memory>
#include <string>

#include "base/result.h"

/// An OpenGL 3.3 core context without anything on a screen: for files, tests and machines without a display.
namespace headscope {

class OffscreenContext {
 public:
  /// Tries, in this order: EGL's surfaceless platform (software Mesa and most desktop drivers), EGL on each
  /// graphics device (servers), a window that is never shown. The context is current on the calling thread
  /// afterwards. Errors: Unavailable; the sentence lists what was tried and why each failed.
  static Result<std::unique_ptr<OffscreenContext>> create();
  virtual ~OffscreenContext() = default;
  virtual void make_current() = 0;
  /// "EGL surfaceless", "EGL device 0", "hidden window".
  const std::string& kind() const { return kind_; }
  /// What the driver calls itself: "llvmpipe (LLVM 15.0.6, 256 bits)".
  const std::string& driver() const { return driver_; }

 protected:
  std::string kind_, driver_;
};

}  // namespace headscope
