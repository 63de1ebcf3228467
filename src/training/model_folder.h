#pragma once

#include <filesystem>
#include <memory>

#include "base/result.h"
#include "tokenizers/word_tokenizer.h"
#include "training/decoder_params.h"

namespace headscope {

/// Writes a checkpoint folder as Hugging Face does, of the Llama architecture: config.json, model.safetensors
/// (half precision, tied output) and tokenizer.json. Errors: Io.
Status write_model_folder(const std::filesystem::path& folder, DecoderParams<float>& params,
                          const WordTokenizer& tokenizer);

struct TrainedModel {
  DecoderParams<float> params;
  std::shared_ptr<const WordTokenizer> tokenizer;
};
/// Reads what write_model_folder wrote, for training code and its tests; the program itself opens any Llama
/// folder through models/model.h. Errors: NotFound, Corrupt, Io.
Result<TrainedModel> read_model_folder(const std::filesystem::path& folder);

}  // namespace headscope
