#include "models/encoder_decoder.h"

#include <algorithm>
#include <cassert>
#include <chrono>
#include <utility>

#include "models/next_tokens.h"

namespace headscope {
namespace {

using Clock = std::chrono::steady_clock;

double weight_bytes(const TransformerConfig& config, double n_query, double n_key) {
  return n_query * n_key * config.n_heads * config.n_layers * static_cast<double>(sizeof(float));
}

std::vector<SharedRows> shared(std::vector<Matrix>& hidden) {
  std::vector<SharedRows> rows;
  for (Matrix& one : hidden) rows.push_back(SharedRows().with(std::move(one)));
  return rows;
}

}  // namespace

/// One call of `trace`.
struct EncoderDecoder::Job {
  EncoderInput source;
  DecoderInput target;
  const TraceOptions& options;
  const Tokenizer& tokenizer;
  bool keep_weights = true;
  Clock::time_point start = Clock::now();
  AttentionTrace encoder = {}, decoder = {}, cross = {};
  std::vector<CrossRowsPtr> cross_rows = {};  ///< [n_layers] what the records of `cross` hold
  int n_layers() const { return encoder.shape.n_layers + decoder.shape.n_layers; }
};

EncoderDecoder::EncoderDecoder(Transformer encoder, Transformer decoder)
    : encoder_(std::move(encoder)), decoder_(std::move(decoder)) {
  assert(decoder_.config().cross_attention && encoder_.config().d_model == decoder_.config().d_model);
}

TraceShape EncoderDecoder::encoder_shape() const {
  return trace_shape(encoder_.config());
}
TraceShape EncoderDecoder::decoder_shape() const {
  return trace_shape(decoder_.config());
}

void EncoderDecoder::publish(Job& job, int n_layers_done) {
  if (!job.options.on_layer) return;
  AttentionTrace so_far = job.decoder;
  so_far.compute_ms = std::chrono::duration<double, std::milli>(Clock::now() - job.start).count();
  so_far.parts = {std::make_shared<const AttentionTrace>(job.encoder),
                  std::make_shared<const AttentionTrace>(job.decoder),
                  std::make_shared<const AttentionTrace>(job.cross)};
  job.options.on_layer(std::make_shared<const AttentionTrace>(std::move(so_far)),
                       static_cast<float>(n_layers_done) / static_cast<float>(job.n_layers()));
}

bool EncoderDecoder::is_encoded(const Job& job) const {
  if (!encoded_ || job.source.real_keys || encoded_->ids != job.source.ids) return false;
  if (encoded_->keep_weights != job.keep_weights || encoded_->keep_hidden != job.options.keep_hidden)
    return false;
  const Matrix* embedded = job.source.embedded;
  if (!embedded) return encoded_->embedded.size() == 0;
  return embedded->rows() == encoded_->embedded.rows() && embedded->cols() == encoded_->embedded.cols() &&
         *embedded == encoded_->embedded;
}

Status EncoderDecoder::encode(Job& job) {
  if (is_encoded(job)) {
    job.encoder.layers = encoded_->layers;
    job.encoder.hidden = encoded_->hidden;
    job.encoder.n_computed = 0;
    publish(job, job.encoder.shape.n_layers);
    return {};
  }
  encoded_.reset();
  decoded_.reset();
  ForwardRequest request;
  request.ids = job.source.ids;
  request.embedded = job.source.embedded;
  request.real_keys = job.source.real_keys;
  request.keep_weights = job.keep_weights;
  request.keep_hidden = job.options.keep_hidden;
  request.final_hidden = true;
  request.stop = job.options.stop;
  request.on_attention = [&](int layer, const LayerRowsPtr& rows, const CrossRowsPtr&) {
    job.encoder.layers[static_cast<std::size_t>(layer)] = std::make_shared<const LayerRecord>(
        encoder_.config().heads(), encoder_.score_rule(layer, job.source.real_keys),
        std::vector<SharedLayerRows>{{rows, rows->n}});
    publish(job, layer + 1);
  };
  auto result = encoder_.forward(request);
  if (!result) return result.error();
  job.encoder.hidden = shared(result->hidden);
  encoded_ = Encoded{job.source.ids,
                     job.source.embedded ? *job.source.embedded : Matrix(),
                     job.keep_weights,
                     job.options.keep_hidden,
                     std::move(result->final_hidden),
                     job.encoder.layers,
                     job.encoder.hidden};
  return {};
}

bool EncoderDecoder::needs_output(const TraceOptions& options) const {
  return decoder_.has_output() &&
         (options.n_next_tokens > 0 || options.keep_logits || options.keep_last_logits);
}

int EncoderDecoder::known_rows(const Job& job) const {
  if (!decoded_) return 0;
  const TraceOptions& options = job.options;
  const std::vector<int>& ids = job.target.ids;
  const int n_tokens = static_cast<int>(ids.size());
  auto n = static_cast<int>(std::ranges::mismatch(ids, decoded_->ids).in1 - ids.begin());
  if (!needs_output(options)) return n;
  if (options.keep_logits) n = std::min(n, decoded_->logits.n_rows());
  if (options.keep_last_logits) n = std::min(n, n_tokens - 1);
  if (options.n_next_tokens <= 0) return n;
  // Rows whose next tokens are wanted but unknown are computed again.
  const int wanted = std::min(options.n_next_tokens, decoder_.config().vocab_size);
  const bool last_alone = options.next_tokens == TraceOptions::NextTokens::Last;
  for (int row = last_alone ? n_tokens - 1 : 0; row < n; ++row) {
    const auto at = static_cast<std::size_t>(row);
    const auto& next = decoded_->next_tokens;
    if (at >= next.size() || static_cast<int>(next[at].size()) < wanted) return row;
  }
  return n;
}

void EncoderDecoder::add_layer(Job& job, int layer, int first, const LayerRowsPtr& rows, CrossRowsPtr cross) {
  const auto at = static_cast<std::size_t>(layer);
  const HeadShape heads = decoder_.config().heads();
  std::vector<SharedLayerRows> blocks;
  if (first > 0) blocks = dynamic_cast<const LayerRecord&>(*decoded_->layers[at]).first_rows(first);
  if (rows) blocks.push_back({rows, rows->n});
  job.decoder.layers[at] =
      std::make_shared<const LayerRecord>(heads, decoder_.score_rule(layer, nullptr), std::move(blocks));
  job.cross.layers[at] =
      std::make_shared<const CrossRecord>(heads, decoder_.cross_rule(job.source.real_keys), cross);
  job.cross_rows[at] = std::move(cross);
}

Status EncoderDecoder::decode(Job& job, const Matrix& memory) {
  const TraceOptions& options = job.options;
  const int first = known_rows(job), n_layers = decoder_.config().n_layers;
  const auto n_tokens = job.target.ids.size();
  job.decoder.n_computed = job.cross.n_computed = static_cast<int>(n_tokens) - first;
  job.cross_rows.resize(static_cast<std::size_t>(n_layers));
  ForwardResult result;
  if (first == static_cast<int>(n_tokens)) {
    for (int layer = 0; layer < n_layers; ++layer) {
      add_layer(job, layer, first, nullptr,
                with_first_rows(decoder_.config().heads(), *decoded_->cross[static_cast<std::size_t>(layer)],
                                first, first));
    }
  } else {
    ForwardRequest request;
    request.ids = job.target.ids;
    request.memory = &memory;
    request.real_memory = job.source.real_keys;
    request.first = first;
    if (first > 0) {
      request.known = decoded_->layers;
      request.known_cross = decoded_->cross;
    }
    request.keep_weights = job.keep_weights;
    request.keep_hidden = options.keep_hidden;
    request.final_hidden = needs_output(options);
    request.stop = options.stop;
    request.on_attention = [&](int layer, const LayerRowsPtr& rows, const CrossRowsPtr& cross) {
      add_layer(job, layer, first, rows, cross);
      publish(job, job.encoder.shape.n_layers + layer + 1);
    };
    auto forward = decoder_.forward(request);
    if (!forward) return forward.error();
    result = std::move(*forward);
  }
  if (options.keep_hidden) {
    for (std::size_t i = 0; i <= static_cast<std::size_t>(n_layers); ++i) {
      const SharedRows rows = first > 0 ? decoded_->hidden[i].first_rows(first) : SharedRows();
      job.decoder.hidden.push_back(result.hidden.empty() ? rows : rows.with(std::move(result.hidden[i])));
    }
  }
  if (needs_output(options)) read_output(result.final_hidden, first, job);
  if (const std::optional<Error> fault = decoder_.load_fault()) return *fault;
  decoded_ = Decoded{job.target.ids,     job.decoder.layers,      std::move(job.cross_rows),
                     job.decoder.hidden, job.decoder.next_tokens, job.decoder.logits};
  return {};
}

void EncoderDecoder::read_output(const Matrix& final_hidden, int first, Job& job) {
  const TraceOptions& options = job.options;
  const int n_tokens = job.decoder.n_tokens();
  if (options.n_next_tokens > 0) {
    job.decoder.next_tokens.resize(static_cast<std::size_t>(n_tokens));
    if (first > 0) {
      const auto n_known = std::min(static_cast<std::size_t>(first), decoded_->next_tokens.size());
      std::copy_n(decoded_->next_tokens.begin(), n_known, job.decoder.next_tokens.begin());
    }
  }
  if (options.keep_logits && first > 0) job.decoder.logits = decoded_->logits.first_rows(first);
  if (first < n_tokens) {
    const bool last_alone = options.next_tokens == TraceOptions::NextTokens::Last && !options.keep_logits;
    const int n = last_alone || (options.n_next_tokens <= 0 && !options.keep_logits) ? 1 : n_tokens - first;
    Matrix logits = decoder_.logits(final_hidden.bottomRows(n));
    for (int row = 0; row < n && options.n_next_tokens > 0; ++row) {
      if (options.next_tokens == TraceOptions::NextTokens::Last && row < n - 1) continue;
      job.decoder.next_tokens[static_cast<std::size_t>(n_tokens - n + row)] =
          most_probable({logits.row(row).data(), static_cast<std::size_t>(logits.cols())},
                        options.n_next_tokens, job.tokenizer);
    }
    if (options.keep_last_logits) job.decoder.last_logits = logits.row(n - 1).transpose();
    if (options.keep_logits) job.decoder.logits = job.decoder.logits.with(std::move(logits));
  }
  job.cross.next_tokens = job.decoder.next_tokens;  // the same tokens look
}

Result<TracePtr> EncoderDecoder::trace(EncoderInput source, DecoderInput target, const TraceOptions& options,
                                       const Tokenizer& tokenizer, const AttentionTrace& base) {
  Job job{std::move(source), std::move(target), options, tokenizer};
  job.encoder = job.decoder = job.cross = base;
  job.encoder.shape = encoder_shape();
  job.decoder.shape = job.cross.shape = decoder_shape();
  job.encoder.part = AttentionPart::Encoder;
  job.decoder.part = AttentionPart::Decoder;
  job.cross.part = AttentionPart::Cross;
  job.encoder.causal = job.cross.causal = false;
  job.encoder.text = job.source.text;
  job.decoder.text = job.cross.text = job.target.text;
  job.encoder.tokens = job.cross.key_tokens = job.source.tokens;
  job.decoder.tokens = job.cross.tokens = job.target.tokens;
  for (AttentionTrace* part : {&job.encoder, &job.decoder, &job.cross}) {
    part->layers.resize(static_cast<std::size_t>(part->shape.n_layers));
    part->n_computed = part->n_tokens();
  }
  const double n_source = job.encoder.n_tokens(), n_target = job.decoder.n_tokens();
  job.keep_weights =
      options.keep_weights && weight_bytes(encoder_.config(), n_source, n_source) +
                                      weight_bytes(decoder_.config(), n_target, n_source + n_target) <=
                                  static_cast<double>(options.max_weight_bytes);

  if (Status encoded = encode(job); !encoded) return encoded.error();
  Status decoded = decode(job, encoded_->memory);
  if (job.source.real_keys) encoded_.reset(), decoded_.reset();  // ids alone do not tell padding
  if (!decoded) return decoded.error();
  const double ms = std::chrono::duration<double, std::milli>(Clock::now() - job.start).count();
  for (AttentionTrace* part : {&job.encoder, &job.decoder, &job.cross}) part->compute_ms = ms;
  AttentionTrace whole = job.decoder;
  whole.parts = {std::make_shared<const AttentionTrace>(std::move(job.encoder)),
                 std::make_shared<const AttentionTrace>(std::move(job.decoder)),
                 std::make_shared<const AttentionTrace>(std::move(job.cross))};
  return std::make_shared<const AttentionTrace>(std::move(whole));
}

}  // namespace headscope
