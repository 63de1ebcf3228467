#pragma once

#include <optional>
#include <span>
#include <vector>

#include "document/document.h"
#include "trace/attention_trace.h"
#include "trace/metrics.h"

/// The numbers behind what is on screen, as the inspector tells them. All come from the trace; nothing is
/// rounded. Every function REQUIRES that the head's layer is computed and the indices are in range.
namespace headscope {

/// How one weight came about:  dot · scale + added = score;  exp(score − row's largest) / row_sum = weight.
struct EdgeNumbers {
  HeadRef head;
  int query = 0, key = 0;
  bool masked = false;  ///< the query may not attend to the key; then score is −∞, exp and weight are 0
  float dot = 0;        ///< q·k
  float scale = 1;      ///< the factor it is multiplied with
  float score = 0;      ///< what enters the softmax
  float added = 0;      ///< score − dot · scale: position bias, cap; 0 when masked
  float exp = 0;        ///< e^(score − the row's largest score), as the softmax uses it
  float row_sum = 0;    ///< of exp over the row
  float weight = 0;
  /// The weight is all there is: the trace lacks what it was computed from, or it is that of several tokens,
  /// added over those looked at and averaged over those that look.
  bool weight_alone = false;
};
EdgeNumbers explain_edge(const AttentionTrace& trace, HeadRef head, int query, int key);

/// The weights of one row, [n_key].
std::vector<float> explain_row(const AttentionTrace& trace, HeadRef head, int query);

/// The same row of several heads, combined as they are drawn; of heads apart the sum. A head whose layer has no
/// such row adds nothing; empty where none has it. REQUIRES: at least one head.
std::vector<float> explain_mixed_row(const AttentionTrace& trace, std::span<const HeadRef> heads, HeadMix mix,
                                     int query);

/// What one token gives and gets in a head. -1 where there is none.
struct TokenNumbers {
  int token = 0;
  int strongest_key = -1;  ///< what it looks at most
  float strongest_weight = 0;
  float own_weight = 0;      ///< what it keeps for itself
  float incoming_sum = 0;    ///< all weights on it
  int n_looking = 0;         ///< queries that could look at it
  int strongest_query = -1;  ///< who looks at it most
  float strongest_incoming = 0;
};
/// Of a token that looks; where other tokens are looked at (cross-attention), nobody looks at it.
TokenNumbers explain_token(const AttentionTrace& trace, HeadRef head, int token);
/// Of a token that is looked at in cross-attention: who looks at it; it looks at nothing itself.
TokenNumbers explain_key(const AttentionTrace& trace, HeadRef head, int key);

/// Entropy, distance, weight on first, previous and own token …, over the whole input.
HeadMetrics explain_head(const AttentionTrace& trace, HeadRef head);

}  // namespace headscope
