#include "document/command_fields.h"
#include "document/limits.h"

namespace headscope {

namespace {

template <class C>
CommandSpec control(const char* name, const char* help, std::initializer_list<Field<C>> fields = {}) {
  return describe<Control, C>(name, help, fields);
}

}  // namespace

std::vector<CommandSpec> control_specs() {
  return {
      control<Undo>("undo", "Take the last change back"),
      control<Redo>("redo", "Make the change again"),
      control<StepEdit>("edit-step", "Walk back or forth through the edits",
                        {integer(&StepEdit::by, "by", -kMaxIndex, kMaxIndex, "+1")}),
      control<GoToEdit>("edit-go", "Show the document as it was after an edit; 0 is the first state",
                        {integer(&GoToEdit::edit, "edit", 0, kMaxIndex)}),
      control<Play>("play", "Play from here"),
      control<Pause>("pause", "Stop playing"),
      control<TogglePlay>("toggle-play", "Play or pause"),
      control<Seek>("seek", "Go to a step of what is played",
                    {number_or(&Seek::step, "step", 0, kMaxIndex, "end")}),
      control<SetPlayMode>("set-play-mode", "What a step of playing is",
                           {choice_or_next(&SetPlayMode::mode, "mode")}),
      control<SetSpeed>("set-speed", "How fast playing goes", {number(&SetSpeed::speed, "speed", 0.1, 4)}),
      control<StepSpeed>("step-speed", "Play faster or slower",
                         {integer(&StepSpeed::by, "by", -20, 20, "+1")}),
      control<Record>("record", "Each command becomes a step of the story", {on_off(&Record::record)}),
      control<StoryFromHistory>("story-from-history", "Make a story of the edits so far"),
      control<EditStep>("story-type", "Type what the step on show does, its name, caption or times",
                        {choice(&EditStep::part, "part", "caption")}),
      control<Write>("write", "Let the model write its most probable next tokens, or all until its end",
                     {integer_or(&Write::tokens, "tokens", 1, kMaxWrittenTokens, "end", "1")}),
      control<NewDocument>("new", "Start an empty document"),
      control<Open>("open", "Open a document or a checkpoint folder", {text(&Open::path, "path", "")}),
      control<FindModel>("find-model", "Say where the model lies that a document asks for",
                         {text(&FindModel::path, "path", "")}),
      control<Save>("save", "Save the document", {text(&Save::path, "path", "")}),
      control<SavePng>("save-png", "Save a picture",
                       {choice(&SavePng::of, "what", "stage"),
                        number(&SavePng::scale, "scale", 0.25, 16, "2"), text(&SavePng::path, "path", "")}),
      control<Export>("export", "Write a picture or an animation; without a name choose how",
                      {text(&Export::path, "path", "")}),
      control<StopExport>("export-stop", "Stop the export that runs"),
      control<ShowExported>("export-folder", "Open the folder of what was exported last"),
      control<CopyWords>("copy", "Copy the picture in words, or a caption for it",
                         {choice(&CopyWords::words, "what", "alt-text")}),
      control<DumpScene>("dump-scene", "Write what is in the picture as JSON",
                         {text(&DumpScene::path, "path")}),
      control<Quit>("quit", "Close the program"),
      control<Zoom>("zoom", "Look closer or from farther away",
                    {number(&Zoom::factor, "factor", 0.05, 20, "1.25")}),
      control<ZoomFit>("zoom-fit", "See the whole picture"),
      control<Pan>("pan", "Move the picture",
                   {number(&Pan::dx, "dx", -99999, 99999), number(&Pan::dy, "dy", -99999, 99999)}),
      control<SetUiScale>("ui-scale", "Size of the panels and their type",
                          {number(&SetUiScale::scale, "scale", 0.5, 4)}),
      control<StepUiScale>("ui-scale-step", "Panels larger or smaller",
                           {integer(&StepUiScale::by, "by", -10, 10, "+1")}),
      control<SetReduceMotion>("reduce-motion", "Make every transition instant",
                               {on_off(&SetReduceMotion::reduce)}),
      control<SetPanel>("panel", "Open or collapse a panel",
                        {choice(&SetPanel::panel, "panel"), on_off(&SetPanel::open)}),
      control<SetFullscreen>("fullscreen", "Fill the screen", {on_off(&SetFullscreen::fullscreen)}),
      control<ShowCommands>("commands", "List all keys and commands", {on_off(&ShowCommands::show)}),
      control<EditText>("edit-text", "Put the cursor into the sentence, or into the second one",
                        {choice(&EditText::which, "which", "first")}),
      control<Escape>("escape", "Close what is open, stop playing or loading, or let go of what is pinned"),
  };
}

}  // namespace headscope
