#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "trace/attention_trace.h"

namespace headscope {

/// Who each token is, across edits: token k of the new text has the number of the token it was in the old
/// text. A replaced token keeps its number, so that its connections glide; an inserted one gets a fresh
/// number.
struct TokenIdentities {
  std::vector<std::uint64_t> ids;  ///< [n_tokens], unique
  std::vector<int> token_ids;      ///< what was aligned against: vocabulary ids and text hashes
  std::vector<std::uint64_t> text_hashes;
  std::uint64_t next = 1;  ///< the number the next new token gets
  friend bool operator==(const TokenIdentities&, const TokenIdentities&) = default;
};

/// Who the tokens of a picture are. What a model reads and what its decoder has written are followed each by
/// itself, so that a word has its number again when the part it belongs to is shown again.
struct TraceIdentities {
  TokenIdentities source, target;
  std::vector<std::uint64_t> queries;  ///< [n_tokens] of the trace that was followed last
  std::vector<std::uint64_t> keys;     ///< [n_keys]; the same numbers where the same tokens look
  friend bool operator==(const TraceIdentities&, const TraceIdentities&) = default;
};

/// Aligns the tokens of `trace`, which is one kind of attention, with those seen before. Pure.
TraceIdentities follow_trace(const TraceIdentities& before, const AttentionTrace& trace);

/// Aligns `tokens` with those of `before` by a shortest edit script (Myers 1986). Pure; `before` may be
/// empty.
TokenIdentities follow_tokens(const TokenIdentities& before, std::span<const TraceToken> tokens);

}  // namespace headscope
