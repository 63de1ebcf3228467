#pragma once

#include <cassert>

#include "document/document.h"
#include "trace/attention_trace.h"

namespace headscope {

/// Whether the trace has this head, and has come to its layer.
inline bool is_computed(const AttentionTrace& trace, HeadRef ref) {
  return ref.layer >= 0 && ref.layer < static_cast<int>(trace.layers.size()) &&
         trace.layers[static_cast<std::size_t>(ref.layer)] && ref.head >= 0 &&
         ref.head < trace.layers[static_cast<std::size_t>(ref.layer)]->n_heads();
}

/// The layer of a head. REQUIRES: is_computed(trace, ref).
inline const AttentionLayer& layer_of(const AttentionTrace& trace, HeadRef ref) {
  assert(is_computed(trace, ref));
  return *trace.layers[static_cast<std::size_t>(ref.layer)];
}

}  // namespace headscope
