#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "document/document.h"

/// The changes a document can go through, one plain struct each. Names, ranges, defaults and help of their
/// scriptable form are in document/action_specs.cpp; what each one does is in document/reduce.cpp.
/// Indices of layers, heads and tokens count from 0.
namespace headscope {

/// Toggle resolves against the document, so that one key can switch both ways.
enum class Switch { Off, On, Toggle };
constexpr Switch switch_to(bool on) {
  return on ? Switch::On : Switch::Off;
}
constexpr bool resolve(Switch wanted, bool now) {
  return wanted == Switch::Toggle ? !now : wanted == Switch::On;
}

// ---- What is read ----

struct SetText {
  std::string text;
  friend bool operator==(const SetText&, const SetText&) = default;
};
struct SetInput {
  std::string file;  ///< a picture or a sound; empty: none
  friend bool operator==(const SetInput&, const SetInput&) = default;
};
/// The second sentence of a pair, or what a decoder has written.
struct SetSecondText {
  std::string text;
  friend bool operator==(const SetSecondText&, const SetSecondText&) = default;
};
struct SetModel {
  std::string model;
  friend bool operator==(const SetModel&, const SetModel&) = default;
};

// ---- Which heads ----

/// Encoder, decoder or cross-attention.
struct SetPart {
  std::optional<ShownPart> part;  ///< none: the next one
  friend bool operator==(const SetPart&, const SetPart&) = default;
};

struct SelectHead {
  HeadRef head;
  friend bool operator==(const SelectHead&, const SelectHead&) = default;
};
struct ToggleHead {
  HeadRef head;
  friend bool operator==(const ToggleHead&, const ToggleHead&) = default;
};
struct SelectHeads {
  std::vector<HeadRef> heads;  ///< empty: all of them
  friend bool operator==(const SelectHeads&, const SelectHeads&) = default;
};
struct SelectLayer {
  int layer = 0;
  friend bool operator==(const SelectLayer&, const SelectLayer&) = default;
};
/// Shows one head of the layer on show.
struct ChooseHead {
  int head = 0;
  friend bool operator==(const ChooseHead&, const ChooseHead&) = default;
};
/// Moves the selection in reading order, to one head.
struct StepHead {
  int by = 1;
  friend bool operator==(const StepHead&, const StepHead&) = default;
};
/// Moves all selected heads to another layer.
struct StepLayer {
  int by = 1;
  friend bool operator==(const StepLayer&, const StepLayer&) = default;
};
struct SetHeadMix {
  std::optional<HeadMix> mix;  ///< none: the next one
  friend bool operator==(const SetHeadMix&, const SetHeadMix&) = default;
};

// ---- Which token looks, at which ----

struct SetQuery {
  std::optional<int> query;  ///< none: all queries alike
  friend bool operator==(const SetQuery&, const SetQuery&) = default;
};
struct Step {
  int by = 1;
  friend bool operator==(const Step&, const Step&) = default;
};
/// Goes down or up among the patches of a picture.
struct StepRow {
  int by = 1;
  friend bool operator==(const StepRow&, const StepRow&) = default;
};
struct SetKey {
  std::optional<int> key;
  friend bool operator==(const SetKey&, const SetKey&) = default;
};
struct PinEdge {
  int query = 0, key = 0;
  friend bool operator==(const PinEdge&, const PinEdge&) = default;
};
struct ReleaseKey {
  friend bool operator==(const ReleaseKey&, const ReleaseKey&) = default;
};
/// Lets go of the pinned key; when there is none, of the step.
struct Release {
  friend bool operator==(const Release&, const Release&) = default;
};

// ---- How it is drawn ----

struct SetView {
  std::optional<ViewKind> view;  ///< none: the next one
  friend bool operator==(const SetView&, const SetView&) = default;
};
struct SetThreshold {
  float threshold = 0;
  friend bool operator==(const SetThreshold&, const SetThreshold&) = default;
};
struct StepThreshold {
  float by = 0.01f;
  friend bool operator==(const StepThreshold&, const StepThreshold&) = default;
};
struct SetTopK {
  int top_k = 0;
  friend bool operator==(const SetTopK&, const SetTopK&) = default;
};
struct SetCumulativeMass {
  float mass = 0.9f;
  friend bool operator==(const SetCumulativeMass&, const SetCumulativeMass&) = default;
};
struct SetScale {
  std::optional<WeightScale> scale;  ///< none: the next one
  friend bool operator==(const SetScale&, const SetScale&) = default;
};
struct SetHideFirst {
  Switch hide = Switch::Toggle;
  friend bool operator==(const SetHideFirst&, const SetHideFirst&) = default;
};
struct SetHideSpecial {
  Switch hide = Switch::Toggle;
  friend bool operator==(const SetHideSpecial&, const SetHideSpecial&) = default;
};
struct SetRenormalize {
  Switch renormalize = Switch::Toggle;
  friend bool operator==(const SetRenormalize&, const SetRenormalize&) = default;
};
struct SetMergeWords {
  Switch merge = Switch::Toggle;
  friend bool operator==(const SetMergeWords&, const SetMergeWords&) = default;
};
struct SetLabels {
  Switch labels = Switch::Toggle;
  friend bool operator==(const SetLabels&, const SetLabels&) = default;
};
struct SetTheme {
  std::optional<Theme> theme;  ///< none: the other one
  friend bool operator==(const SetTheme&, const SetTheme&) = default;
};
struct SetPalette {
  std::optional<Palette> palette;
  friend bool operator==(const SetPalette&, const SetPalette&) = default;
};
struct SetMatrixColors {
  std::optional<MatrixColors> colors;
  friend bool operator==(const SetMatrixColors&, const SetMatrixColors&) = default;
};
struct SetPresent {
  Switch present = Switch::Toggle;
  friend bool operator==(const SetPresent&, const SetPresent&) = default;
};
struct SetTitle {
  std::string title;
  friend bool operator==(const SetTitle&, const SetTitle&) = default;
};
struct SetSubtitle {
  std::string subtitle;
  friend bool operator==(const SetSubtitle&, const SetSubtitle&) = default;
};
/// What is shown of each row, and how wide: back to the defaults.
struct ResetView {
  friend bool operator==(const ResetView&, const ResetView&) = default;
};

// ---- What the picture says beside its numbers ----

struct SetCaption {
  std::string caption;  ///< empty: none
  friend bool operator==(const SetCaption&, const SetCaption&) = default;
};
/// Moves the camera; comes near to a token or a connection, sees everything with all.
struct LookAt {
  Place at;
  friend bool operator==(const LookAt&, const LookAt&) = default;
};
struct SetCameraZoom {
  float zoom = 1;
  friend bool operator==(const SetCameraZoom&, const SetCameraZoom&) = default;
};
struct SetCameraOffset {
  float x = 0, y = 0;
  friend bool operator==(const SetCameraOffset&, const SetCameraOffset&) = default;
};
struct SetSpotlight {
  std::vector<Place> places;  ///< empty: nothing is dimmed
  friend bool operator==(const SetSpotlight&, const SetSpotlight&) = default;
};
/// A place has one note: another text replaces it, an empty one takes it away.
struct PinNote {
  Place at;
  std::string text;
  friend bool operator==(const PinNote&, const PinNote&) = default;
};
struct ClearNotes {
  friend bool operator==(const ClearNotes&, const ClearNotes&) = default;
};
struct SetTemperature {
  float temperature = 1;
  friend bool operator==(const SetTemperature&, const SetTemperature&) = default;
};

// ---- The story (document/story.h). Steps count from 1, as the strip numbers them. 0 is the one on show; the
// viewer knows it, and where there is none it is the last one. ----

/// The picture on show becomes the beginning of the story.
struct StartStory {
  friend bool operator==(const StartStory&, const StartStory&) = default;
};
/// Adds a step behind the last one.
struct AddStoryStep {
  std::string commands;  ///< one a line, or with ; between
  friend bool operator==(const AddStoryStep&, const AddStoryStep&) = default;
};
struct EditStoryStep {
  int step = 0;
  std::string commands;
  friend bool operator==(const EditStoryStep&, const EditStoryStep&) = default;
};
struct DeleteStoryStep {
  int step = 0;
  friend bool operator==(const DeleteStoryStep&, const DeleteStoryStep&) = default;
};
struct DuplicateStoryStep {
  int step = 0;
  friend bool operator==(const DuplicateStoryStep&, const DuplicateStoryStep&) = default;
};
struct MoveStoryStep {
  int step = 1, to = 1;
  friend bool operator==(const MoveStoryStep&, const MoveStoryStep&) = default;
};
/// Moves a step by so many places.
struct ShiftStoryStep {
  int by = 1, step = 0;
  friend bool operator==(const ShiftStoryStep&, const ShiftStoryStep&) = default;
};
struct NameStoryStep {
  int step = 0;
  std::string name;
  friend bool operator==(const NameStoryStep&, const NameStoryStep&) = default;
};
struct CaptionStoryStep {
  int step = 0;
  std::string caption;
  friend bool operator==(const CaptionStoryStep&, const CaptionStoryStep&) = default;
};
struct RetimeStoryStep {
  int step = 0;
  float duration_secs = 0.8f, pause_secs = 1.2f;
  Easing easing = Easing::InOut;
  std::optional<float> stagger_secs;  ///< none: as usual
  friend bool operator==(const RetimeStoryStep&, const RetimeStoryStep&) = default;
};
struct ClearStory {
  friend bool operator==(const ClearStory&, const ClearStory&) = default;
};
/// What a story made by itself goes through.
enum class AutoStoryKind { Words, Layers, Heads, Mechanism, Temperature, Texts };
/// Replaces the story by one that begins with the picture on show.
struct AutoStory {
  AutoStoryKind kind = AutoStoryKind::Words;
  std::string from, to;  ///< temperatures or texts
  friend bool operator==(const AutoStory&, const AutoStory&) = default;
};

using Action =
    std::variant<SetText, SetSecondText, SetInput, SetModel, SetPart, SelectHead, ToggleHead, SelectHeads,
                 SelectLayer, ChooseHead, StepHead, StepLayer, SetHeadMix, SetQuery, Step, StepRow, SetKey,
                 PinEdge, ReleaseKey, Release, SetView, SetThreshold, StepThreshold, SetTopK,
                 SetCumulativeMass, SetScale, SetHideFirst, SetHideSpecial, SetRenormalize, SetMergeWords,
                 SetLabels, SetTheme, SetPalette, SetMatrixColors, SetPresent, SetTitle, SetSubtitle,
                 ResetView, SetCaption, LookAt, SetCameraZoom, SetCameraOffset, SetSpotlight, PinNote,
                 ClearNotes, SetTemperature, StartStory, AddStoryStep, EditStoryStep, DeleteStoryStep,
                 DuplicateStoryStep, MoveStoryStep, ShiftStoryStep, NameStoryStep, CaptionStoryStep,
                 RetimeStoryStep, ClearStory, AutoStory>;

/// Whether the action is of one of the types `Ts`.
template <typename... Ts>
bool is_one_of(const Action& action) {
  return (std::holds_alternative<Ts>(action) || ...);
}

/// Whether it changes the story rather than the picture.
bool changes_story(const Action& action);
/// The step it is about; null when it is about none, or two. Lets the viewer put the one on show in place of
/// 0.
int* story_step_of(Action& action);

}  // namespace headscope
