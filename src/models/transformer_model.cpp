#include "models/transformer_model.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <numeric>
#include <utility>

#include "models/trace_tokens.h"

namespace headscope {
namespace {

/// The next tokens after every position are cheap up to a vocabulary of this size.
constexpr int kSmallVocabulary = 4096;

std::uint64_t next_instance() {
  static std::atomic<std::uint64_t> counter{0};
  return ++counter;
}

double milliseconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
}

Error invalid(const std::string& message, const std::string& hint) {
  return {ErrorCode::InvalidArgument, message, hint};
}

/// [1, n_tokens] false where a token is padding; null when none is.
std::shared_ptr<const BoolMatrix> real_keys(const TokenInput& input) {
  if (std::ranges::find(input.attention_mask, 0) == input.attention_mask.end()) return nullptr;
  BoolMatrix mask(1, static_cast<Eigen::Index>(input.ids.size()));
  for (Eigen::Index i = 0; i < mask.cols(); ++i)
    mask(0, i) = input.attention_mask[static_cast<std::size_t>(i)] != 0;
  return std::make_shared<const BoolMatrix>(std::move(mask));
}

}  // namespace

/// One call of `trace` or `trace_ids`.
struct TransformerModel::Job {
  const TokenInput& input;
  const TraceOptions& options;
  std::string text;
  std::vector<TraceToken> tokens;
  std::chrono::steady_clock::time_point start = std::chrono::steady_clock::now();
  std::shared_ptr<const BoolMatrix> real_keys = headscope::real_keys(input);

  int n_tokens() const { return static_cast<int>(input.ids.size()); }
  bool plain() const { return input.position_ids.empty() && !real_keys; }
};

TransformerModel::TransformerModel(std::string name, ModelInfo info, TokenizerPtr tokenizer,
                                   Transformer transformer)
    : name_(std::move(name)),
      info_(std::move(info)),
      instance_(next_instance()),
      tokenizer_(std::move(tokenizer)),
      transformer_(std::move(transformer)) {
  const TransformerConfig& config = transformer_.config();
  shape_ = {config.n_layers, config.n_heads, config.n_kv_heads,
            config.head_dim, config.d_model, config.vocab_size};
}

Result<TracePtr> TransformerModel::trace(const std::string& text, const TraceOptions& options) const {
  const auto start = std::chrono::steady_clock::now();
  const std::vector<Token> tokens = tokenizer_->encode(text);
  TokenInput input;
  input.ids.reserve(tokens.size());
  for (const Token& token : tokens) input.ids.push_back(token.id);
  if (Status status = check(input); !status) return status.error();
  return run({input, options, text, trace_tokens(*tokenizer_, text, tokens), start});
}

Result<TracePtr> TransformerModel::trace_ids(const TokenInput& input, const TraceOptions& options) const {
  if (Status status = check(input); !status) return status.error();
  Job job{input, options, "", {}};
  job.tokens = trace_tokens(*tokenizer_, input.ids, job.text);
  return run(std::move(job));
}

Status TransformerModel::check(const TokenInput& input) const {
  const std::size_t n = input.ids.size();
  if (n == 0) return invalid("there are no tokens to read", "Type at least one word");
  if (n > static_cast<std::size_t>(max_tokens())) {
    return invalid("the text has " + std::to_string(n) + " tokens, but '" + name_ + "' reads at most " +
                       std::to_string(max_tokens()),
                   "Shorten the text");
  }
  for (const int id : input.ids) {
    if (id >= 0 && id < shape_.vocab_size) continue;
    return invalid("token id " + std::to_string(id) + " is outside of the vocabulary of '" + name_ +
                       "', 0 to " + std::to_string(shape_.vocab_size - 1),
                   "Check that the ids belong to this model");
  }
  if ((!input.position_ids.empty() && input.position_ids.size() != n) ||
      (!input.attention_mask.empty() && input.attention_mask.size() != n)) {
    return invalid(
        "positions and attention mask must have one entry for each of the " + std::to_string(n) + " tokens",
        "Give lists of the same length");
  }
  for (const int position : input.position_ids) {
    if (position >= 0 && position < max_tokens()) continue;
    return invalid(
        "position " + std::to_string(position) + " is outside of 0 to " + std::to_string(max_tokens() - 1),
        "Check the position ids");
  }
  return {};
}

bool TransformerModel::wants_all_next(const TraceOptions& options) const {
  if (options.next_tokens == TraceOptions::NextTokens::Auto) return shape_.vocab_size <= kSmallVocabulary;
  return options.next_tokens == TraceOptions::NextTokens::All;
}

bool TransformerModel::keeps_weights(const Job& job) const {
  const double n = job.n_tokens(), cells = transformer_.config().causal ? n * (n + 1) / 2 : n * n;
  const double bytes = cells * shape_.n_heads * shape_.n_layers * sizeof(float);
  return job.options.keep_weights && bytes <= static_cast<double>(job.options.max_weight_bytes);
}

int TransformerModel::reusable_rows(const Job& job) const {
  const AttentionTrace* previous = job.options.previous.get();
  const TraceOptions& options = job.options;
  if (!previous || !previous->complete() || previous->model_instance != instance_) return 0;
  if (!transformer_.config().causal || !job.plain() || !previous->reusable) return 0;
  if (keeps_weights(job) != previous->layers.back()->keeps_weights()) return 0;
  if (options.keep_hidden && previous->hidden.empty()) return 0;
  if (options.keep_logits && previous->logits.empty()) return 0;

  const int n_shared_max = std::min(job.n_tokens(), previous->n_tokens());
  int n = 0;
  while (n < n_shared_max &&
         previous->tokens[static_cast<std::size_t>(n)].id == job.input.ids[static_cast<std::size_t>(n)]) {
    ++n;
  }
  if (options.keep_last_logits &&
      (previous->last_logits.size() == 0 || previous->n_tokens() != job.n_tokens())) {
    n = std::min(n, job.n_tokens() - 1);
  }
  if (options.n_next_tokens <= 0 || !transformer_.has_output()) return n;
  // Rows whose next tokens are wanted but unknown are computed again.
  const int from = wants_all_next(options) ? 0 : job.n_tokens() - 1;
  for (int row = from; row < n; ++row) {
    const auto& next = previous->next_tokens;
    if (row >= static_cast<int>(next.size())) return row;
    const int known = static_cast<int>(next[static_cast<std::size_t>(row)].size());
    if (known < std::min(options.n_next_tokens, shape_.vocab_size)) return row;
  }
  return n;
}

AttentionLayerPtr TransformerModel::extended(const Job& job, int layer, int first,
                                             const LayerRowsPtr& rows) const {
  std::vector<SharedLayerRows> blocks;
  if (first > 0) {
    const AttentionLayerPtr& known = job.options.previous->layers[static_cast<std::size_t>(layer)];
    blocks = dynamic_cast<const LayerRecord&>(*known).first_rows(first);
  }
  if (rows) blocks.push_back({rows, rows->n});
  return std::make_shared<const LayerRecord>(
      transformer_.config().heads(), transformer_.score_rule(layer, job.real_keys), std::move(blocks));
}

std::vector<TokenProbability> TransformerModel::most_probable(const float* logits, int n) const {
  n = std::min(n, shape_.vocab_size);
  std::vector<int> ids(static_cast<std::size_t>(shape_.vocab_size));
  std::iota(ids.begin(), ids.end(), 0);
  std::partial_sort(ids.begin(), ids.begin() + n, ids.end(),
                    [&](int a, int b) { return logits[a] != logits[b] ? logits[a] > logits[b] : a < b; });
  const float peak = logits[ids[0]];
  const float sum = (Eigen::Map<const Eigen::ArrayXf>(logits, shape_.vocab_size) - peak).exp().sum();
  std::vector<TokenProbability> best;
  for (int i = 0; i < n; ++i) {
    const int id = ids[static_cast<std::size_t>(i)];
    best.push_back({id, token_text(*tokenizer_, id), std::exp(logits[id] - peak) / sum});
  }
  return best;
}

void TransformerModel::read_output(const Job& job, int first, const ForwardResult& result,
                                   AttentionTrace& trace) const {
  const TraceOptions& options = job.options;
  const AttentionTrace* previous = first > 0 ? options.previous.get() : nullptr;
  const int n_next = transformer_.has_output() ? options.n_next_tokens : 0;
  const int n_tokens = job.n_tokens(), n = n_tokens - first;
  if (n_next > 0) {
    trace.next_tokens.resize(static_cast<std::size_t>(n_tokens));
    for (int row = 0; previous && row < std::min(first, static_cast<int>(previous->next_tokens.size()));
         ++row) {
      trace.next_tokens[static_cast<std::size_t>(row)] = previous->next_tokens[static_cast<std::size_t>(row)];
    }
  }
  if (options.keep_logits && previous) trace.logits = previous->logits.first_rows(first);
  if (options.keep_last_logits && n == 0) trace.last_logits = previous->last_logits;
  if (!needs_output(options) || n == 0) return;

  const bool all_next = n_next > 0 && wants_all_next(options);
  const int n_rows = all_next || options.keep_logits ? n : 1;
  Matrix logits = transformer_.logits(result.final_hidden.bottomRows(n_rows));
  if (n_next > 0) {
    const int skipped = all_next ? 0 : n_rows - 1;
    transformer_.pool().parallel_for(n_rows - skipped, [&](int i) {
      const int row = skipped + i;
      trace.next_tokens[static_cast<std::size_t>(n_tokens - n_rows + row)] =
          most_probable(logits.row(row).data(), n_next);
    });
  }
  if (options.keep_last_logits) trace.last_logits = logits.row(n_rows - 1).transpose();
  if (options.keep_logits) trace.logits = trace.logits.with(std::move(logits));
}

bool TransformerModel::needs_output(const TraceOptions& options) const {
  return transformer_.has_output() &&
         (options.n_next_tokens > 0 || options.keep_logits || options.keep_last_logits);
}

Result<TracePtr> TransformerModel::run(Job job) const {
  const std::lock_guard lock(mutex_);
  const TraceOptions& options = job.options;
  const int first = reusable_rows(job), n_layers = shape_.n_layers;
  AttentionTrace trace;
  trace.model_name = name_;
  trace.model_instance = instance_;
  trace.reusable = job.plain();
  trace.text = std::move(job.text);
  trace.shape = shape_;
  trace.causal = transformer_.config().causal;
  trace.tokens = std::move(job.tokens);
  trace.layers.resize(static_cast<std::size_t>(n_layers));
  trace.n_computed = job.n_tokens() - first;

  ForwardResult result;
  if (first == job.n_tokens()) {
    for (int layer = 0; layer < n_layers; ++layer) {
      trace.layers[static_cast<std::size_t>(layer)] = extended(job, layer, first, nullptr);
    }
  } else {
    ForwardRequest request;
    request.ids = job.input.ids;
    request.positions = job.input.position_ids;
    request.first = first;
    if (first > 0) request.known = options.previous->layers;
    request.keep_weights = keeps_weights(job);
    request.keep_hidden = options.keep_hidden;
    request.final_hidden = needs_output(options);
    request.stop = options.stop;
    request.on_attention = [&](int layer, const LayerRowsPtr& rows, const CrossRowsPtr&) {
      trace.layers[static_cast<std::size_t>(layer)] = extended(job, layer, first, rows);
      if (!options.on_layer) return;
      trace.compute_ms = milliseconds_since(job.start);
      options.on_layer(std::make_shared<const AttentionTrace>(trace),
                       static_cast<float>(layer + 1) / static_cast<float>(n_layers));
    };
    request.real_keys = job.real_keys;
    auto forward = transformer_.forward(request);
    if (!forward) return forward.error();
    result = std::move(*forward);
  }

  read_output(job, first, result, trace);
  if (options.keep_hidden) {
    for (std::size_t i = 0; i <= static_cast<std::size_t>(n_layers); ++i) {
      SharedRows rows = first > 0 ? options.previous->hidden[i].first_rows(first) : SharedRows();
      trace.hidden.push_back(result.hidden.empty() ? rows : rows.with(std::move(result.hidden[i])));
    }
  }
  trace.compute_ms = milliseconds_since(job.start);
  return std::make_shared<const AttentionTrace>(std::move(trace));
}

}  // namespace headscope
