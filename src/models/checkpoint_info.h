#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "models/model.h"
#include "trace/attention_trace.h"

namespace headscope {

/// What can be said about a checkpoint folder without reading its numbers.
struct CheckpointInfo {
  std::string architecture;         ///< "LlamaForCausalLM"
  std::optional<TraceShape> shape;  ///< of the decoder, or of the only stack; empty when it is not supported
  std::optional<TraceShape> encoder;  ///< of an encoder-decoder
  InputKind input = InputKind::Text;
  int max_tokens = 0;
  std::int64_t n_params = 0;  ///< numbers in the files; 0 when there are none
  std::string storage;        ///< element types of the files, "F16" or "F32, BF16"
  std::int64_t file_bytes = 0;
  std::int64_t memory_bytes = 0;  ///< what the loaded model takes, about; embeddings stay in the file
  std::string tokenizer;          ///< "BPE, 50257 tokens"
  /// Why the model cannot be opened or read text, one sentence each; empty when nothing is in the way.
  std::vector<std::string> problems;
};

/// Reads config.json, the headers of the weights and the tokenizer. What is wrong with one of them is a
/// problem in the result. A tokenizer takes time to read; without it nothing is said about it. Errors:
/// NotFound, Corrupt (no config.json, or not one that names an architecture).
Result<CheckpointInfo> inspect_checkpoint(const std::filesystem::path& folder, bool with_tokenizer = true);

}  // namespace headscope
