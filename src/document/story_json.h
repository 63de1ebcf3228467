#pragma once

#include <string>

#include "document/story.h"
#include "io/json.h"

/// A story as the "story" of a document's file: docs/story-format.md. Inside of src/document.
namespace headscope {

/// The start is left out where it is `own`, the document's own state.
Json story_json(const Story& story, const DocumentState& own);

/// `own`: the document's state, from which a story without a start begins. Every command was read once, so
/// that a story that opens is one that can be played. Errors: Corrupt, with the step.
Result<Story> read_story(const Json& json, const std::string& where, const DocumentState& own);

}  // namespace headscope
