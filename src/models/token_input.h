#pragma once

#include <memory>
#include <string>

#include "models/model.h"
#include "models/transformer_config.h"

/// Checks on what a stack is asked to read.
namespace headscope {

/// [1, n_tokens] false where a token is padding; null when none is.
std::shared_ptr<const BoolMatrix> real_keys(const std::vector<int>& attention_mask);

/// `what` names the ids in an error, "the text" or "the target text". Errors: InvalidArgument.
Status check_ids(const std::vector<int>& ids, const TransformerConfig& config, const std::string& model,
                 const std::string& what);

/// A model of text is given a picture or a sound. Errors: Unsupported.
Status check_no_media(const TokenInput& input, const std::string& model);

/// Positions, mask and segments beside the ids. Errors: InvalidArgument; Unsupported (the stack has none).
Status check_lists(const TokenInput& input, const TransformerConfig& config, const std::string& model);

/// The positions as the engine counts them; families that skip padding are given rows of their table.
std::vector<int> engine_positions(const TokenInput& input, const TransformerConfig& config);

}  // namespace headscope
