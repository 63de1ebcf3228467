#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "io/image.h"
#include "render/renderer.h"
#include "render/window/window_place.h"
#include "scene/geometry.h"

struct GLFWwindow;

/// The one desktop window: its OpenGL 3.3 core context, its events, and the Dear ImGui back ends that draw
/// into it.
namespace headscope {

/// One press or repeat of a key. `chord` names it as bindings write it: modifiers in the order Ctrl, Alt,
/// Shift, Super, then the key as the user's keyboard labels it, letters upper case: "Right", "Ctrl+Shift+Z",
/// "S", "F11", "/".
struct KeyPress {
  std::string chord;
  bool repeat = false;
};

struct WindowOptions {
  std::string title = "Headscope";
  WindowPlace place;
  bool visible = true;
  bool vsync = true;
};

/// All calls belong to the main thread. The Dear ImGui context is made and destroyed with the window; its
/// style and fonts are the caller's.
class Window {
 public:
  /// Errors: Unavailable, with the reason (no display, no OpenGL 3.3).
  static Result<std::unique_ptr<Window>> create(const WindowOptions& options);
  ~Window();
  Window(const Window&) = delete;
  Window& operator=(const Window&) = delete;

  /// Device pixels the window has; {0, 0} while it is minimised.
  FrameSize framebuffer_size() const;
  /// Size in ImGui's units (screen coordinates). Device pixels per unit: framebuffer_size() / this.
  Vec2 size() const;
  /// What the monitor asks texts to be scaled by: 1 at 96 dpi, 2 on a high-density display.
  float content_scale() const;
  bool should_close() const;
  void set_should_close(bool close);
  bool focused() const;
  bool minimized() const;

  /// Sleeps until something happens, at most `seconds` (none: without limit), and not at all while a redraw
  /// is wanted. An idle window lives here.
  void wait_events(std::optional<double> seconds = std::nullopt);
  void poll_events();
  /// Wakes wait_events(). The one call that any thread may make.
  static void post_empty_event();
  /// True when an event or a damaged part of the window asked for a new frame since the last call.
  bool take_needs_redraw();
  /// Keys pressed since the last call, in order. Those that ImGui wants (a text field has the focus) are
  /// among them; ask ImGui::GetIO().WantTextInput.
  std::vector<KeyPress> take_key_presses();
  /// Characters typed since the last call, as Unicode code points: '?' arrives here on every keyboard.
  std::vector<char32_t> take_typed();

  using DropCallback = std::function<void(const std::vector<std::filesystem::path>&)>;
  void on_drop(DropCallback callback);

  std::string clipboard() const;  ///< empty when it holds no text
  void set_clipboard(const std::string& text);

  WindowPlace place() const;  ///< the restored place while maximised or full screen
  void set_title(const std::string& title);
  bool fullscreen() const;
  void set_fullscreen(bool on);  ///< on the monitor that holds the window's centre

  /// Starts an ImGui frame. Draw panels, and the stage by ImGui::Image(texture_id(frame), …), then call
  /// end_frame().
  /// `density` multiplies the device pixels per unit, for a picture that is larger than the window.
  void begin_frame(float density = 1);
  /// Draws what ImGui collected over `background` and presents it.
  ///   picture  the texture of the stage, which has no transparency; 0: none
  void end_frame(Color background, std::uint64_t picture = 0);
  /// Seconds since the window was made, monotonic.
  double now() const;
  /// Call after ImGui's font atlas changed (another UI scale).
  void rebuild_font_texture();
  /// Sends a part of ImGui's font atlas, in texels, to the texture that is already there.
  void update_font_texture(int x, int y, int width, int height);
  /// Instead of end_frame(): draws into a picture and shows nothing. Errors: Unsupported (larger than the
  /// driver's largest texture).
  Result<Image> end_frame_as_image(Color background, std::uint64_t picture = 0);
  /// The frame just drawn by end_frame(), top row first. Errors: the window is minimised.
  Result<Image> read_pixels();

 private:
  Window() = default;
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace headscope
