#include "tokenizers/pipeline_tokenizer.h"

#include <algorithm>
#include <bit>

#include "base/utf8.h"
#include "tokenizers/bpe_model.h"

namespace headscope {

Result<TokenizerPtr> PipelineTokenizer::read(const TokenizerFile& from, const std::string& file) {
  JsonFields fields(from.json, file);
  if (!fields.status()) return fields.status().error();
  auto tokenizer = std::make_shared<PipelineTokenizer>();

  Result<Normalizer> normalizer = Normalizer::read(fields.child("normalizer"), file);
  if (!normalizer) return normalizer.error();
  Result<AddedTokens> added = AddedTokens::read(fields.child("added_tokens"), *normalizer, file);
  if (!added) return added.error();
  Result<PreTokenizer> pre_tokenizer = PreTokenizer::read(fields.child("pre_tokenizer"), file);
  if (!pre_tokenizer) return pre_tokenizer.error();
  auto model = read_token_model(fields.child("model"), from.tables, file);
  if (!model) return model.error();
  Result<PostProcessor> post_processor = PostProcessor::read(fields.child("post_processor"), file);
  if (!post_processor) return post_processor.error();
  Result<TokenDecoder> decoder = TokenDecoder::read(fields.child("decoder"), file);
  if (!decoder) return decoder.error();

  tokenizer->normalizer_ = std::move(*normalizer);
  tokenizer->added_ = std::move(*added);
  tokenizer->pre_tokenizer_ = std::move(*pre_tokenizer);
  tokenizer->model_ = std::move(*model);
  tokenizer->post_processor_ = std::move(*post_processor);
  tokenizer->decoder_ = std::move(*decoder);

  const auto* bpe = dynamic_cast<const BpeModel*>(tokenizer->model_.get());
  if (bpe && bpe->spells_all_bytes() && tokenizer->pre_tokenizer_.only_split() != KnownSplit::None)
    tokenizer->byte_bpe_ = bpe;

  tokenizer->names_ = tokenizer->model_->names();
  const auto set_name = [&](TokenId id, const std::string& name) {
    auto& names = tokenizer->names_;
    if (static_cast<std::size_t>(id) >= names.size()) names.resize(static_cast<std::size_t>(id) + 1);
    names[static_cast<std::size_t>(id)] = name;
  };
  for (const AddedToken& token : tokenizer->added_.all()) set_name(token.id, token.content);
  return TokenizerPtr(std::move(tokenizer));
}

std::vector<Token> PipelineTokenizer::encode(std::string_view text, bool add_special) const {
  return post_processor_.apply(tokens_of(text), text.size(), add_special);
}

Result<std::vector<Token>> PipelineTokenizer::encode_pair(std::string_view first, std::string_view second,
                                                          bool add_special) const {
  return post_processor_.apply_pair({tokens_of(first), first.size()}, {tokens_of(second), second.size()},
                                    add_special);
}

std::vector<Token> PipelineTokenizer::tokens_of(std::string_view text) const {
  if (is_plain(text)) return tokens_of_bytes(text);
  std::vector<Token> tokens;
  const auto add_token = [&](const AddedTokens::Part& part) {
    tokens.push_back({part.token->id, part.text.front().begin, part.text.back().end});
  };
  for (AddedTokens::Part& typed : added_.split(symbols_of(text), false)) {
    if (typed.token) {
      add_token(typed);
      continue;
    }
    bool at_start = typed.text.front().begin == 0;
    for (AddedTokens::Part& normal : added_.split(normalizer_.apply(std::move(typed.text)), true)) {
      if (normal.token) {
        add_token(normal);
      } else {
        for (const SymbolText& piece : pre_tokenizer_.apply({std::move(normal.text), at_start}))
          model_->encode(piece, tokens);
      }
      at_start = false;
    }
  }
  return tokens;
}

bool PipelineTokenizer::is_plain(std::string_view text) const {
  return byte_bpe_ && !added_.may_be_in(text) && is_valid_utf8(text) && normalizer_.leaves_alone(text);
}

std::vector<Token> PipelineTokenizer::tokens_of_bytes(std::string_view text) const {
  // Words come again: where one was last cut, its tokens are copied. The table forgets a word when another
  // one takes its place.
  struct Seen {
    std::string_view word;
    std::size_t first_token = 0, n_tokens = 0;
  };
  std::vector<Seen> table(std::bit_ceil(std::clamp<std::size_t>(text.size() / 4, 16, 1 << 14)));
  std::vector<Token> tokens;
  tokens.reserve(text.size() / 4);
  const KnownSplit split = pre_tokenizer_.only_split();
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = piece_end(split, text, begin);
    const std::string_view word = text.substr(begin, end - begin);
    Seen& seen = table[std::hash<std::string_view>()(word) & (table.size() - 1)];
    const std::size_t first = tokens.size();
    if (seen.word == word) {
      const auto moved = begin - static_cast<std::size_t>(seen.word.data() - text.data());
      for (std::size_t i = seen.first_token; i < seen.first_token + seen.n_tokens; ++i) {
        const Token& token = tokens[i];
        tokens.push_back({token.id, token.begin + moved, token.end + moved});
      }
    } else {
      byte_bpe_->encode_bytes(word, begin, tokens);
    }
    seen = {word, first, tokens.size() - first};
    begin = end;
  }
  return tokens;
}

std::string PipelineTokenizer::decode(std::span<const TokenId> ids, bool skip_special) const {
  std::vector<std::string> names;
  for (const TokenId id : ids) {
    if (id < 0 || id >= vocab_size()) continue;
    const AddedToken* added = added_.find(id);
    if (skip_special && added && added->special) continue;
    names.push_back(names_[static_cast<std::size_t>(id)]);
  }
  return decoder_.apply(std::move(names));
}

std::string_view PipelineTokenizer::token_name(TokenId id) const {
  return id >= 0 && id < vocab_size() ? std::string_view(names_[static_cast<std::size_t>(id)])
                                      : std::string_view();
}

bool PipelineTokenizer::is_piece(TokenId id) const {
  return model_->is_piece(id);
}

std::vector<std::string> PipelineTokenizer::suggest(std::string_view prefix, int limit) const {
  // Words are the tokens that begin with a space, written "▁" or "Ġ"; where no token does (WordPiece) they
  // are those that do not go on with another. Short ones first, as they are the more common.
  std::vector<std::string> words;
  if (prefix.empty()) return words;
  for (const std::string_view space : {pre_tokenizer_.is_byte_level() ? "Ġ" : "▁", ""}) {
    for (const std::string& name : names_) {
      if (name.starts_with(space) && std::string_view(name).substr(space.size()).starts_with(prefix))
        words.push_back(name.substr(space.size()));
    }
    if (!words.empty()) break;
  }
  std::sort(words.begin(), words.end(), [](const std::string& a, const std::string& b) {
    return a.size() != b.size() ? a.size() < b.size() : a < b;
  });
  if (words.size() > static_cast<std::size_t>(std::max(limit, 0)))
    words.resize(static_cast<std::size_t>(std::max(limit, 0)));
  return words;
}

}  // namespace headscope
