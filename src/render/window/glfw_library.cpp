#include "render/window/glfw_library.h"

#define GLFW_INCLUDE_NONE
#include <GLFW/glfw3.h>

#include <cstdlib>
#include <thread>
#include <utility>

namespace headscope {

namespace {

// GLFW's state is global, so the count of its users is too. The main thread alone touches it.
int users = 0;
std::thread::id main_thread;
std::string last_error;

void remember_error(int, const char* description) {
  last_error = description ? description : "";
}

}  // namespace

Result<GlfwLibrary> GlfwLibrary::acquire() {
  if (users > 0 && main_thread != std::this_thread::get_id())
    return Error{ErrorCode::Unavailable, "windows belong to the thread that made the first one", ""};
  if (users == 0) {
    glfwSetErrorCallback(remember_error);
    if (!glfwInit()) {
      std::string reason = take_last_error();
      // GLFW 3.4 says that it found nothing it supports, and not why.
      if (!std::getenv("DISPLAY") && !std::getenv("WAYLAND_DISPLAY"))
        reason = "DISPLAY and WAYLAND_DISPLAY are not set";
      return Error{ErrorCode::Unavailable,
                   "no window system: " + (reason.empty() ? "GLFW did not start" : reason),
                   "Start it from a desktop session, or draw to files with 'headscope render'"};
    }
  }
  main_thread = std::this_thread::get_id();
  ++users;
  GlfwLibrary library;
  library.held_ = true;
  return library;
}

GlfwLibrary& GlfwLibrary::operator=(GlfwLibrary&& other) noexcept {
  std::swap(held_, other.held_);
  return *this;
}

GlfwLibrary::~GlfwLibrary() {
  if (held_ && --users == 0) glfwTerminate();
}

std::string GlfwLibrary::take_last_error() {
  return std::exchange(last_error, {});
}

}  // namespace headscope
