#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.h"
#include "io/json.h"
#include "tokenizers/tokenizer.h"

namespace headscope {

/// The tokenizer of a checkpoint: `tokenizer.json` in its folder, or that file itself, or the older files
/// that a folder without one has. Kinds: BPE, WordPiece, Unigram, WordLevel and Words (ours). Errors:
/// NotFound, Corrupt, Unsupported (names the part that is not known), Io.
Result<TokenizerPtr> load_tokenizer(const std::filesystem::path& folder_or_file);

/// The same from the text of a tokenizer.json; `file` stands in the sentences.
Result<TokenizerPtr> parse_tokenizer(std::string_view text, const std::string& file);

/// The same from parsed JSON.
Result<TokenizerPtr> make_tokenizer(const Json& json, const std::string& file);

}  // namespace headscope
