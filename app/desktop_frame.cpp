#include <algorithm>
#include <cmath>

#include "desktop_program.h"
#include "document/model_reference.h"
#include "document/story_edit.h"
#include "models/dump_model.h"
#include "models/model.h"
#include "panel_frame.h"
#include "scene/palette.h"
#include "small_picture.h"

namespace headscope {

namespace {

/// Below a slider there is room for the place of a patch, not for its kind: "2,7" of "patch 2,7".
std::string short_label(const TraceToken& token) {
  constexpr std::string_view kPatch = "patch ";
  const std::string label = token_label(token);
  return token.text.empty() && label.starts_with(kPatch) ? label.substr(kPatch.size()) : label;
}

}  // namespace

void DesktopProgram::update_head_tiles() {
  const TracePtr trace = viewer_.trace();
  if (!trace) return;
  if (trace != tiles_trace_) {
    tiles_trace_ = trace;
    frame_.n_layers = trace->shape.n_layers;
    frame_.n_heads = trace->shape.n_heads;
    frame_.n_sharing = trace->shape.n_heads / std::max(1, trace->shape.n_kv_heads);
    frame_.has_parts = trace->part != AttentionPart::Self;
    tiles_.show(trace, frame_.heads);
    ++frame_.heads_revision;
  }
  if (tiles_.take(frame_.heads)) ++frame_.heads_revision;
}

void DesktopProgram::update_unknown_words() {
  const TracePtr trace = viewer_.trace_of_tokens();
  if (trace == words_trace_) return;
  words_trace_ = trace;
  frame_.unknown_words.clear();
  second_unknown_words_.clear();
  const Document& document = viewer_.document();
  const Model* model = viewer_.model().get();
  const AttentionTrace* computed = viewer_.trace_state().trace.get();
  if (!computed || !trace) return;
  // Both texts, whichever part is on show.
  const bool target = model && model->second_text() == SecondText::Target && !computed->parts.empty();
  const AttentionTrace& source = target ? *computed->parts.front() : *computed;
  const bool pair = source.second_begin != std::string::npos;
  const std::size_t n_first = pair ? source.second_begin : source.text.size();
  if (source.text.substr(0, n_first) == document.text)
    frame_.unknown_words = unknown_words(source, 0, n_first, model);
  if (pair && source.text.substr(n_first) == document.second_text)
    second_unknown_words_ = unknown_words(source, n_first, source.text.size(), model);
  if (target && computed->text == document.second_text)
    second_unknown_words_ = unknown_words(*computed, 0, computed->text.size(), model);
}

void DesktopProgram::update_second_text() {
  const SecondText kind = viewer_.model() ? viewer_.model()->second_text() : SecondText::None;
  frame_.second_text.reset();
  if (kind == SecondText::None) return;
  const bool pair = kind == SecondText::Pair;
  frame_.second_text =
      UiSecondText{pair ? "first" : "source", pair ? "second" : "target",
                   pair ? "A second sentence, if there is to be one" : "What the decoder has written so far",
                   second_unknown_words_};
}

void DesktopProgram::update_reading() {
  frame_.fixed_text.reset();
  frame_.text_hint = frame_.text_note = frame_.offer = "";
  const ModelPtr& model = viewer_.model();
  if (!model) return;
  if (dynamic_cast<const DumpModel*>(model.get()))
    frame_.fixed_text = "An attention dump: its words cannot be changed. Open a model to type.";
  const InputKind kind = model->input_kind();
  if (kind == InputKind::Text) return;
  const bool picture = kind == InputKind::Picture;
  const std::string name = std::filesystem::path(viewer_.document().input).filename().string();
  if (viewer_.nothing_to_read()) {
    frame_.offer = picture ? "Choose a picture…" : "Choose a sound…";
    frame_.text_hint = picture ? "No picture yet" : "No sound yet";
    frame_.fixed_text = "";
    return;
  }
  if (picture) {
    frame_.text_hint = name;
    frame_.fixed_text = "A picture. Drop another one here, or press Ctrl+O.";
  } else {
    frame_.text_hint = "Type what the decoder has written so far";
    frame_.text_note = "Listens to " + name + ". Drop another sound here, or press Ctrl+O.";
  }
}

void DesktopProgram::update_timeline() {
  UiTimeline& line = frame_.timeline;
  const TracePtr trace = viewer_.trace();
  const History& history = viewer_.history();
  const Timeline timeline = viewer_.timeline(now_);
  line.steps = timeline.steps;
  if (timeline.mode == PlayMode::Tokens && trace) {
    for (std::size_t i = 0; i < std::min(line.steps.size(), trace->tokens.size()); ++i)
      line.steps[i] = short_label(trace->tokens[i]);
  }
  line.current = timeline.current;
  line.position = static_cast<float>(timeline.position);
  line.caption = timeline.caption;
  line.mode = timeline.mode;
  line.playing = timeline.playing;
  line.speed = timeline.speed;
  line.edit = history.cursor();
  line.n_edits = history.n_states() - 1;
  line.edit_label = history.name(history.cursor());
  update_story(timeline);
}

void DesktopProgram::update_story(const Timeline& timeline) {
  UiStory& strip = frame_.story;
  const Story& story = *viewer_.document().story;
  strip.open = timeline.mode == PlayMode::Story || timeline.recording;
  strip.recording = timeline.recording;
  strip.steps.clear();
  if (!strip.open) return;
  // Small pictures are made once for each that is laid out.
  if (timeline.story != pictures_of_) {
    pictures_of_ = timeline.story;
    step_pictures_.clear();
    for (int i = 0; pictures_of_ && i < pictures_of_->picture.n_moments(); ++i)
      step_pictures_.push_back(small_picture(*pictures_of_->picture.layout_of(i)));
  }
  for (std::size_t i = 0; i < story.steps.size(); ++i) {
    const StoryStep& step = story.steps[i];
    UiStoryStep shown{
        step_title(step), step.caption,       {},
        step.name,        step.duration_secs, step.pause_secs,
        step.easing,      step.stagger_secs,  i < step_pictures_.size() ? &step_pictures_[i] : nullptr};
    for (const std::string& command : step.commands)
      shown.commands.append(shown.commands.empty() ? "" : "; ").append(command);
    strip.steps.push_back(std::move(shown));
  }
  const bool by_story = timeline.mode == PlayMode::Story;
  const int last = static_cast<int>(story.steps.size()) - 1;
  strip.current = by_story ? std::min(timeline.current, last) : last;
  strip.position = by_story ? static_cast<float>(timeline.position) : static_cast<float>(last);
  strip.title = by_story ? timeline.caption
                         : "Recording: " + std::to_string(last + 1) + (last == 0 ? " step" : " steps");
}

void DesktopProgram::update_missing_model() {
  const Document& document = viewer_.document();
  const std::string& start = document.story->empty() ? document.model : document.story->start.model;
  // The disk is asked when the names change, not in every frame.
  if (document.model == sought_model_ && start == sought_start_) return;
  sought_model_ = document.model;
  sought_start_ = start;
  frame_.missing_model = missing_model(document);
}

// Heads that share a hue have others together on stage; grid and inspector follow.
void DesktopProgram::update_head_colors(const Document& document) {
  StageColors wanted{document.selection.heads, document.view.palette, document.view.theme, {}};
  if (stage_colors_.heads == wanted.heads && stage_colors_.palette == wanted.palette &&
      stage_colors_.theme == wanted.theme)
    return;
  wanted.colors = stage_colors(wanted.heads, wanted.palette, wanted.theme);
  stage_colors_ = std::move(wanted);
}

UiColor DesktopProgram::head_color_of(HeadRef head) const {
  const auto& [heads, palette, theme, colors] = stage_colors_;
  const auto found = std::find(heads.begin(), heads.end(), head);
  if (found == heads.end()) return to_ui(head_color(head.head, palette, theme));
  return to_ui(colors[static_cast<std::size_t>(found - heads.begin())]);
}

void DesktopProgram::update_frame() {
  const Document& document = viewer_.document();
  frame_.document = &document;
  frame_.settings = &viewer_.settings();
  frame_.trace = viewer_.trace().get();
  frame_.time = now_;
  frame_.scale = window_->content_scale() * window_->size().x /
                 std::max(1.0f, static_cast<float>(window_->framebuffer_size().width));
  if (frame_.scale <= 0) frame_.scale = 1;
  frame_.text = &text_;
  frame_.status = viewer_.status(now_);
  frame_.computing = viewer_.computing(now_);
  frame_.progress = frame_.computing ? viewer_.trace_state().progress : 0;
  const ViewOptions view = document.view;
  update_head_colors(document);
  frame_.head_color = [this](HeadRef head) { return head_color_of(head); };
  frame_.matrix_color = [view](float weight) {
    return to_ui(matrix_color(color_map(view.matrix_colors), weight));
  };
  update_head_tiles();
  frame_.model_title = std::filesystem::path(document.model).filename().string();
  if (frame_.n_heads > 0) {
    frame_.model_title +=
        " · " + std::to_string(frame_.n_layers) + " layers × " + std::to_string(frame_.n_heads) + " heads";
  }
  if (frame_.models.empty()) {
    for (const BuiltInModel& model : built_in_models()) frame_.models.push_back({model.name, model.summary});
  }
  update_reading();
  update_unknown_words();
  update_second_text();
  update_inspector();
  update_timeline();
  frame_.can_undo = viewer_.history().can_undo();
  frame_.can_redo = viewer_.history().can_redo();
  frame_.toasts.clear();
  for (const Toast& toast : toasts_) frame_.toasts.push_back(toast.toast);
  update_export();
  update_missing_model();
  const Document* left = viewer_.recovery();
  frame_.recovery = !left ? "" : left->text.empty() ? "an empty sentence" : left->text;
}

}  // namespace headscope
