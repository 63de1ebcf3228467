#pragma once

#include "document/document_state.h"
#include "document/reduce.h"
#include "trace/trace_view.h"

/// What a document chooses of a trace that was computed for it.
namespace headscope {

TraceView trace_view(const DocumentState& state);

/// The part, at the temperature, with the words that the document wants to see.
inline TracePtr shown_trace(const TracePtr& computed, const DocumentState& state) {
  return viewed(computed, trace_view(state));
}

/// What commands may name in a trace that is shown.
CommandContext context_of(const AttentionTrace& shown);
inline CommandContext context_of(const TracePtr& shown) {
  CommandContext context = context_of(*shown);
  context.trace = [shown] { return shown; };
  return context;
}
/// The same before it is made.
CommandContext shown_context(const TracePtr& computed, const DocumentState& state);

}  // namespace headscope
