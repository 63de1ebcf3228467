#include "models/generate.h"

#include <algorithm>
#include <cassert>
#include <numeric>

#include "core/softmax.h"

namespace headscope {

Vector next_token_probabilities(const VectorView& logits, const SamplingOptions& options) {
  assert(options.temperature >= 0 && options.top_k >= 0 && options.top_p > 0 && options.top_p <= 1);
  const auto n = static_cast<std::size_t>(logits.size());
  Vector all(logits.size());
  softmax_row({logits.data(), n}, nullptr, {all.data(), n}, options.temperature);
  std::vector<int> order(n);
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](int a, int b) { return all[a] > all[b]; });

  // Greedy means one token, also where several tie.
  std::size_t n_kept = options.temperature == 0 ? 1
                       : options.top_k > 0      ? std::min<std::size_t>(n, options.top_k)
                                                : n;
  double mass = 0, kept_total = 0;
  for (std::size_t i = 0; i < n_kept; ++i) kept_total += all[order[i]];
  for (std::size_t i = 0; i < n_kept; ++i) {
    mass += all[order[i]];
    if (options.top_p < 1 && mass >= options.top_p * kept_total) n_kept = i + 1;
  }
  Vector kept = Vector::Zero(logits.size());
  for (std::size_t i = 0; i < n_kept; ++i) kept[order[i]] = static_cast<float>(all[order[i]] / mass);
  return kept;
}

int sample_token(const VectorView& probabilities, std::mt19937_64& random) {
  // 53 random bits as a number in [0, 1); the library's distributions differ between systems.
  const double draw =
      static_cast<double>(random() >> 11) * 0x1p-53 * static_cast<double>(probabilities.sum());
  double mass = 0;
  int last = 0;
  for (int id = 0; id < probabilities.size(); ++id) {
    if (probabilities[id] <= 0) continue;
    last = id;
    mass += probabilities[id];
    if (draw < mass) return id;
  }
  return last;  // rounding left the draw beyond the sum
}

Result<Generation> generate(const Model& model, std::span<const int> prompt_ids,
                            const GenerateOptions& options) {
  TokenInput input{.ids = {prompt_ids.begin(), prompt_ids.end()}};
  TraceOptions trace_options;
  trace_options.stop = options.stop;
  trace_options.previous = options.previous;
  trace_options.keep_last_logits = true;
  trace_options.n_next_tokens = 0;
  std::mt19937_64 random(options.sampling.seed);
  Generation generation;
  while (static_cast<int>(generation.new_ids.size()) < options.max_new_tokens) {
    if (static_cast<int>(input.ids.size()) > model.max_tokens() && !generation.new_ids.empty()) break;
    auto trace = model.trace_ids(input, trace_options);
    if (!trace) return trace.error();
    if (!(*trace)->causal || (*trace)->last_logits.size() == 0) {
      return Error{ErrorCode::Unsupported, "'" + model.name() + "' does not write token after token",
                   "Choose a model that names the next token"};
    }
    generation.trace = trace_options.previous = *trace;
    const int id = sample_token(next_token_probabilities((*trace)->last_logits, options.sampling), random);
    if (std::ranges::find(options.end_ids, id) != options.end_ids.end()) break;
    generation.new_ids.push_back(id);
    input.ids.push_back(id);
    if (options.on_token && !options.on_token(id, *trace)) break;
  }
  return generation;
}

}  // namespace headscope
