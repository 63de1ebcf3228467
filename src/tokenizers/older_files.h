#pragma once

#include <filesystem>

#include "base/result.h"
#include "io/json.h"

namespace headscope {

/// The tokenizer.json that a folder of older files amounts to: vocab.json with merges.txt (the GPT-2 and
/// RoBERTa kinds) or vocab.txt (BERT's), as tokenizer_config.json, special_tokens_map.json and config.json
/// say. Errors: NotFound (no tokenizer at all), Unsupported (a SentencePiece file alone: the hint is the
/// recipe; a tokenizer class that is not known), Corrupt, Io.
Result<Json> read_older_tokenizer(const std::filesystem::path& folder);

}  // namespace headscope
