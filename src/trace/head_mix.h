#pragma once

#include <span>

#include "trace/attention_trace.h"

namespace headscope {

/// Several heads seen as one.
enum class MixKind { Mean, Max, Sum };

struct TraceHead {
  int layer = 0, head = 0;
};

/// Mixes row `query` of the heads into `row`, which has n_tokens elements. Heads of layers that are not
/// computed yet are left out (the mean is over the others); without any the row is 0.
void mix_row(const AttentionTrace& trace, std::span<const TraceHead> heads, MixKind kind, int query,
             std::span<float> row);

/// [n_tokens, n_tokens], as mix_row for every query.
Matrix mix_heads(const AttentionTrace& trace, std::span<const TraceHead> heads, MixKind kind);

}  // namespace headscope
