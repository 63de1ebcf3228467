#pragma once

#include <string>

#include "trace/attention_trace.h"

namespace headscope {

/// Where two traces of the same text differ most.
struct WeightChange {
  float change = 0;  ///< |a − b|
  AttentionPart part = AttentionPart::Self;
  int layer = 0, head = 0, query = 0, key = 0;
};

/// The attention weight that differs most between two traces, over all layers, heads and parts.
/// REQUIRES: both are complete and of the same shape and number of tokens.
WeightChange largest_weight_change(const AttentionTrace& a, const AttentionTrace& b);

}  // namespace headscope
