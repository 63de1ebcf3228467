#pragma once

#include <cstdint>
#include <functional>
#include <random>
#include <span>
#include <vector>

#include "base/result.h"
#include "models/model.h"

/// How a model goes on with a text.
namespace headscope {

struct SamplingOptions {
  float temperature = 1;   ///< logits are divided by it; 0: always the most probable token
  int top_k = 0;           ///< only the k most probable tokens; 0: all
  float top_p = 1;         ///< only the fewest tokens that make up this much probability, (0, 1]
  std::uint64_t seed = 1;  ///< the same seed gives the same tokens
};

/// softmax(logits / temperature), zero outside of top_k and top_p, summing to 1. Ties go to the smaller id.
///   logits   [vocab_size]
///   returns  [vocab_size]
/// REQUIRES: temperature ≥ 0, top_k ≥ 0, 0 < top_p ≤ 1.
Vector next_token_probabilities(const VectorView& logits, const SamplingOptions& options);

/// Draws one id. `random` advances by one number, also where there is nothing to choose.
int sample_token(const VectorView& probabilities, std::mt19937_64& random);

struct GenerateOptions {
  SamplingOptions sampling;
  int max_new_tokens = 64;
  std::vector<int> end_ids;  ///< the text ends before one of these
  std::stop_token stop;
  TracePtr previous;  ///< a trace of the same model, so that a known beginning costs nothing
  /// Called after each token with the trace that it was drawn from; false ends the text.
  std::function<bool(int id, const TracePtr& trace)> on_token;
};

struct Generation {
  std::vector<int> new_ids;
  TracePtr trace;  ///< of the prompt and all new tokens but the last
};

/// Continues `prompt_ids` token by token; each step computes one position. Ends early when the model's
/// positions are used up. Errors: as Model::trace_ids.
Result<Generation> generate(const Model& model, std::span<const int> prompt_ids,
                            const GenerateOptions& options);

}  // namespace headscope
