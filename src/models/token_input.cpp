#include "models/token_input.h"

#include <algorithm>

#include "io/quote.h"

namespace headscope {
namespace {

Error invalid(const std::string& message, const std::string& hint) {
  return {ErrorCode::InvalidArgument, message, hint};
}

Error unsupported(const std::string& model, const std::string& what) {
  return {ErrorCode::Unsupported, quote(model) + " reads no " + what, "Leave them out"};
}

}  // namespace

std::shared_ptr<const BoolMatrix> real_keys(const std::vector<int>& attention_mask) {
  if (std::ranges::find(attention_mask, 0) == attention_mask.end()) return nullptr;
  BoolMatrix mask(1, static_cast<Eigen::Index>(attention_mask.size()));
  for (Eigen::Index i = 0; i < mask.cols(); ++i) {
    mask(0, i) = attention_mask[static_cast<std::size_t>(i)] != 0;
  }
  return std::make_shared<const BoolMatrix>(std::move(mask));
}

Status check_ids(const std::vector<int>& ids, const TransformerConfig& config, const std::string& model,
                 const std::string& what) {
  if (ids.empty()) return invalid("there are no tokens to read", "Type at least one word");
  if (ids.size() > static_cast<std::size_t>(config.max_tokens)) {
    return invalid(what + " has " + std::to_string(ids.size()) + " tokens, but '" + model +
                       "' reads at most " + std::to_string(config.max_tokens),
                   "Shorten " + what);
  }
  for (const int id : ids) {
    if (id >= 0 && id < config.vocab_size) continue;
    return invalid("token id " + std::to_string(id) + " is outside of the vocabulary of '" + model +
                       "', 0 to " + std::to_string(config.vocab_size - 1),
                   "Check that the ids belong to this model");
  }
  return {};
}

Status check_no_media(const TokenInput& input, const std::string& model) {
  if (!input.media) return {};
  const std::string what = input.media->pixels.values.empty() ? "input_features" : "pixel_values";
  return Error{ErrorCode::Unsupported, "'" + model + "' reads text: '" + what + "' is no input of it",
               "Use a model for pictures (ViT, DeiT) or for sound (Whisper)"};
}

Status check_lists(const TokenInput& input, const TransformerConfig& config, const std::string& model) {
  const std::size_t n = input.ids.size();
  for (const auto* list : {&input.position_ids, &input.attention_mask, &input.token_type_ids}) {
    if (list->empty() || list->size() == n) continue;
    return invalid("positions, attention mask and segments must have one entry for each of the " +
                       std::to_string(n) + " tokens",
                   "Give lists of the same length");
  }
  if (!input.token_type_ids.empty() && config.n_segments == 0) return unsupported(model, "token_type_ids");
  for (const int segment : input.token_type_ids) {
    if (segment >= 0 && segment < config.n_segments) continue;
    return invalid(
        "segment " + std::to_string(segment) + " is outside of 0 to " + std::to_string(config.n_segments - 1),
        "Check the token_type_ids");
  }
  const bool counts = config.position == PositionKind::Learned || config.position == PositionKind::Rotary;
  if (!input.position_ids.empty() && (!counts || (config.position_offset > 0 && config.padding_id < 0))) {
    return unsupported(model, "position_ids");
  }
  const int n_rows = config.max_tokens + (config.padding_id >= 0 ? config.position_offset : 0);
  for (const int position : input.position_ids) {
    if (position >= 0 && position < n_rows) continue;
    return invalid(
        "position " + std::to_string(position) + " is outside of 0 to " + std::to_string(n_rows - 1),
        "Check the position ids");
  }
  return {};
}

std::vector<int> engine_positions(const TokenInput& input, const TransformerConfig& config) {
  std::vector<int> positions = input.position_ids;
  if (config.padding_id >= 0) {
    for (int& position : positions) position -= config.position_offset;
  }
  return positions;
}

}  // namespace headscope
