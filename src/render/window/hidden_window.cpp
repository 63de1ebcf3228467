#include "render/window/hidden_window.h"

#include <glad/gl.h>
#define GLFW_INCLUDE_NONE
#include <GLFW/glfw3.h>

#include "render/window/glfw_library.h"

namespace headscope {

namespace {

class HiddenWindow : public OffscreenContext {
 public:
  HiddenWindow(GlfwLibrary library, GLFWwindow* window) : library_(std::move(library)), window_(window) {}
  ~HiddenWindow() override { glfwDestroyWindow(window_); }
  void make_current() override { glfwMakeContextCurrent(window_); }
  void describe() {
    kind_ = "hidden window";
    const auto* name = reinterpret_cast<const char*>(glGetString(GL_RENDERER));
    driver_ = name ? name : "unknown driver";
  }

 private:
  GlfwLibrary library_;  // outlives the window
  GLFWwindow* window_;
};

}  // namespace

Result<std::unique_ptr<OffscreenContext>> create_hidden_window_context() {
  Result<GlfwLibrary> library = GlfwLibrary::acquire();
  if (!library) return library.error();
  glfwDefaultWindowHints();
  glfwWindowHint(GLFW_CONTEXT_VERSION_MAJOR, 3);
  glfwWindowHint(GLFW_CONTEXT_VERSION_MINOR, 3);
  glfwWindowHint(GLFW_OPENGL_PROFILE, GLFW_OPENGL_CORE_PROFILE);
  glfwWindowHint(GLFW_OPENGL_FORWARD_COMPAT, GLFW_TRUE);
  glfwWindowHint(GLFW_VISIBLE, GLFW_FALSE);
  GLFWwindow* window = glfwCreateWindow(16, 16, "Headscope", nullptr, nullptr);
  if (!window) return Error{ErrorCode::Unavailable, GlfwLibrary::take_last_error(), ""};
  auto made = std::make_unique<HiddenWindow>(std::move(*library), window);
  made->make_current();
  if (!gladLoadGL(glfwGetProcAddress))
    return Error{ErrorCode::Unavailable, "its driver lacks OpenGL 3.3", ""};
  made->describe();
  return std::unique_ptr<OffscreenContext>(std::move(made));
}

}  // namespace headscope
