#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/utf8.h"
#include "document/command.h"
#include "document/mechanism_story.h"
#include "document/story_edit.h"
#include "io/quote.h"
#include "trace/attention_trace.h"

namespace headscope {

namespace {

void add_view_actions(const ViewOptions& a, const ViewOptions& b, std::vector<Action>& actions) {
  const auto add = [&](const auto& before, const auto& after, auto action) {
    if (!(before == after)) actions.push_back(std::move(action));
  };
  add(a.kind, b.kind, SetView{b.kind});
  add(a.weight_threshold, b.weight_threshold, SetThreshold{b.weight_threshold});
  add(a.top_k, b.top_k, SetTopK{b.top_k});
  add(a.cumulative_mass, b.cumulative_mass, SetCumulativeMass{b.cumulative_mass});
  add(a.scale, b.scale, SetScale{b.scale});
  add(a.hide_first_token, b.hide_first_token, SetHideFirst{switch_to(b.hide_first_token)});
  add(a.hide_special_tokens, b.hide_special_tokens, SetHideSpecial{switch_to(b.hide_special_tokens)});
  add(a.renormalize, b.renormalize, SetRenormalize{switch_to(b.renormalize)});
  add(a.merge_words, b.merge_words, SetMergeWords{switch_to(b.merge_words)});
  add(a.show_labels, b.show_labels, SetLabels{switch_to(b.show_labels)});
  add(a.theme, b.theme, SetTheme{b.theme});
  add(a.palette, b.palette, SetPalette{b.palette});
  add(a.matrix_colors, b.matrix_colors, SetMatrixColors{b.matrix_colors});
  add(a.present, b.present, SetPresent{switch_to(b.present)});
  add(a.title, b.title, SetTitle{b.title});
  add(a.subtitle, b.subtitle, SetSubtitle{b.subtitle});
}

void add_camera_actions(const CameraChoice& a, const CameraChoice& b, std::vector<Action>& actions) {
  CameraChoice now = a;
  if (!(a.at == b.at) || (b == CameraChoice{} && !(a == b))) {
    actions.push_back(LookAt{b.at});
    now = camera_looking_at(b.at);
  }
  if (now.zoom != b.zoom) actions.push_back(SetCameraZoom{b.zoom});
  if (now.x != b.x || now.y != b.y) actions.push_back(SetCameraOffset{b.x, b.y});
}

void add_note_actions(const std::vector<Note>& a, const std::vector<Note>& b, std::vector<Action>& actions) {
  const bool grown = a.size() <= b.size() && std::equal(a.begin(), a.end(), b.begin());
  if (!grown) actions.push_back(ClearNotes{});
  for (std::size_t i = grown ? a.size() : 0; i < b.size(); ++i)
    actions.push_back(PinNote{b[i].at, b[i].text});
}

constexpr float kWordSecs = 0.8f, kWordPauseSecs = 0.4f, kLastPauseSecs = 1.6f;

Story walk(const DocumentState& state, const std::vector<DocumentState>& states, float pause_secs) {
  Story story = story_through(states);
  story.start = state;
  for (StoryStep& step : story.steps) {
    step.duration_secs = kWordSecs;
    step.pause_secs = pause_secs;
  }
  story.steps.back().pause_secs = std::max(pause_secs, kLastPauseSecs);
  return story;
}

/// Each step called name(its place).
template <class Name>
Story named(Story story, const Name& name) {
  for (std::size_t i = 0; i < story.steps.size(); ++i) story.steps[i].name = name(i);
  return story;
}

/// The word, on one line and as text.
std::string name_of(const AttentionTrace& trace, std::size_t token) {
  if (token >= trace.tokens.size()) return {};
  const TraceToken& word = trace.tokens[token];
  const bool has_signs = std::ranges::any_of(word.text, [](unsigned char c) { return c < ' '; });
  return has_signs || !is_valid_utf8(word.text) ? word.label : word_of(word);
}

Result<float> temperature_of(const std::string& text, float fallback) {
  if (text.empty()) return fallback;
  float value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, fault] = std::from_chars(text.data(), end, value);
  if (fault == std::errc{} && stop == end && value >= kMinTemperature && value <= kMaxTemperature)
    return value;
  return Error{ErrorCode::InvalidArgument, "a temperature lies between 0.05 and 20, found " + quote(text, 40),
               "Write  auto-story temperature 0.2 2"};
}

std::string short_number(double value) {
  char buffer[32];
  const auto [end, fault] =
      std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::general, 3);
  return {buffer, fault == std::errc{} ? end : buffer};
}

Result<Story> temperature_story(const DocumentState& state, const AutoStory& wanted) {
  const Result<float> from = temperature_of(wanted.from, 0.2f), to = temperature_of(wanted.to, 2.0f);
  if (!from) return from.error();
  if (!to) return to.error();
  constexpr int kStops = 6;
  std::vector<DocumentState> states;
  for (int i = 0; i < kStops; ++i) {
    const double part = static_cast<double>(i) / (kStops - 1);
    // Even steps of the ratio: from 0.2 to 0.4 the picture changes as much as from 1 to 2.
    const double value = std::exp((1 - part) * std::log(double{*from}) + part * std::log(double{*to}));
    DocumentState at = state;
    const float rounded = std::stof(short_number(value));
    at.temperature = i == 0 ? *from : i + 1 == kStops ? *to : rounded;
    at.caption = "Temperature " + short_number(double{at.temperature});
    states.push_back(std::move(at));
  }
  DocumentState start = states.front();
  Story story = walk(start, states, 0.3f);
  for (StoryStep& step : story.steps) step.easing = Easing::InOut;
  return story;
}

}  // namespace

CameraChoice camera_looking_at(const Place& place) {
  constexpr float kNear = 2;
  return {place, place.kind == Place::Kind::All ? 1 : kNear, 0, 0};
}

std::vector<Action> actions_between(const DocumentState& before, const DocumentState& after) {
  std::vector<Action> actions;
  if (before.model != after.model) actions.push_back(SetModel{after.model});
  const bool another = before.input != after.input;
  if (another) actions.push_back(SetInput{after.input});
  const DocumentState given = another ? state_with_input(before, after.input) : before;
  if (before.text != after.text) actions.push_back(SetText{after.text});
  if (before.second_text != after.second_text) actions.push_back(SetSecondText{after.second_text});
  const Selection &b = after.selection, a = selection_in_part(given.selection, b.part);
  if (given.selection.part != b.part) actions.push_back(SetPart{b.part});
  if (a.heads != b.heads) {
    if (b.heads.size() == 1)
      actions.push_back(SelectHead{b.heads.front()});
    else
      actions.push_back(SelectHeads{b.heads});
  }
  if (a.mix != b.mix) actions.push_back(SetHeadMix{b.mix});
  if (b.query && b.key && a.query != b.query && a.key != b.key) {
    actions.push_back(PinEdge{*b.query, *b.key});
  } else {
    if (a.query != b.query) actions.push_back(SetQuery{b.query});
    if (a.key != b.key) actions.push_back(SetKey{b.key});
  }
  add_view_actions(given.view, after.view, actions);
  if (before.temperature != after.temperature) actions.push_back(SetTemperature{after.temperature});
  if (!(before.spotlight == after.spotlight)) actions.push_back(SetSpotlight{after.spotlight});
  add_note_actions(before.notes, after.notes, actions);
  add_camera_actions(before.camera, after.camera, actions);
  return actions;
}

Result<Story> automatic_story(const DocumentState& state, const AutoStory& wanted,
                              const CommandContext& context) {
  const auto through = [&](int n, auto&& change) -> Result<Story> {
    if (n < 1) {
      return Error{ErrorCode::InvalidArgument, "the sentence is not computed yet, so its steps are not known",
                   "Try again in a moment"};
    }
    std::vector<DocumentState> states(static_cast<std::size_t>(std::min(n, kMaxStorySteps)), state);
    for (std::size_t i = 0; i < states.size(); ++i) change(states[i], static_cast<int>(i));
    DocumentState first = states.front();
    return walk(first, states, kWordPauseSecs);
  };
  switch (wanted.kind) {
    case AutoStoryKind::Words: {
      Result<Story> story = through(context.n_tokens, [](DocumentState& at, int token) {
        at.selection.query = token;
        at.selection.key.reset();
      });
      const auto trace = story && context.trace ? context.trace() : nullptr;
      return trace ? named(std::move(*story), [&](std::size_t i) { return name_of(*trace, i); }) : story;
    }
    case AutoStoryKind::Layers: {
      Result<Story> story = through(context.n_layers, [](DocumentState& at, int layer) {
        for (HeadRef& head : at.selection.heads) head.layer = layer;
        auto& heads = at.selection.heads;
        std::sort(heads.begin(), heads.end());
        heads.erase(std::unique(heads.begin(), heads.end()), heads.end());
        at.caption = "Layer " + std::to_string(layer);
      });
      if (!story) return story;
      return named(std::move(*story), [](std::size_t i) { return "layer " + std::to_string(i); });
    }
    case AutoStoryKind::Heads: {
      Result<Story> story = through(context.n_heads, [](DocumentState& at, int head) {
        const int layer = at.selection.heads.front().layer;
        at.selection.heads = {{layer, head}};
        at.caption = "Layer " + std::to_string(layer) + ", head " + std::to_string(head);
      });
      if (!story) return story;
      const int layer = state.selection.heads.front().layer;
      return named(std::move(*story), [&](std::size_t i) {
        return "head " + head_name({layer, static_cast<int>(i)});
      });
    }
    case AutoStoryKind::Mechanism:
      return mechanism_story(state, context);
    case AutoStoryKind::Temperature:
      return temperature_story(state, wanted);
    case AutoStoryKind::Texts: {
      if (wanted.from.empty() || wanted.to.empty()) {
        return Error{ErrorCode::InvalidArgument, "a story between two texts needs both of them",
                     "Write  auto-story texts \"the dog slept .\" \"the cat slept .\""};
      }
      std::vector<DocumentState> states(2, state);
      for (const auto& [at, text] : {std::pair{&states[0], &wanted.from}, {&states[1], &wanted.to}}) {
        Result<std::string> clean = clean_text(*text);
        if (!clean) return clean.error();
        at->text = std::move(*clean);
      }
      DocumentState first = states.front();
      return walk(first, states, kLastPauseSecs);
    }
  }
  return Story{};
}

}  // namespace headscope
