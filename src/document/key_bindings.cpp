#include "document/key_bindings.h"

#include <array>

namespace headscope {

namespace {

// Page up, page down, F5, Escape and "." are what presenters' clickers send.
constexpr auto kBindings = std::to_array<KeyBinding>({
    // Reading
    {"Right", "step +1"},
    {"Left", "step -1"},
    {"PageDown", "step +1"},
    {"PageUp", "step -1"},
    {"Home", "seek 0"},
    {"End", "seek end"},
    {"Space", "toggle-play"},
    {"N", "set-play-mode next"},
    {"<", "step-speed -1"},
    {">", "step-speed +1"},
    {"Escape", "escape"},
    // Heads
    {"Down", "step-head +1"},
    {"Up", "step-head -1"},
    {"Shift+Down", "step-layer +1"},
    {"Shift+Up", "step-layer -1"},
    {"1", "choose-head 0"},
    {"2", "choose-head 1"},
    {"3", "choose-head 2"},
    {"4", "choose-head 3"},
    {"5", "choose-head 4"},
    {"6", "choose-head 5"},
    {"7", "choose-head 6"},
    {"8", "choose-head 7"},
    {"A", "select-heads all"},
    {"X", "set-part next"},
    {"M", "set-head-mix next"},
    // Edits
    {"Ctrl+Z", "undo"},
    {"Ctrl+Shift+Z", "redo"},
    {"Ctrl+Y", "redo"},
    {"Ctrl+Left", "edit-step -1"},
    {"Ctrl+Right", "edit-step +1"},
    {"[", "edit-step -1"},
    {"]", "edit-step +1"},
    {"E", "edit-text"},
    {"/", "edit-text"},
    {"Shift+E", "edit-text second"},
    {"Enter", "edit-text"},
    {"Ctrl+Enter", "write 1"},
    {"Ctrl+Shift+Enter", "write end"},
    // Views
    {"Tab", "set-view next"},
    {"V", "set-view next"},
    {"W", "set-scale next"},
    {"L", "set-theme next"},
    {"Shift+L", "set-labels toggle"},
    {"H", "set-hide-first toggle"},
    {"Shift+H", "set-hide-special toggle"},
    {"O", "set-renormalize toggle"},
    {"J", "set-merge-words toggle"},
    {"C", "set-palette next"},
    {"Shift+C", "set-matrix-colors next"},
    {",", "step-threshold -0.01"},
    {".", "step-threshold +0.01"},
    {"Backspace", "reset-view"},
    // The story
    {"R", "record toggle"},
    {"Y", "set-play-mode story"},
    {"D", "story-type caption"},
    {"F2", "story-type name"},
    {"T", "story-type times"},
    {"Shift+T", "story-type commands"},
    {"Delete", "story-delete"},
    {"Ctrl+D", "story-duplicate"},
    {"Ctrl+Shift+Left", "story-shift -1"},
    {"Ctrl+Shift+Right", "story-shift +1"},
    // Files
    {"S", "save-png stage"},
    {"Shift+S", "save-png window"},
    {"Ctrl+E", "export"},
    {"Shift+Escape", "export-stop"},
    {"Ctrl+Shift+E", "export-folder"},
    {"Ctrl+C", "copy alt-text"},
    {"Ctrl+Shift+C", "copy caption"},
    {"Ctrl+N", "new"},
    {"Ctrl+O", "open"},
    {"Ctrl+F", "find-model"},
    {"Ctrl+S", "save"},
    {"Ctrl+Q", "quit"},
    // The window
    {"P", "set-present toggle"},
    {"F5", "set-present toggle"},
    {"F11", "fullscreen toggle"},
    {"+", "zoom 1.25"},
    {"-", "zoom 0.8"},
    {"0", "zoom-fit"},
    {"Alt+Left", "pan 80 0"},
    {"Alt+Right", "pan -80 0"},
    {"Alt+Up", "pan 0 80"},
    {"Alt+Down", "pan 0 -80"},
    {"Ctrl++", "ui-scale-step +1"},
    {"Ctrl+=", "ui-scale-step +1"},
    {"Ctrl+Shift+=", "ui-scale-step +1"},
    {"Ctrl+-", "ui-scale-step -1"},
    {"Ctrl+0", "ui-scale 1"},
    {"Ctrl+1", "panel heads toggle"},
    {"Ctrl+2", "panel inspector toggle"},
    {"Ctrl+3", "panel timeline toggle"},
    {"Shift+R", "reduce-motion toggle"},
    {"?", "commands toggle"},
    {"F1", "commands toggle"},
});

}  // namespace

std::span<const KeyBinding> default_key_bindings() {
  return kBindings;
}

std::string_view command_of_key(std::string_view chord) {
  for (const KeyBinding& binding : kBindings) {
    if (binding.chord == chord) return binding.command;
  }
  return {};
}

std::vector<KeyBinding> keys_of_command(std::string_view name) {
  std::vector<KeyBinding> keys;
  for (const KeyBinding& binding : kBindings) {
    if (binding.command.substr(0, binding.command.find(' ')) == name) keys.push_back(binding);
  }
  return keys;
}

}  // namespace headscope
