#include "render/window/key_names.h"

#define GLFW_INCLUDE_NONE
#include <GLFW/glfw3.h>

#include <array>
#include <string_view>
#include <utility>

namespace headscope {

namespace {

constexpr std::array<std::pair<int, std::string_view>, 24> kNamed = {{
    {GLFW_KEY_SPACE, "Space"},    {GLFW_KEY_ESCAPE, "Escape"},
    {GLFW_KEY_ENTER, "Enter"},    {GLFW_KEY_KP_ENTER, "Enter"},
    {GLFW_KEY_TAB, "Tab"},        {GLFW_KEY_BACKSPACE, "Backspace"},
    {GLFW_KEY_INSERT, "Insert"},  {GLFW_KEY_DELETE, "Delete"},
    {GLFW_KEY_RIGHT, "Right"},    {GLFW_KEY_LEFT, "Left"},
    {GLFW_KEY_DOWN, "Down"},      {GLFW_KEY_UP, "Up"},
    {GLFW_KEY_PAGE_UP, "PageUp"}, {GLFW_KEY_PAGE_DOWN, "PageDown"},
    {GLFW_KEY_HOME, "Home"},      {GLFW_KEY_END, "End"},
    {GLFW_KEY_PAUSE, "Pause"},    {GLFW_KEY_PRINT_SCREEN, "Print"},
    {GLFW_KEY_MENU, "Menu"},      {GLFW_KEY_KP_ADD, "+"},
    {GLFW_KEY_KP_SUBTRACT, "-"},  {GLFW_KEY_KP_MULTIPLY, "*"},
    {GLFW_KEY_KP_DIVIDE, "/"},    {GLFW_KEY_KP_DECIMAL, "."},
}};

std::string key_name(int key, int scancode) {
  for (const auto& [code, name] : kNamed) {
    if (code == key) return std::string(name);
  }
  if (key >= GLFW_KEY_F1 && key <= GLFW_KEY_F25)
    return std::string("F").append(std::to_string(key - GLFW_KEY_F1 + 1));
  if (key >= GLFW_KEY_KP_0 && key <= GLFW_KEY_KP_9) return std::to_string(key - GLFW_KEY_KP_0);
  if (key >= GLFW_KEY_LEFT_SHIFT && key <= GLFW_KEY_RIGHT_SUPER) return {};
  // The label of the user's own keyboard layout; where the layout has none, that of a US keyboard.
  std::string name;
  if (const char* label = glfwGetKeyName(key, scancode)) name = label;
  if (name.empty() && key > 32 && key < 127) name = std::string(1, static_cast<char>(key));
  if (name.size() == 1 && name[0] >= 'a' && name[0] <= 'z') name[0] = static_cast<char>(name[0] - 'a' + 'A');
  return name;
}

}  // namespace

std::string key_chord(int glfw_key, int glfw_scancode, int glfw_mods) {
  const std::string name = key_name(glfw_key, glfw_scancode);
  if (name.empty()) return {};
  std::string chord;
  if (glfw_mods & GLFW_MOD_CONTROL) chord += "Ctrl+";
  if (glfw_mods & GLFW_MOD_ALT) chord += "Alt+";
  if (glfw_mods & GLFW_MOD_SHIFT) chord += "Shift+";
  if (glfw_mods & GLFW_MOD_SUPER) chord += "Super+";
  return chord + name;
}

}  // namespace headscope
