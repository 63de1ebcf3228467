#include "models/encoder_decoder.h"

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

Status EncoderDecoder::decode(Job& job, const Matrix& memory) {
  const TraceOptions& options = job.options;
  ForwardRequest request;
  request.ids = job.target.ids;
  request.memory = &memory;
  request.real_memory = job.source.real_keys;
  request.keep_weights = job.keep_weights;
  request.keep_hidden = options.keep_hidden;
  request.final_hidden =
      decoder_.has_output() && (options.n_next_tokens > 0 || options.keep_logits || options.keep_last_logits);
  request.stop = options.stop;
  request.on_attention = [&](int layer, const LayerRowsPtr& rows, const CrossRowsPtr& cross) {
    const auto at = static_cast<std::size_t>(layer);
    const HeadShape heads = decoder_.config().heads();
    job.decoder.layers[at] = std::make_shared<const LayerRecord>(
        heads, decoder_.score_rule(layer, nullptr), std::vector<SharedLayerRows>{{rows, rows->n}});
    job.cross.layers[at] =
        std::make_shared<const CrossRecord>(heads, decoder_.cross_rule(job.source.real_keys), cross);
    publish(job, job.encoder.shape.n_layers + layer + 1);
  };
  auto result = decoder_.forward(request);
  if (!result) return result.error();
  job.decoder.hidden = shared(result->hidden);
  if (request.final_hidden) read_output(result->final_hidden, job);
  return {};
}

void EncoderDecoder::read_output(const Matrix& final_hidden, Job& job) {
  const TraceOptions& options = job.options;
  Matrix logits = decoder_.logits(final_hidden);
  const int n = static_cast<int>(logits.rows());
  if (options.n_next_tokens > 0) {
    const bool last_alone = options.next_tokens == TraceOptions::NextTokens::Last;
    job.decoder.next_tokens.resize(static_cast<std::size_t>(n));
    for (int row = last_alone ? n - 1 : 0; row < n; ++row) {
      job.decoder.next_tokens[static_cast<std::size_t>(row)] =
          most_probable({logits.row(row).data(), static_cast<std::size_t>(logits.cols())},
                        options.n_next_tokens, job.tokenizer);
    }
  }
  job.cross.next_tokens = job.decoder.next_tokens;  // the same tokens look
  if (options.keep_last_logits) job.decoder.last_logits = logits.row(n - 1).transpose();
  if (options.keep_logits) job.decoder.logits = job.decoder.logits.with(std::move(logits));
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
  if (job.source.real_keys) encoded_.reset();  // ids alone do not tell padding
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
