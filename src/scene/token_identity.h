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

/// Aligns `tokens` with those of `before` by a shortest edit script (Myers 1986). Pure; `before` may be
/// empty.
TokenIdentities follow_tokens(const TokenIdentities& before, std::span<const TraceToken> tokens);

}  // namespace headscope
