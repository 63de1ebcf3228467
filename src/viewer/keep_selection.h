#pragma once

#include "compute/trace_request.h"
#include "document/document_state.h"
#include "trace/attention_trace.h"

/// Where selected tokens go when what they are tokens of changes.
namespace headscope {

/// The selection of `before`, with its tokens where their words are in the texts of `after`; a query that
/// could not see what was written goes there (follow_writing). Texts too long to be tokenized while a key is
/// held leave it as it is, and so do models that read no text.
Selection selection_in_text(const Model& model, const DocumentState& before, const DocumentState& after);

/// The same where the texts stay and words are merged, or special tokens left out, or no longer. `shown` is
/// the trace as `before` showed it.
Selection selection_in_groups(const AttentionTrace& shown, const DocumentState& before,
                              const DocumentState& after);

}  // namespace headscope
