#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

/// Which key does what: plain data in the language of document/command.h.
namespace headscope {

/// `chord` names modifiers in the order Ctrl, Alt, Shift, Super, then the key, letters upper case: "Right",
/// "Ctrl+Shift+Z". A chord of one sign that is neither letter nor digit ("?", "[") means the typed character,
/// whatever keys make it on this keyboard.
struct KeyBinding {
  std::string_view chord;
  std::string_view command;
};

std::span<const KeyBinding> default_key_bindings();

/// The command text of a chord; "" when it is not bound.
std::string_view command_of_key(std::string_view chord);

/// Every chord whose command begins with the command name `name`, for the list of commands.
std::vector<KeyBinding> keys_of_command(std::string_view name);

}  // namespace headscope
