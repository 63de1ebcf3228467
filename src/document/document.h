#pragma once

#include <string>

#include "document/document_state.h"
#include "document/shared.h"
#include "document/story.h"

namespace headscope {

/// What the user has asked to see: a small value, compared and copied freely. Weights, traces and the
/// playhead are never in it. Changed by commands alone (document/command.h), so that undo is a list of
/// documents.
struct Document : DocumentState {
  Shared<Story> story;
  std::string unknown_fields;  ///< JSON object text of fields a newer version wrote; kept when saved again
  friend bool operator==(const Document&, const Document&) = default;

  const DocumentState& state() const { return *this; }
  DocumentState& state() { return *this; }
};

}  // namespace headscope
