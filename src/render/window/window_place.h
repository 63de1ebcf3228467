#pragma once

#include <optional>

struct GLFWmonitor;

namespace headscope {

/// Where the window stands on the desktop, in screen coordinates (on X11: pixels).
struct WindowPlace {
  std::optional<int> x, y;  ///< none: where the window manager puts it
  int width = 1440, height = 900;
  bool maximized = false;
  friend bool operator==(const WindowPlace&, const WindowPlace&) = default;
};

/// The monitor that a point of the desktop lies on; null: none.
GLFWmonitor* monitor_at(int x, int y);

/// A remembered place may lie on a monitor that is gone: then the window manager chooses.
bool place_is_visible(const WindowPlace& place);

/// No larger than the monitor's free area, so that a first start fits a small laptop or a virtual display.
void fit_to_monitor(WindowPlace& place);

}  // namespace headscope
