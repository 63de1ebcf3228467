#pragma once

#include <optional>
#include <string>
#include <variant>

#include "document/action.h"

/// What can be asked of the running program without changing the document: history, playing, files, the
/// window.
namespace headscope {

/// What one step of playing is.
enum class PlayMode { Tokens, Heads, Layers, Edits, Story };
enum class Panel { Heads, Inspector, Timeline };
enum class PictureOf { Stage, Window };
/// The picture in words, and the line below a figure.
enum class PictureWords { AltText, Caption };

// ---- History ----

struct Undo {
  friend bool operator==(const Undo&, const Undo&) = default;
};
struct Redo {
  friend bool operator==(const Redo&, const Redo&) = default;
};
/// Walks the edits; nothing is lost by going back.
struct StepEdit {
  int by = 1;
  friend bool operator==(const StepEdit&, const StepEdit&) = default;
};
struct GoToEdit {
  int edit = 0;
  friend bool operator==(const GoToEdit&, const GoToEdit&) = default;
};

// ---- Playing ----

struct Play {
  friend bool operator==(const Play&, const Play&) = default;
};
struct Pause {
  friend bool operator==(const Pause&, const Pause&) = default;
};
struct TogglePlay {
  friend bool operator==(const TogglePlay&, const TogglePlay&) = default;
};
struct Seek {
  std::optional<float> step;  ///< none: the last one
  friend bool operator==(const Seek&, const Seek&) = default;
};
struct SetPlayMode {
  std::optional<PlayMode> mode;  ///< none: the next one
  friend bool operator==(const SetPlayMode&, const SetPlayMode&) = default;
};
struct SetSpeed {
  float speed = 1;
  friend bool operator==(const SetSpeed&, const SetSpeed&) = default;
};
/// Faster or slower by powers of the square root of two.
struct StepSpeed {
  int by = 1;
  friend bool operator==(const StepSpeed&, const StepSpeed&) = default;
};

// ---- The story ----

/// While it is on, each command that changes the picture becomes a step of the story.
struct Record {
  Switch record = Switch::Toggle;
  friend bool operator==(const Record&, const Record&) = default;
};
/// A story of the edits made so far.
struct StoryFromHistory {
  friend bool operator==(const StoryFromHistory&, const StoryFromHistory&) = default;
};
enum class StepPart { Commands, Name, Caption, Times };
/// Opens the line in which commands are typed, with what the step on show has now.
struct EditStep {
  StepPart part = StepPart::Caption;
  friend bool operator==(const EditStep&, const EditStep&) = default;
};

// ---- The model's own words ----

/// Lets the model go on with its text: the sentence, or the target of an encoder-decoder. Each token is an
/// edit as if it were typed.
struct Write {
  std::optional<int> tokens = 1;  ///< none: until the model ends its text
  friend bool operator==(const Write&, const Write&) = default;
};

// ---- Files ----

struct NewDocument {
  friend bool operator==(const NewDocument&, const NewDocument&) = default;
};
struct Open {
  std::string path;  ///< empty: the window asks
  friend bool operator==(const Open&, const Open&) = default;
};
/// Says where the document's model lies that is not where its file says, in its story too.
struct FindModel {
  std::string path;  ///< a checkpoint folder or a dump; empty: the window asks
  friend bool operator==(const FindModel&, const FindModel&) = default;
};
struct Save {
  std::string path;  ///< empty: where it was opened or saved before
  friend bool operator==(const Save&, const Save&) = default;
};
struct SavePng {
  PictureOf of = PictureOf::Stage;
  float scale = 2;   ///< pixels per logical pixel
  std::string path;  ///< empty: a fresh name in the current folder
  friend bool operator==(const SavePng&, const SavePng&) = default;
};
/// Writes what the export dialog is set to.
struct Export {
  std::string path;  ///< the ending names the kind of file; empty: the dialog opens
  friend bool operator==(const Export&, const Export&) = default;
};
struct StopExport {
  friend bool operator==(const StopExport&, const StopExport&) = default;
};
/// Opens the folder of what was exported last.
struct ShowExported {
  friend bool operator==(const ShowExported&, const ShowExported&) = default;
};
/// Into the clipboard.
struct CopyWords {
  PictureWords words = PictureWords::AltText;
  friend bool operator==(const CopyWords&, const CopyWords&) = default;
};
struct DumpScene {
  std::string path;
  friend bool operator==(const DumpScene&, const DumpScene&) = default;
};
struct Quit {
  friend bool operator==(const Quit&, const Quit&) = default;
};

// ---- The window ----

struct Zoom {
  float factor = 1.25f;
  friend bool operator==(const Zoom&, const Zoom&) = default;
};
struct ZoomFit {
  friend bool operator==(const ZoomFit&, const ZoomFit&) = default;
};
struct Pan {
  float dx = 0, dy = 0;  ///< logical pixels the picture moves
  friend bool operator==(const Pan&, const Pan&) = default;
};
struct SetUiScale {
  float scale = 1;
  friend bool operator==(const SetUiScale&, const SetUiScale&) = default;
};
struct StepUiScale {
  int by = 1;
  friend bool operator==(const StepUiScale&, const StepUiScale&) = default;
};
struct SetReduceMotion {
  Switch reduce = Switch::Toggle;
  friend bool operator==(const SetReduceMotion&, const SetReduceMotion&) = default;
};
struct SetPanel {
  Panel panel = Panel::Inspector;
  Switch open = Switch::Toggle;
  friend bool operator==(const SetPanel&, const SetPanel&) = default;
};
struct SetFullscreen {
  Switch fullscreen = Switch::Toggle;
  friend bool operator==(const SetFullscreen&, const SetFullscreen&) = default;
};
struct ShowCommands {
  Switch show = Switch::Toggle;
  friend bool operator==(const ShowCommands&, const ShowCommands&) = default;
};
/// Puts the cursor into the sentence, or into the second text of a model that reads two.
enum class TextChoice { First, Second };
struct EditText {
  TextChoice which = TextChoice::First;
  friend bool operator==(const EditText&, const EditText&) = default;
};
/// Closes what is open, else stops playing, else lets go of what is pinned.
struct Escape {
  friend bool operator==(const Escape&, const Escape&) = default;
};

using Control = std::variant<Undo, Redo, StepEdit, GoToEdit, Play, Pause, TogglePlay, Seek, SetPlayMode,
                             SetSpeed, StepSpeed, Record, StoryFromHistory, EditStep, Write, NewDocument,
                             Open, FindModel, Save, SavePng, Export, StopExport, ShowExported, CopyWords,
                             DumpScene, Quit, Zoom, ZoomFit, Pan, SetUiScale, StepUiScale, SetReduceMotion,
                             SetPanel, SetFullscreen, ShowCommands, EditText, Escape>;

}  // namespace headscope
