#include "viewer/keep_selection.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "document/follow_token.h"
#include "trace/trace_view.h"

namespace headscope {

namespace {

constexpr std::size_t kMaxBytes = 20'000;  // beyond it a key press would wait for the tokenizer

/// A text and its tokens as the document shows them.
struct Side {
  std::string text;
  std::vector<ByteRange> tokens;
};

Side side_of(std::string text, const std::vector<Token>& tokens, const ViewOptions& view) {
  std::vector<TraceToken> read;
  for (const Token& token : tokens) {
    TraceToken entry{token.id, text.substr(token.begin, token.end - token.begin)};
    entry.begin = token.begin;
    entry.end = token.end;
    entry.special = token.special;
    read.push_back(std::move(entry));
  }
  Side side{std::move(text), {}};
  for (const TokenRange& group : token_groups(read, view.merge_words, view.hide_special_tokens))
    side.tokens.push_back({read[static_cast<std::size_t>(group.begin)].begin,
                           read[static_cast<std::size_t>(group.end - 1)].end});
  return side;
}

/// What a model reads in the first place, the second sentence of a pair behind the first.
Side source_side(const Model& model, const DocumentState& state) {
  const Tokenizer& tokenizer = model.tokenizer();
  if (model.second_text() == SecondText::Pair && !state.second_text.empty()) {
    if (auto tokens = tokenizer.encode_pair(state.text, state.second_text)) {
      for (Token& token : *tokens)
        if (token.text == 1) token.begin += state.text.size(), token.end += state.text.size();
      return side_of(state.text + state.second_text, *tokens, state.view);
    }
  }
  return side_of(state.text, tokenizer.encode(state.text), state.view);
}

/// What a decoder has written, behind the token that it starts with.
Side target_side(const Model& model, const DocumentState& state) {
  std::vector<Token> tokens = model.tokenizer().encode(state.second_text, false);
  tokens.insert(tokens.begin(), Token{0, 0, 0, true});
  return side_of(state.second_text, tokens, state.view);
}

int follow(int token, const Side& before, const Side& after, bool looks_back) {
  const auto followed = looks_back ? follow_writing : follow_token;
  return followed(token, {before.text, before.tokens}, {after.text, after.tokens});
}

int place_of(int token, const std::vector<TokenRange>& groups) {
  for (std::size_t i = 0; i < groups.size(); ++i)
    if (token < groups[i].end) return static_cast<int>(i);
  return std::max(0, static_cast<int>(groups.size()) - 1);
}

}  // namespace

Selection selection_in_text(const Model& model, const DocumentState& before, const DocumentState& after) {
  Selection selection = after.selection;
  if (model.input_kind() != InputKind::Text || (!selection.query && !selection.key)) return selection;
  if (before.text.size() + after.text.size() + before.second_text.size() + after.second_text.size() >
      kMaxBytes)
    return selection;
  const bool written = model.second_text() == SecondText::Target;
  const bool target_looks = written && selection.part != ShownPart::Encoder,
             target_is_seen = written && selection.part == ShownPart::Decoder;
  const auto followed = [&](std::optional<int>& token, bool target, bool looks_back) {
    if (!token) return;
    const auto side = target ? target_side : source_side;
    token = follow(*token, side(model, before), side(model, after), looks_back);
  };
  // What a decoder writes next, no earlier token sees; encoders and pinned keys stay with their words.
  followed(selection.query, target_looks, target_looks || model.info().kind == ModelKind::Decoder);
  followed(selection.key, target_is_seen, false);
  return selection;
}

Selection selection_in_groups(const AttentionTrace& shown, const DocumentState& before,
                              const DocumentState& after) {
  Selection selection = after.selection;
  const AttentionTrace& all = shown.ungrouped ? *shown.ungrouped : shown;
  const auto followed = [&](std::optional<int>& token, const std::vector<TraceToken>& tokens) {
    if (!token || *token < 0) return;
    const std::vector<TokenRange> old_groups =
        token_groups(tokens, before.view.merge_words, before.view.hide_special_tokens);
    if (*token >= static_cast<int>(old_groups.size())) return;
    token = place_of(old_groups[static_cast<std::size_t>(*token)].begin,
                     token_groups(tokens, after.view.merge_words, after.view.hide_special_tokens));
  };
  followed(selection.query, all.tokens);
  followed(selection.key, all.keys());
  return selection;
}

}  // namespace headscope
