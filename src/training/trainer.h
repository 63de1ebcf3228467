#pragma once

#include <memory>
#include <vector>

#include "training/decoder.h"
#include "training/recipe.h"
#include "training/row_source.h"

namespace headscope {

/// The whole state of a training: what a checkpoint holds.
struct TrainingState {
  explicit TrainingState(const DecoderShape& shape) : params(shape), mean(shape), square(shape) {}
  int step = 0;  ///< steps done
  DecoderParams<float> params, mean,
      square;  ///< weights; Adam's running mean of gradients and of their squares
};

/// One AdamW step (Loshchilov and Hutter 2019), after scaling the gradient so that its norm is at most
/// clip_norm. `gradient` holds the mean gradient. The order of every sum is fixed, whatever the number of
/// threads.
///   returns the norm of the gradient before it was clipped
double adamw_step(const Recipe& recipe, const Eigen::ArrayXf& decays, DecoderParams<float>& gradient,
                  TrainingState& state, int n_threads);

/// Runs a recipe step by step. A step's rows are cut into a fixed number of shards; threads take shards as
/// they come, and the shards' gradients are added in order, so that timing and the number of threads change
/// nothing.
class Trainer {
 public:
  /// `recipe` and `tokenizer` must outlive this. recipe.shape.vocab_size must be the tokenizer's.
  Trainer(const Recipe& recipe, const WordTokenizer& tokenizer, int n_threads);

  TrainingState& state() { return state_; }
  /// Runs the next step; returns the mean loss of a predicted token (by weight).
  double step();

 private:
  static constexpr int kShards = 8;
  struct Shard {
    explicit Shard(const DecoderShape& shape) : gradient(shape) {}
    DecoderParams<float> gradient;
    TokenBatch<float> batch;
    double loss = 0, weight = 0;
  };

  const Recipe& recipe_;
  RowSource rows_;
  int n_threads_;
  TrainingState state_;
  Eigen::ArrayXf decays_;
  std::vector<std::unique_ptr<Shard>> shards_;
  std::vector<std::unique_ptr<Decoder<float>>>
      decoders_;  ///< one a thread: activations are many and stay near
};

/// The tokenizer of the built-in model: every word of the lexicon.
std::unique_ptr<WordTokenizer> lexicon_tokenizer();

}  // namespace headscope
