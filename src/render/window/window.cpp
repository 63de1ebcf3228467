#include "render/window/window.h"

#include <glad/gl.h>
#define GLFW_INCLUDE_NONE
#include <GLFW/glfw3.h>
#include <imgui.h>
#include <imgui_impl_glfw.h>
#include <imgui_impl_opengl3.h>

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "render/window/glfw_library.h"
#include "render/window/key_names.h"
#include "render/window/opaque_parts.h"
#include "render/window/window_place.h"

namespace headscope {

struct Window::State {
  GlfwLibrary library;
  GLFWwindow* window = nullptr;
  bool imgui_ready = false;
  bool needs_redraw = true;
  bool pressed = false, released_unseen = false;  ///< of mouse buttons, since the last frame
  std::vector<KeyPress> keys;
  std::vector<char32_t> typed;
  DropCallback drop;
  WindowPlace restored;  ///< the last place while neither maximised nor full screen
  double start = 0;
  Color background;
  OpaqueParts opaque_parts;

  /// Takes over what ImGui collected.
  void finish_panels(Color ground, std::uint64_t picture);
  void draw_panels();
};

Result<std::unique_ptr<Window>> Window::create(const WindowOptions& options) {
  Result<GlfwLibrary> library = GlfwLibrary::acquire();
  if (!library) return library.error();
  auto self = std::unique_ptr<Window>(new Window);
  self->state_ = std::make_unique<State>();
  State& s = *self->state_;
  s.library = std::move(*library);
  s.restored = options.place;
  fit_to_monitor(s.restored);

  glfwDefaultWindowHints();
  glfwWindowHint(GLFW_CONTEXT_VERSION_MAJOR, 3);
  glfwWindowHint(GLFW_CONTEXT_VERSION_MINOR, 3);
  glfwWindowHint(GLFW_OPENGL_PROFILE, GLFW_OPENGL_CORE_PROFILE);
  glfwWindowHint(GLFW_OPENGL_FORWARD_COMPAT, GLFW_TRUE);
  glfwWindowHint(GLFW_VISIBLE, GLFW_FALSE);  // shown once it stands in its place
  glfwWindowHint(GLFW_DEPTH_BITS, 0);
  glfwWindowHint(GLFW_STENCIL_BITS, 0);
  glfwWindowHint(GLFW_MAXIMIZED, options.place.maximized ? GLFW_TRUE : GLFW_FALSE);
  glfwWindowHintString(GLFW_X11_CLASS_NAME, "Headscope");
  glfwWindowHintString(GLFW_X11_INSTANCE_NAME, "headscope");
  s.window = glfwCreateWindow(s.restored.width, s.restored.height, options.title.c_str(), nullptr, nullptr);
  if (!s.window) {
    const std::string reason = GlfwLibrary::take_last_error();
    return Error{ErrorCode::Unavailable,
                 "no window with OpenGL 3.3: " + (reason.empty() ? "GLFW gave no reason" : reason),
                 "Install the system's OpenGL drivers (Debian: libgl1-mesa-dri draws in software)"};
  }
  // The limits first: setting them takes the hint back that the place is the user's wish.
  glfwSetWindowSizeLimits(s.window, 320, 240, GLFW_DONT_CARE, GLFW_DONT_CARE);
  if (place_is_visible(s.restored)) glfwSetWindowPos(s.window, *s.restored.x, *s.restored.y);
  glfwMakeContextCurrent(s.window);
  if (!gladLoadGL(glfwGetProcAddress)) {
    return Error{ErrorCode::Unavailable, "the window's OpenGL driver lacks version 3.3",
                 "Update the graphics driver"};
  }
  glfwSwapInterval(options.vsync ? 1 : 0);

  glfwSetWindowUserPointer(s.window, &s);
  const auto state_of = [](GLFWwindow* w) -> State& {
    return *static_cast<State*>(glfwGetWindowUserPointer(w));
  };
  static constexpr auto user = state_of;
  glfwSetKeyCallback(s.window, [](GLFWwindow* w, int key, int scancode, int action, int mods) {
    // Nothing on screen shows a key that is let go of, or Shift alone: a frame for them would delay the one
    // that answers the key.
    if (action == GLFW_RELEASE) return;
    if (std::string chord = key_chord(key, scancode, mods); !chord.empty()) {
      user(w).needs_redraw = true;
      user(w).keys.push_back({std::move(chord), action == GLFW_REPEAT});
    }
  });
  glfwSetCharCallback(s.window, [](GLFWwindow* w, unsigned c) {
    user(w).needs_redraw = true;
    user(w).typed.push_back(c);
  });
  glfwSetDropCallback(s.window, [](GLFWwindow* w, int count, const char** paths) {
    user(w).needs_redraw = true;
    if (!user(w).drop) return;
    const std::vector<std::filesystem::path> files(paths, paths + count);
    user(w).drop(files);
  });
  glfwSetCursorPosCallback(s.window, [](GLFWwindow* w, double, double) { user(w).needs_redraw = true; });
  glfwSetMouseButtonCallback(s.window, [](GLFWwindow* w, int, int action, int) {
    State& state = user(w);
    state.needs_redraw = true;
    if (action == GLFW_PRESS) state.pressed = true;
    if (action == GLFW_RELEASE) state.released_unseen = state.pressed;
  });
  glfwSetScrollCallback(s.window, [](GLFWwindow* w, double, double) { user(w).needs_redraw = true; });
  glfwSetCursorEnterCallback(s.window, [](GLFWwindow* w, int) { user(w).needs_redraw = true; });
  glfwSetWindowFocusCallback(s.window, [](GLFWwindow* w, int) { user(w).needs_redraw = true; });
  glfwSetWindowRefreshCallback(s.window, [](GLFWwindow* w) { user(w).needs_redraw = true; });
  glfwSetFramebufferSizeCallback(s.window, [](GLFWwindow* w, int, int) { user(w).needs_redraw = true; });
  glfwSetWindowContentScaleCallback(s.window,
                                    [](GLFWwindow* w, float, float) { user(w).needs_redraw = true; });

  IMGUI_CHECKVERSION();
  ImGui::CreateContext();
  ImGui::GetIO().IniFilename = nullptr;  // window places inside ImGui are the program's to remember
  // The back ends come after our callbacks and call them in turn.
  if (!ImGui_ImplGlfw_InitForOpenGL(s.window, true) || !ImGui_ImplOpenGL3_Init("#version 330 core")) {
    ImGui::DestroyContext();
    return Error{ErrorCode::Unavailable, "Dear ImGui's back ends did not start on this window",
                 "Update the graphics driver"};
  }
  s.imgui_ready = true;
  s.start = glfwGetTime();
  if (options.visible) glfwShowWindow(s.window);
  return self;
}

Window::~Window() {
  if (!state_ || !state_->window) return;
  if (state_->imgui_ready) {
    ImGui_ImplOpenGL3_Shutdown();
    ImGui_ImplGlfw_Shutdown();
    ImGui::DestroyContext();
  }
  glfwDestroyWindow(state_->window);
}

FrameSize Window::framebuffer_size() const {
  FrameSize size;
  glfwGetFramebufferSize(state_->window, &size.width, &size.height);
  return minimized() ? FrameSize{} : size;
}

Vec2 Window::size() const {
  int width = 0, height = 0;
  glfwGetWindowSize(state_->window, &width, &height);
  return {static_cast<float>(width), static_cast<float>(height)};
}

float Window::content_scale() const {
  float x = 1, y = 1;
  glfwGetWindowContentScale(state_->window, &x, &y);
  return std::max(x, y);
}

bool Window::should_close() const {
  return glfwWindowShouldClose(state_->window);
}
void Window::set_should_close(bool close) {
  glfwSetWindowShouldClose(state_->window, close);
}
bool Window::focused() const {
  return glfwGetWindowAttrib(state_->window, GLFW_FOCUSED);
}
bool Window::minimized() const {
  return glfwGetWindowAttrib(state_->window, GLFW_ICONIFIED);
}

void Window::wait_events(std::optional<double> seconds) {
  if (state_->needs_redraw) {
    glfwPollEvents();
  } else if (!seconds) {
    glfwWaitEvents();
  } else if (*seconds > 0) {
    glfwWaitEventsTimeout(*seconds);
  } else {
    glfwPollEvents();
  }
}

void Window::poll_events() {
  glfwPollEvents();
}
void Window::post_empty_event() {
  glfwPostEmptyEvent();
}
bool Window::take_needs_redraw() {
  // A button that went down and up before a frame is seen down in that one, and up in the next.
  state_->pressed = false;
  return std::exchange(state_->needs_redraw, std::exchange(state_->released_unseen, false));
}
std::vector<KeyPress> Window::take_key_presses() {
  return std::exchange(state_->keys, {});
}
std::vector<char32_t> Window::take_typed() {
  return std::exchange(state_->typed, {});
}
void Window::on_drop(DropCallback callback) {
  state_->drop = std::move(callback);
}

std::string Window::clipboard() const {
  const char* text = glfwGetClipboardString(state_->window);
  if (!text) GlfwLibrary::take_last_error();  // "no text there" is not worth telling
  return text ? text : "";
}

void Window::set_clipboard(const std::string& text) {
  glfwSetClipboardString(state_->window, text.c_str());
}

WindowPlace Window::place() const {
  State& s = *state_;
  const bool maximized = glfwGetWindowAttrib(s.window, GLFW_MAXIMIZED);
  if (!maximized && !fullscreen() && !minimized()) {
    int x = 0, y = 0;
    glfwGetWindowPos(s.window, &x, &y);
    s.restored.x = x;
    s.restored.y = y;
    glfwGetWindowSize(s.window, &s.restored.width, &s.restored.height);
  }
  WindowPlace place = s.restored;
  place.maximized = maximized;
  return place;
}

void Window::set_title(const std::string& title) {
  glfwSetWindowTitle(state_->window, title.c_str());
}
bool Window::fullscreen() const {
  return glfwGetWindowMonitor(state_->window) != nullptr;
}

void Window::set_fullscreen(bool on) {
  if (on == fullscreen()) return;
  State& s = *state_;
  s.needs_redraw = true;
  if (!on) {
    glfwSetWindowMonitor(s.window, nullptr, s.restored.x.value_or(60), s.restored.y.value_or(60),
                         s.restored.width, s.restored.height, GLFW_DONT_CARE);
    return;
  }
  const WindowPlace now = place();
  GLFWmonitor* monitor = monitor_at(now.x.value_or(0) + now.width / 2, now.y.value_or(0) + now.height / 2);
  if (!monitor) monitor = glfwGetPrimaryMonitor();
  if (!monitor) return;
  const GLFWvidmode* mode = glfwGetVideoMode(monitor);
  glfwSetWindowMonitor(s.window, monitor, 0, 0, mode->width, mode->height, mode->refreshRate);
}

void Window::begin_frame(float density) {
  ImGui_ImplOpenGL3_NewFrame();
  ImGui_ImplGlfw_NewFrame();
  ImVec2& scale = ImGui::GetIO().DisplayFramebufferScale;
  scale = {scale.x * density, scale.y * density};
  ImGui::NewFrame();
}

void Window::State::finish_panels(Color ground, std::uint64_t picture) {
  ImGui::Render();
  background = ground;
  if (ImDrawData* data = ImGui::GetDrawData())
    opaque_parts.take_out(*data, (ImTextureID) static_cast<std::intptr_t>(picture));
}

void Window::State::draw_panels() {
  int width = 0, height = 0;
  glfwGetFramebufferSize(window, &width, &height);
  glBindFramebuffer(GL_FRAMEBUFFER, 0);
  glDisable(GL_FRAMEBUFFER_SRGB);  // ImGui's colours and the stage's texture are sRGB-encoded already
  glDisable(GL_SCISSOR_TEST);
  glViewport(0, 0, width, height);
  glClearColor(background.r, background.g, background.b, 1);
  glClear(GL_COLOR_BUFFER_BIT);
  if (ImDrawData* data = ImGui::GetDrawData()) ImGui_ImplOpenGL3_RenderDrawData(data);
}

void Window::end_frame(Color background, std::uint64_t picture) {
  state_->finish_panels(background, picture);
  state_->draw_panels();
  glfwSwapBuffers(state_->window);
}

double Window::now() const {
  return glfwGetTime() - state_->start;
}

void Window::rebuild_font_texture() {
#if IMGUI_VERSION_NUM < 19200  // newer versions follow the atlas by themselves
  ImGui_ImplOpenGL3_DestroyFontsTexture();
  ImGui_ImplOpenGL3_CreateFontsTexture();
#endif
}

void Window::update_font_texture(int x, int y, int width, int height) {
  ImFontAtlas& fonts = *ImGui::GetIO().Fonts;
  unsigned char* pixels = nullptr;
  int atlas_width = 0, atlas_height = 0;
  fonts.GetTexDataAsRGBA32(&pixels, &atlas_width, &atlas_height);
  glBindTexture(GL_TEXTURE_2D, static_cast<GLuint>((std::intptr_t)fonts.TexID));
  glPixelStorei(GL_UNPACK_ROW_LENGTH, atlas_width);
  glPixelStorei(GL_UNPACK_ALIGNMENT, 4);
  glTexSubImage2D(GL_TEXTURE_2D, 0, x, y, width, height, GL_RGBA, GL_UNSIGNED_BYTE,
                  pixels + (static_cast<std::size_t>(y) * atlas_width + x) * 4);
  glPixelStorei(GL_UNPACK_ROW_LENGTH, 0);
}

namespace {

// The lower left `size` of what is bound for reading, opaque, top row first.
Image read_opaque(FrameSize size) {
  const std::size_t row = static_cast<std::size_t>(size.width) * 4;
  std::vector<std::uint8_t> bottom_up(row * size.height);
  glPixelStorei(GL_PACK_ALIGNMENT, 1);
  glReadPixels(0, 0, size.width, size.height, GL_RGBA, GL_UNSIGNED_BYTE, bottom_up.data());
  Image image{size.width, size.height, std::vector<std::uint8_t>(row * size.height)};
  for (int y = 0; y < size.height; ++y) {
    std::memcpy(&image.rgba[row * y], &bottom_up[row * (size.height - 1 - y)], row);
  }
  for (std::size_t i = 3; i < image.rgba.size(); i += 4) image.rgba[i] = 255;
  return image;
}

}  // namespace

Result<Image> Window::read_pixels() {
  const FrameSize size = framebuffer_size();
  if (size.width == 0 || size.height == 0) {
    return Error{ErrorCode::Unavailable, "the window is minimised, so it has no picture", "Restore it first"};
  }
  state_->draw_panels();  // after a swap the back buffer is undefined
  glReadBuffer(GL_BACK);
  return read_opaque(size);
}

Result<Image> Window::end_frame_as_image(Color background, std::uint64_t picture) {
  state_->finish_panels(background, picture);
  const ImDrawData& data = *ImGui::GetDrawData();
  const FrameSize size{static_cast<int>(data.DisplaySize.x * data.FramebufferScale.x),
                       static_cast<int>(data.DisplaySize.y * data.FramebufferScale.y)};
  GLint largest = 0;
  glGetIntegerv(GL_MAX_RENDERBUFFER_SIZE, &largest);
  if (size.width < 1 || size.height < 1 || size.width > largest || size.height > largest) {
    return Error{ErrorCode::Unsupported,
                 "a picture of " + std::to_string(size.width) + " × " + std::to_string(size.height) +
                     " pixels is more than the graphics driver draws (" + std::to_string(largest) + ")",
                 "Choose a smaller scale, or make the window smaller"};
  }
  GLuint target = 0, pixels = 0;
  glGenFramebuffers(1, &target);
  glGenRenderbuffers(1, &pixels);
  glBindRenderbuffer(GL_RENDERBUFFER, pixels);
  glRenderbufferStorage(GL_RENDERBUFFER, GL_RGBA8, size.width, size.height);
  glBindFramebuffer(GL_FRAMEBUFFER, target);
  glFramebufferRenderbuffer(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_RENDERBUFFER, pixels);
  glDisable(GL_FRAMEBUFFER_SRGB);
  glDisable(GL_SCISSOR_TEST);
  glViewport(0, 0, size.width, size.height);
  glClearColor(background.r, background.g, background.b, 1);
  glClear(GL_COLOR_BUFFER_BIT);
  ImGui_ImplOpenGL3_RenderDrawData(ImGui::GetDrawData());
  Image image = read_opaque(size);
  glBindFramebuffer(GL_FRAMEBUFFER, 0);
  glDeleteRenderbuffers(1, &pixels);
  glDeleteFramebuffers(1, &target);
  state_->needs_redraw = true;
  return image;
}

}  // namespace headscope
