#include "render/window/window_place.h"

#define GLFW_INCLUDE_NONE
#include <GLFW/glfw3.h>

#include <algorithm>

namespace headscope {

GLFWmonitor* monitor_at(int x, int y) {
  int count = 0;
  GLFWmonitor** monitors = glfwGetMonitors(&count);
  for (int i = 0; i < count; ++i) {
    int left = 0, top = 0;
    glfwGetMonitorPos(monitors[i], &left, &top);
    const GLFWvidmode* mode = glfwGetVideoMode(monitors[i]);
    if (mode && x >= left && x < left + mode->width && y >= top && y < top + mode->height) return monitors[i];
  }
  return nullptr;
}

bool place_is_visible(const WindowPlace& place) {
  return place.x && place.y && monitor_at(*place.x + place.width / 2, *place.y + 20) != nullptr;
}

void fit_to_monitor(WindowPlace& place) {
  int x = 0, y = 0, width = 0, height = 0;
  GLFWmonitor* monitor = glfwGetPrimaryMonitor();
  if (!monitor) return;
  glfwGetMonitorWorkarea(monitor, &x, &y, &width, &height);
  if (width > 0) place.width = std::clamp(place.width, 320, std::max(320, width));
  if (height > 0) place.height = std::clamp(place.height, 240, std::max(240, height));
}

}  // namespace headscope
