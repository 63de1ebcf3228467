#pragma once

#include <cstdint>

#include "models/model.h"
#include "models/transformer_config.h"

/// Models without a checkpoint: any configuration with random weights, for benchmarks and tests.
namespace headscope {

/// The sizes and switches of GPT-2 small: 12 layers of 12 heads, d_model 768.
TransformerConfig gpt2_small_config();

struct RandomModelOptions {
  std::uint64_t seed = 1;
  int n_threads = 0;  ///< 0: one per core
  bool with_output =
      true;  ///< false: the model names no next tokens and needs no memory for the output layer
  WeightPrecision precision = WeightPrecision::Stored;
};

/// Weights of about 1/√n_in, biases and gains away from 0 and 1. The text of its traces is ids as numbers.
ModelPtr random_model(const TransformerConfig& config, const RandomModelOptions& options = {});

}  // namespace headscope
