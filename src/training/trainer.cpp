#include "training/trainer.h"

#include <algorithm>
#include <cassert>
#include <cmath>

#include "training/lexicon.h"
#include "training/parallel.h"

namespace headscope {
namespace {

constexpr Eigen::Index kChunk = 16384;  ///< parameters that one task adds up or updates

int chunks(Eigen::Index size) {
  return static_cast<int>((size + kChunk - 1) / kChunk);
}

}  // namespace

double adamw_step(const Recipe& recipe, const Eigen::ArrayXf& decays, DecoderParams<float>& gradient,
                  TrainingState& state, int n_threads) {
  const Eigen::Index size = gradient.values().size();
  std::vector<double> squares(static_cast<std::size_t>(chunks(size)));
  parallel_for(chunks(size), n_threads, [&](int c) {
    const Eigen::Index begin = c * kChunk, count = std::min(kChunk, size - begin);
    squares[static_cast<std::size_t>(c)] = gradient.values().segment(begin, count).square().sum();
  });
  double norm = 0;
  for (double square : squares) norm += square;
  norm = std::sqrt(norm);
  const auto scale = static_cast<float>(norm > recipe.clip_norm ? recipe.clip_norm / norm : 1.0);

  const int t = state.step + 1;
  const auto beta1 = static_cast<float>(recipe.beta1), beta2 = static_cast<float>(recipe.beta2);
  const auto unbias1 = static_cast<float>(1.0 / (1.0 - std::pow(recipe.beta1, t)));
  const auto unbias2 = static_cast<float>(1.0 / (1.0 - std::pow(recipe.beta2, t)));
  const auto rate = static_cast<float>(recipe.learning_rate_at(state.step));
  const auto decay = static_cast<float>(recipe.weight_decay), epsilon = static_cast<float>(recipe.epsilon);
  parallel_for(chunks(size), n_threads, [&](int c) {
    const Eigen::Index begin = c * kChunk, count = std::min(kChunk, size - begin);
    auto g = gradient.values().segment(begin, count);
    auto m = state.mean.values().segment(begin, count), v = state.square.values().segment(begin, count);
    auto w = state.params.values().segment(begin, count);
    g *= scale;
    m = beta1 * m + (1.0f - beta1) * g;
    v = beta2 * v + (1.0f - beta2) * g.square();
    w -= rate * ((m * unbias1) / ((v * unbias2).sqrt() + epsilon) + decay * decays.segment(begin, count) * w);
  });
  ++state.step;
  return norm;
}

Trainer::Trainer(const Recipe& recipe, const WordTokenizer& tokenizer, int n_threads)
    : recipe_(recipe),
      rows_(recipe, tokenizer),
      n_threads_(std::max(1, n_threads)),
      state_(recipe.shape),
      decays_(state_.params.decay_mask()) {
  assert(recipe.shape.vocab_size == tokenizer.vocab_size());
  state_.params.initialise(recipe.init_std, Random::stream(recipe.seed, 0));
  for (int s = 0; s < kShards; ++s) shards_.push_back(std::make_unique<Shard>(recipe.shape));
  for (int t = 0; t < std::min(n_threads_, kShards); ++t)
    decoders_.push_back(std::make_unique<Decoder<float>>(recipe.shape));
}

double Trainer::step() {
  const int step = state_.step, n_rows = rows_.rows(step), n_tokens = rows_.row_length(step);
  parallel_for_workers(kShards, n_threads_, [&](int s, int worker) {
    Shard& shard = *shards_[static_cast<std::size_t>(s)];
    const int begin = n_rows * s / kShards, end = n_rows * (s + 1) / kShards;
    shard.batch = {end - begin, n_tokens, {}, {}, {}};
    for (int row = begin; row < end; ++row) rows_.append_row(step, row, shard.batch);
    shard.weight = 0;
    for (float weight : shard.batch.weights) shard.weight += static_cast<double>(weight);
    shard.loss = 0;
    if (shard.batch.batch == 0) {
      shard.gradient.values().setZero();
      return;
    }
    Decoder<float>& decoder = *decoders_[static_cast<std::size_t>(worker)];
    decoder.forward(state_.params, shard.batch);
    shard.loss = decoder.backward(state_.params, shard.batch, shard.gradient);
  });
  double loss = 0, weight = 0;
  for (const auto& shard : shards_) loss += shard->loss, weight += shard->weight;
  DecoderParams<float>& gradient = shards_[0]->gradient;
  const Eigen::Index size = gradient.values().size();
  const auto mean = static_cast<float>(1.0 / weight);
  parallel_for(chunks(size), n_threads_, [&](int c) {
    const Eigen::Index begin = c * kChunk, count = std::min(kChunk, size - begin);
    auto sum = gradient.values().segment(begin, count);
    for (std::size_t s = 1; s < shards_.size(); ++s)
      sum += shards_[s]->gradient.values().segment(begin, count);
    sum *= mean;
  });
  adamw_step(recipe_, decays_, gradient, state_, n_threads_);
  return loss / weight;
}

std::unique_ptr<WordTokenizer> lexicon_tokenizer() {
  return std::make_unique<WordTokenizer>(lexicon::vocabulary_words());
}

}  // namespace headscope
