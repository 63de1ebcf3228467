#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "document/action.h"
#include "document/clean_text.h"
#include "document/document.h"

namespace headscope {

struct AttentionTrace;

/// What a document does not know about itself: the sizes of the trace on show. 0: not known yet.
struct CommandContext {
  int n_tokens = 0, n_layers = 0, n_heads = 0;
  int n_keys = 0;  ///< where other tokens are looked at than look (cross-attention), else 0: n_tokens
  /// Makes the trace on show, for a story that tells its numbers; empty: none is there.
  std::function<std::shared_ptr<const AttentionTrace>()> trace = {};
  int n_columns = 0;  ///< of a picture's patches, which are the tokens from `first_patch` on; 0: no picture
  int first_patch = 0;
  int key_count() const { return n_keys > 0 ? n_keys : n_tokens; }
};

/// The only place where a document changes. Pure. Errors: InvalidArgument, when the action names something
/// that is not there or a text that is too long; the document stays as it was.
Result<Document> reduce(const Document& document, const Action& action, const CommandContext& context);

/// `document` with every index inside the sizes of `context`: a text that became shorter, or another model,
/// may have left its selection outside. The document itself keeps what was chosen.
Document within(const Document& document, const CommandContext& context);

/// The state with another picture or sound; "": none. The first one brings the view that shows it, and what
/// the words of a model that listens look at in it; the last one takes that view away.
DocumentState state_with_input(DocumentState state, std::string file);

/// What the edit timeline calls the step from `before` to `after`: "street → animal", "select head 2·5".
std::string step_name(const Document& before, const Document& after, const Action& action);

/// Changes of one burst that follow each other closely are one step of undo (see History::push): typing,
/// sliders and walks through tokens or heads. "" for changes that stand alone.
std::string burst_of(const Action& action);

}  // namespace headscope
