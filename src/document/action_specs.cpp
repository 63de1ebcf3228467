#include "document/command_fields.h"
#include "document/limits.h"

namespace headscope {

namespace {

template <class C>
CommandSpec action(const char* name, const char* help, std::initializer_list<Field<C>> fields = {}) {
  return describe<Action, C>(name, help, fields);
}

/// A step of the story.
template <class C>
Field<C> step(int C::*member, const char* name = "step") {
  return integer(member, name, 1, kMaxStorySteps);
}
/// The same, where 0 is the one on show.
template <class C>
Field<C> shown_step(int C::*member, std::optional<std::string> fallback = {}) {
  return integer(member, "step", 0, kMaxStorySteps, std::move(fallback));
}

}  // namespace

std::vector<CommandSpec> action_specs() {
  return {
      action<SetText>("set-text", "The sentence that the model reads", {text(&SetText::text, "text")}),
      action<SetSecondText>("set-second-text", "The second sentence of a pair, or what a decoder has written",
                            {text(&SetSecondText::text, "text", "")}),
      action<SetInput>("set-input", "The picture or the sound that the model is given; nothing: none",
                       {text(&SetInput::file, "file", "")}),
      action<SetModel>("set-model", "A built-in model or a checkpoint folder",
                       {text(&SetModel::model, "model")}),
      action<SetPart>("set-part", "Which attention of an encoder-decoder is shown",
                      {choice_or_next(&SetPart::part, "part")}),
      action<SelectHead>("select-head", "Show this head alone", {head(&SelectHead::head, "head")}),
      action<ToggleHead>("toggle-head", "Show this head too, or no longer",
                         {head(&ToggleHead::head, "head")}),
      action<SelectHeads>("select-heads", "Show these heads together", {heads(&SelectHeads::heads, "heads")}),
      action<SelectLayer>("select-layer", "Show all heads of a layer",
                          {integer(&SelectLayer::layer, "layer", 0, kMaxIndex)}),
      action<ChooseHead>("choose-head", "Show this head of the layer on show",
                         {integer(&ChooseHead::head, "head", 0, kMaxIndex)}),
      action<StepHead>("step-head", "Go to the next or previous head",
                       {integer(&StepHead::by, "by", -kMaxIndex, kMaxIndex, "+1")}),
      action<StepLayer>("step-layer", "Show the same heads one layer up or down",
                        {integer(&StepLayer::by, "by", -kMaxIndex, kMaxIndex, "+1")}),
      action<SetHeadMix>("set-head-mix", "Show heads apart, or combined into one",
                         {choice_or_next(&SetHeadMix::mix, "mix")}),
      action<SetQuery>("set-query", "The token that looks; none: all alike",
                       {integer_or(&SetQuery::query, "query", 0, kMaxIndex, "none")}),
      action<Step>("step", "Go to the next or previous token",
                   {integer(&Step::by, "by", -kMaxIndex, kMaxIndex, "+1")}),
      action<StepRow>("step-row", "Go to the patch of a picture below or above",
                      {integer(&StepRow::by, "by", -kMaxIndex, kMaxIndex, "+1")}),
      action<SetKey>("set-key", "Pin the token that is looked at",
                     {integer_or(&SetKey::key, "key", 0, kMaxIndex, "none")}),
      action<PinEdge>(
          "pin", "Pin a connection: who looks, and at whom",
          {integer(&PinEdge::query, "query", 0, kMaxIndex), integer(&PinEdge::key, "key", 0, kMaxIndex)}),
      action<ReleaseKey>("release-key", "Let go of the pinned token"),
      action<Release>("release", "Let go of the pinned connection, then of the step"),
      action<SetView>("set-view", "How connections are drawn", {choice_or_next(&SetView::view, "view")}),
      action<SetThreshold>("set-threshold", "Hide weights below",
                           {number(&SetThreshold::threshold, "threshold", 0, 1)}),
      action<StepThreshold>("step-threshold", "Hide a little more or less",
                            {number(&StepThreshold::by, "by", -1, 1, "0.01")}),
      action<SetTopK>("set-top-k", "Keep the k largest weights of each row; 0 keeps all",
                      {integer(&SetTopK::top_k, "k", 0, kMaxIndex)}),
      action<SetCumulativeMass>("set-cumulative-mass", "Keep what makes up this part of each row",
                                {number(&SetCumulativeMass::mass, "mass", 0.01, 1)}),
      action<SetScale>("set-scale", "How a weight becomes a width",
                       {choice_or_next(&SetScale::scale, "scale")}),
      action<SetHideFirst>("set-hide-first", "Leave the first token out", {on_off(&SetHideFirst::hide)}),
      action<SetHideSpecial>("set-hide-special", "Leave tokens out that the model added",
                             {on_off(&SetHideSpecial::hide)}),
      action<SetRenormalize>("set-renormalize", "Let what remains of a row add up to 1 again",
                             {on_off(&SetRenormalize::renormalize)}),
      action<SetMergeWords>("set-merge-words", "Count the pieces of a word as one",
                            {on_off(&SetMergeWords::merge)}),
      action<SetLabels>("set-labels", "Write weights beside connections", {on_off(&SetLabels::labels)}),
      action<SetTheme>("set-theme", "Dark or light", {choice_or_next(&SetTheme::theme, "theme")}),
      action<SetPalette>("set-palette", "The colours of the heads",
                         {choice_or_next(&SetPalette::palette, "palette")}),
      action<SetMatrixColors>("set-matrix-colors", "The colours of matrix cells",
                              {choice_or_next(&SetMatrixColors::colors, "colors")}),
      action<SetPresent>("set-present", "Presenter mode: the stage alone, in large type",
                         {on_off(&SetPresent::present)}),
      action<SetTitle>("set-title", "Title in presenter mode", {text(&SetTitle::title, "title", "")}),
      action<SetSubtitle>("set-subtitle", "Line below the title in presenter mode",
                          {text(&SetSubtitle::subtitle, "subtitle", "")}),
      action<ResetView>("reset-view", "Filters, scale and labels back to their defaults"),
      action<SetCaption>("set-caption", "A line below the picture",
                         {text(&SetCaption::caption, "caption", "")}),
      action<LookAt>("look-at", "Bring a token or a connection near, or see everything",
                     {place(&LookAt::at, "place", "all")}),
      action<SetCameraZoom>(
          "camera-zoom", "How near the picture is; 1 shows all of it",
          {number(&SetCameraZoom::zoom, "zoom", double{kMinCameraZoom}, double{kMaxCameraZoom})}),
      action<SetCameraOffset>(
          "camera-move", "Look beside it, by parts of what is seen",
          {number(&SetCameraOffset::x, "x", -10, 10), number(&SetCameraOffset::y, "y", -10, 10)}),
      action<SetSpotlight>("spotlight", "Dim everything but these tokens and connections",
                           {places(&SetSpotlight::places, "places", "all")}),
      action<PinNote>("note", "Pin words to a token, edge or cell; no words take them away",
                      {place(&PinNote::at, "place"), text(&PinNote::text, "text", "")}),
      action<ClearNotes>("notes-clear", "Take all notes away"),
      action<SetTemperature>("set-temperature", "Divide the scores by it before the softmax that is shown",
                             {number(&SetTemperature::temperature, "temperature", double{kMinTemperature},
                                     double{kMaxTemperature})}),
      action<StartStory>("story-start", "Begin the story with the picture on show"),
      action<AddStoryStep>("story-add", "Add a step of these commands, with ; between",
                           {text(&AddStoryStep::commands, "commands", "")}),
      action<EditStoryStep>(
          "story-edit", "Give a step other commands",
          {shown_step(&EditStoryStep::step), text(&EditStoryStep::commands, "commands", "")}),
      action<DeleteStoryStep>("story-delete", "Take a step out of the story",
                              {shown_step(&DeleteStoryStep::step, "0")}),
      action<DuplicateStoryStep>("story-duplicate", "Put a copy behind a step",
                                 {shown_step(&DuplicateStoryStep::step, "0")}),
      action<MoveStoryStep>("story-move", "Move a step to another place",
                            {step(&MoveStoryStep::step), step(&MoveStoryStep::to, "to")}),
      action<ShiftStoryStep>("story-shift", "Move a step forth or back; 0 is the one on show",
                             {integer(&ShiftStoryStep::by, "by", -kMaxStorySteps, kMaxStorySteps, "+1"),
                              shown_step(&ShiftStoryStep::step, "0")}),
      action<NameStoryStep>("story-rename", "What the strip calls a step; nothing: what it does",
                            {shown_step(&NameStoryStep::step), text(&NameStoryStep::name, "name", "")}),
      action<CaptionStoryStep>(
          "story-caption", "The line below a step's picture",
          {shown_step(&CaptionStoryStep::step), text(&CaptionStoryStep::caption, "caption", "")}),
      action<RetimeStoryStep>(
          "story-retime", "Seconds that a step moves and then stays",
          {shown_step(&RetimeStoryStep::step),
           number(&RetimeStoryStep::duration_secs, "duration", 0, double{kMaxDurationSecs}),
           number(&RetimeStoryStep::pause_secs, "pause", 0, double{kMaxPauseSecs}, "1.2"),
           choice(&RetimeStoryStep::easing, "easing", "in-out"),
           number_or(&RetimeStoryStep::stagger_secs, "stagger", 0, double{kMaxStaggerSecs}, "usual",
                     "usual")}),
      action<ClearStory>("story-clear", "Take the whole story away"),
      action<AutoStory>(
          "auto-story",
          "A story of all words, layers or heads, of one weight, of temperatures or between two texts",
          {choice(&AutoStory::kind, "kind"), text(&AutoStory::from, "from", ""),
           text(&AutoStory::to, "to", "")}),
  };
}

}  // namespace headscope
