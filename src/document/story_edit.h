#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "document/action.h"
#include "document/reduce.h"

/// How stories come about and change. All pure.
namespace headscope {

/// The commands of a step, one a line or with ; between (not within quotes), as `to_string` writes them.
/// Errors: InvalidArgument (no such command, one that does not change the picture, one of a story).
Result<std::vector<std::string>> story_commands(std::string_view script);

/// What leads from one state to the other: reduced over `before`, in order, they give `after`. Captions are
/// left out (a step has its own), and so are interventions, which have no commands, and the model's hash.
std::vector<Action> actions_between(const DocumentState& before, const DocumentState& after);

/// The story of `before`, with one more step that leads from its picture to that of `after`. A change of the
/// caption alone is the last step's. Without a story one begins with `before`.
Story with_recorded_step(const Document& before, const DocumentState& after);

/// A story that goes through states one after the other; it begins with the first one.
/// REQUIRES: at least one state.
Story story_through(const std::vector<DocumentState>& states);

/// Errors: InvalidArgument: temperatures that are none, texts that are missing, a model that is not known
/// yet.
Result<Story> automatic_story(const DocumentState& state, const AutoStory& wanted,
                              const CommandContext& context);

/// What the strip calls a step: its name, else its change.
std::string step_title(const StoryStep& step);

/// Applies an action that changes the story. Errors: InvalidArgument (no such step, a command that is none).
Result<Story> reduce_story(const Document& document, const Action& action, const CommandContext& context);

}  // namespace headscope
