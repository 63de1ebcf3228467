#pragma once

#include <span>
#include <vector>

#include "trace/attention_trace.h"

/// A trace as somebody looks at it: nothing here needs another forward pass.
namespace headscope {

struct TraceView {
  AttentionPart part = AttentionPart::Encoder;  ///< of a trace with parts
  float temperature = 1;                        ///< trace/temperature.h
  bool merge_words = false;                     ///< tokens that make up a word count as one
  bool leave_out_special = false;               ///< tokens that the model added are not there
  friend bool operator==(const TraceView&, const TraceView&) = default;
};

/// The trace of one kind of attention, at a temperature, its tokens grouped as the view says. A group's
/// weight is the sum over the keys in it and the mean over the queries in it, so that rows add up as before;
/// keys that are left out are told by AttentionLayer::left_out. `trace` itself where the view changes
/// nothing.
TracePtr viewed(const TracePtr& trace, const TraceView& view);

/// What the tokens of a view stand for, in order. Words are runs of letters, digits and marks; a space, a
/// change between these and other signs, and a token the model added end them; signs of scripts that are
/// written without spaces are words by themselves. A character that was cut into several tokens is one.
std::vector<TokenRange> token_groups(std::span<const TraceToken> tokens, bool merge_words,
                                     bool leave_out_special);

/// How many tokens look and are looked at in the view, without making it.
struct ViewSizes {
  int n_tokens = 0, n_keys = 0;
};
ViewSizes view_sizes(const TracePtr& trace, const TraceView& view);

}  // namespace headscope
