#pragma once

#include <string>

namespace headscope {

/// The chord of a GLFW key with its modifier bits: "Ctrl+Shift+Z", "Right", "/". Empty for modifiers alone
/// and for keys that have no name. Modifiers are in the order Ctrl, Alt, Shift, Super.
std::string key_chord(int glfw_key, int glfw_scancode, int glfw_mods);

}  // namespace headscope
