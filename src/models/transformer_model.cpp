#include "models/transformer_model.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numeric>
#include <utility>

#include "models/model_instance.h"
#include "models/next_tokens.h"
#include "models/token_input.h"
#include "models/trace_tokens.h"

namespace headscope {
namespace {

/// The next tokens after every position are cheap up to a vocabulary of this size.
constexpr int kSmallVocabulary = 4096;
/// As many logits as are computed unasked for a model that fills gaps.
constexpr std::int64_t kManyLogits = 1 << 24;

double milliseconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace

/// One call of `trace` or `trace_ids`.
struct TransformerModel::Job {
  const TokenInput& input;
  const TraceOptions& options;
  std::string text;
  std::vector<TraceToken> tokens;
  std::chrono::steady_clock::time_point start = std::chrono::steady_clock::now();
  std::shared_ptr<const BoolMatrix> real_keys = headscope::real_keys(input.attention_mask);
  std::size_t second_begin = std::string::npos;

  int n_tokens() const { return static_cast<int>(input.ids.size()); }
  bool plain() const { return input.position_ids.empty() && !real_keys; }
};

TransformerModel::TransformerModel(std::string name, ModelInfo info, TokenizerPtr tokenizer,
                                   Transformer transformer)
    : name_(std::move(name)),
      info_(std::move(info)),
      instance_(next_model_instance()),
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

SecondText TransformerModel::second_text() const {
  return transformer_.config().causal ? SecondText::None : SecondText::Pair;
}

Result<TracePtr> TransformerModel::trace_texts(const TextInput& input, const TraceOptions& options) const {
  const bool pair = input.second_text && !input.second_text->empty();
  if (!pair || second_text() == SecondText::None) return Model::trace_texts(input, options);
  auto tokens = tokenizer_->encode_pair(input.text, *input.second_text);
  if (!tokens) return tokens.error();
  TokenInput read;
  for (Token& token : *tokens) {
    read.ids.push_back(token.id);
    // RoBERTa has one segment for both.
    if (transformer_.config().n_segments > 1) read.token_type_ids.push_back(token.type_id);
    if (token.text == 1) token.begin += input.text.size(), token.end += input.text.size();
  }
  if (Status status = check(read); !status) return status.error();
  const std::string both = input.text + *input.second_text;
  Job job{read, options, both, trace_tokens(*tokenizer_, both, *tokens)};
  job.second_begin = input.text.size();
  return run(std::move(job));
}

Result<TracePtr> TransformerModel::trace_ids(const TokenInput& input, const TraceOptions& options) const {
  if (Status status = check(input); !status) return status.error();
  Job job{input, options, "", {}};
  job.tokens = trace_tokens(*tokenizer_, input.ids, job.text);
  return run(std::move(job));
}

Status TransformerModel::check(const TokenInput& input) const {
  const TransformerConfig& config = transformer_.config();
  if (Status text = check_no_media(input, name_); !text) return text;
  if (!input.decoder_input_ids.empty()) {
    return Error{ErrorCode::Unsupported, "'" + name_ + "' has no decoder that reads 'decoder_input_ids'",
                 "Give input_ids alone"};
  }
  if (Status status = check_ids(input.ids, config, name_, "the text"); !status) return status;
  return check_lists(input, config, name_);
}

bool TransformerModel::wants_all_next(const Job& job) const {
  const TraceOptions& options = job.options;
  // Whoever fills gaps has something to say at every position.
  if (!transformer_.config().causal && options.next_tokens == TraceOptions::NextTokens::Auto) {
    return static_cast<std::int64_t>(job.n_tokens()) * shape_.vocab_size <= kManyLogits;
  }
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
  // Where angles depend on the length, rows of a text of another length are other rows.
  const RotaryScaling& scaling = transformer_.config().rotary_scaling;
  if (scaling.regime(previous->n_tokens()) != scaling.regime(job.n_tokens())) return 0;
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
  const int from = wants_all_next(job) ? 0 : job.n_tokens() - 1;
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

  const bool all_next = n_next > 0 && wants_all_next(job);
  const int n_rows = all_next || options.keep_logits ? n : 1;
  Matrix logits = transformer_.logits(result.final_hidden.bottomRows(n_rows));
  if (n_next > 0) {
    const int skipped = all_next ? 0 : n_rows - 1;
    transformer_.pool().parallel_for(n_rows - skipped, [&](int i) {
      const int row = skipped + i;
      trace.next_tokens[static_cast<std::size_t>(n_tokens - n_rows + row)] = most_probable(
          {logits.row(row).data(), static_cast<std::size_t>(shape_.vocab_size)}, n_next, *tokenizer_);
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
  trace.reusable = job.plain() && transformer_.config().causal;
  trace.text = std::move(job.text);
  trace.second_begin = job.second_begin;
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
    const std::vector<int> positions = engine_positions(job.input, transformer_.config());
    request.positions = positions;
    request.segments = job.input.token_type_ids;
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
  if (const std::optional<Error> fault = transformer_.load_fault()) return *fault;
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
