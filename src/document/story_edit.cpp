#include "document/story_edit.h"

#include <algorithm>
#include <cassert>
#include <iterator>
#include <type_traits>

#include "base/utf8.h"
#include "document/command.h"

namespace headscope {

namespace {

/// One command a line: a ";" outside of quotes ends a line too.
std::string lines_of(std::string_view script) {
  std::string lines;
  bool quoted = false, escaped = false;
  for (const char c : script) {
    if (c == '"' && !escaped) quoted = !quoted;
    escaped = quoted && !escaped && c == '\\';
    lines += c == ';' && !quoted ? '\n' : c;
  }
  return lines;
}

Error no_such_step(int step, const Story& story) {
  if (story.empty())
    return {ErrorCode::InvalidArgument, "there is no story yet",
            "Press R and work as usual, or type  : auto-story words"};
  return {ErrorCode::InvalidArgument, "the story has no step " + std::to_string(step),
          "It has " + std::to_string(story.n_steps()) + "; the first one is 1"};
}

/// The first step shows the picture that the story begins with.
Story begun_with(const DocumentState& state) {
  Story story;
  story.start = state;
  StoryStep first;
  first.name = "start";
  first.caption = state.caption;
  story.steps.push_back(std::move(first));
  return story;
}

struct StoryReducer {
  Story story;
  const Document& document;
  const CommandContext& context;

  Result<Story> operator()(const StartStory&) {
    if (story.empty()) return begun_with(document);
    story.start = document.state();
    return story;
  }
  Result<Story> operator()(const AddStoryStep& action) {
    if (story.n_steps() >= kMaxStorySteps) {
      return Error{ErrorCode::InvalidArgument,
                   "a story has at most " + std::to_string(kMaxStorySteps) + " steps", "Begin another one"};
    }
    Result<std::vector<std::string>> commands = story_commands(action.commands);
    if (!commands) return commands.error();
    if (story.empty()) story.start = document.state();
    StoryStep step;
    step.commands = std::move(*commands);
    if (!story.empty()) step.caption = story.steps.back().caption;
    story.steps.push_back(std::move(step));
    return story;
  }
  Result<Story> operator()(const EditStoryStep& action) {
    const int step = shown(action.step);
    if (!has(step)) return no_such_step(step, story);
    Result<std::vector<std::string>> commands = story_commands(action.commands);
    if (!commands) return commands.error();
    at(step).commands = std::move(*commands);
    return story;
  }
  Result<Story> operator()(const DeleteStoryStep& action) {
    const int step = shown(action.step);
    if (!has(step)) return no_such_step(step, story);
    if (story.n_steps() == 1) return Story{};
    story.steps.erase(story.steps.begin() + step - 1);
    return story;
  }
  Result<Story> operator()(const DuplicateStoryStep& action) {
    const int step = shown(action.step);
    if (!has(step)) return no_such_step(step, story);
    StoryStep copy = at(step);
    story.steps.insert(story.steps.begin() + step, std::move(copy));
    return story;
  }
  Result<Story> operator()(const MoveStoryStep& action) {
    for (const int step : {action.step, action.to})
      if (!has(step)) return no_such_step(step, story);
    const auto from = story.steps.begin() + action.step - 1, to = story.steps.begin() + action.to - 1;
    if (from < to)
      std::rotate(from, from + 1, to + 1);
    else
      std::rotate(to, from, from + 1);
    return story;
  }
  Result<Story> operator()(const ShiftStoryStep& action) {
    const int step = shown(action.step);
    if (!has(step)) return no_such_step(step, story);
    return (*this)(MoveStoryStep{step, std::clamp(step + action.by, 1, story.n_steps())});
  }
  Result<Story> operator()(const NameStoryStep& action) {
    return with_text(action.step, action.name, &StoryStep::name);
  }
  Result<Story> operator()(const CaptionStoryStep& action) {
    return with_text(action.step, action.caption, &StoryStep::caption);
  }
  Result<Story> operator()(const RetimeStoryStep& action) {
    const int step = shown(action.step);
    if (!has(step)) return no_such_step(step, story);
    StoryStep& retimed = at(step);
    retimed.duration_secs = std::clamp(action.duration_secs, 0.0f, kMaxDurationSecs);
    retimed.pause_secs = std::clamp(action.pause_secs, 0.0f, kMaxPauseSecs);
    retimed.easing = action.easing;
    retimed.stagger_secs = action.stagger_secs;
    return story;
  }
  Result<Story> operator()(const ClearStory&) { return Story{}; }
  Result<Story> operator()(const AutoStory& action) { return automatic_story(document, action, context); }
  template <class Other>
  Result<Story> operator()(const Other&) {
    assert(false && "an action that does not change the story");
    return story;
  }

 private:
  /// 0 is the step on show, which the viewer put in its place; elsewhere the last one.
  int shown(int step) const { return step == 0 ? story.n_steps() : step; }
  bool has(int step) const { return step >= 1 && step <= story.n_steps(); }
  StoryStep& at(int step) { return story.steps[static_cast<std::size_t>(step - 1)]; }
  Result<Story> with_text(int wanted_step, const std::string& wanted, std::string StoryStep::*member) {
    const int step = shown(wanted_step);
    if (!has(step)) return no_such_step(step, story);
    Result<std::string> text = clean_text(wanted);
    if (!text) return text.error();
    at(step).*member = std::move(*text);
    return story;
  }
};

}  // namespace

bool changes_story(const Action& action) {
  return is_one_of<StartStory, AddStoryStep, EditStoryStep, DeleteStoryStep, DuplicateStoryStep,
                   MoveStoryStep, ShiftStoryStep, NameStoryStep, CaptionStoryStep, RetimeStoryStep,
                   ClearStory, AutoStory>(action);
}

int* story_step_of(Action& action) {
  return std::visit(
      [](auto& one) -> int* {
        using A = std::decay_t<decltype(one)>;
        if constexpr (std::is_same_v<A, MoveStoryStep>)
          return nullptr;
        else if constexpr (requires { one.step; })
          return &one.step;
        else
          return nullptr;
      },
      action);
}

Result<std::vector<std::string>> story_commands(std::string_view script) {
  const Result<std::vector<Command>> commands = parse_script(lines_of(script));
  if (!commands) return commands.error();
  std::vector<std::string> lines;
  for (const Command& command : *commands) {
    const Action* action = std::get_if<Action>(&command);
    if (!action || changes_story(*action)) {
      return Error{ErrorCode::InvalidArgument, "'" + spec_of(command).name + "' cannot be a step of a story",
                   "Use commands that change the picture, such as set-query 3"};
    }
    lines.push_back(to_string(command));
  }
  return lines;
}

Story with_recorded_step(const Document& before, const DocumentState& after) {
  Story story = before.story->empty() ? begun_with(before) : *before.story;
  StoryStep step;
  for (const Action& action : actions_between(before, after))
    step.commands.push_back(to_string(Command(action)));
  step.caption = after.caption;
  if (step.commands.empty())
    story.steps.back().caption = after.caption;
  else if (story.n_steps() < kMaxStorySteps)
    story.steps.push_back(std::move(step));
  return story;
}

Story story_through(const std::vector<DocumentState>& states) {
  assert(!states.empty());
  Document document;
  document.state() = states.front();
  document.story = begun_with(states.front());
  for (std::size_t i = 1; i < states.size(); ++i) {
    document.story = with_recorded_step(document, states[i]);
    document.state() = states[i];
  }
  return *document.story;
}

std::string step_title(const StoryStep& step) {
  if (!step.name.empty()) return step.name;
  std::string title;
  for (const std::string& line : step.commands) {
    const Result<Command> command = parse_command(line);
    if (!command) continue;
    std::string name;
    if (const auto* text = std::get_if<SetText>(std::get_if<Action>(&*command)))
      name = "“" + text->text + "”";
    else if (const auto* query = std::get_if<SetQuery>(std::get_if<Action>(&*command)))
      name = query->query ? "token " + std::to_string(*query->query) : "all tokens";
    else if (name = line; name.starts_with("set-"))
      name.erase(0, 4);
    title.append(title.empty() ? "" : ", ").append(name);
  }
  if (title.empty()) return "pause";
  return title.size() <= 80 ? title : title.substr(0, utf8_floor(title, 80)) + "…";
}

Result<Story> reduce_story(const Document& document, const Action& action, const CommandContext& context) {
  return std::visit(StoryReducer{*document.story, document, context}, action);
}

}  // namespace headscope
