#pragma once

#include "base/result.h"

/// GLFW is one library with one state: whoever needs it holds a GlfwLibrary, and the last one lets it go.
namespace headscope {

class GlfwLibrary {
 public:
  /// Errors: Unavailable, with GLFW's own reason (for instance that there is no display), or that
  /// another thread has it.
  static Result<GlfwLibrary> acquire();
  GlfwLibrary() = default;
  GlfwLibrary(GlfwLibrary&& other) noexcept : held_(other.held_) { other.held_ = false; }
  GlfwLibrary& operator=(GlfwLibrary&& other) noexcept;
  ~GlfwLibrary();

  /// What GLFW said last, and forgets it: "X11: The DISPLAY environment variable is missing". Empty when it
  /// said nothing.
  static std::string take_last_error();

 private:
  bool held_ = false;
};

}  // namespace headscope
