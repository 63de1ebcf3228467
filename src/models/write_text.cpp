#include "models/write_text.h"

#include <algorithm>
#include <span>
#include <utility>

namespace headscope {
namespace {

std::vector<int> ids_of(std::span<const TraceToken> tokens) {
  std::vector<int> ids;
  for (const TraceToken& token : tokens) ids.push_back(token.id);
  return ids;
}

bool is_end(const Model& model, int id) {
  const std::vector<int> ends = model.info().end_ids;
  return std::ranges::find(ends, id) != ends.end();
}

/// What `id` adds to the text of `ids`; "" for a token without text.
std::string added_text(const Tokenizer& tokenizer, std::vector<int> ids, int id) {
  const std::string before = tokenizer.decode(ids);
  ids.push_back(id);
  const std::string after = tokenizer.decode(ids);
  if (after.starts_with(before)) return after.substr(before.size());
  const int alone[] = {id};
  return tokenizer.decode(alone);
}

bool is_cut_into(const Tokenizer& tokenizer, const std::string& text, std::span<const int> ids) {
  return std::ranges::equal(tokenizer.encode(text, false), ids, {}, &Token::id);
}

/// `text` with `added` behind it; a typed space and one that the token brings are one.
void append(const Tokenizer& tokenizer, const std::string& text, const std::string& added,
            WrittenToken& token) {
  std::vector<int> wanted;
  for (const Token& known : tokenizer.encode(text, false)) wanted.push_back(known.id);
  wanted.push_back(token.id);
  token.text = text + added;
  token.reads_back = is_cut_into(tokenizer, token.text, wanted);
  if (token.reads_back || !text.ends_with(' ') || !added.starts_with(' ')) return;
  wanted.clear();
  for (const Token& known : tokenizer.encode(text.substr(0, text.size() - 1), false))
    wanted.push_back(known.id);
  wanted.push_back(token.id);
  const std::string joined = text + added.substr(1);
  if (is_cut_into(tokenizer, joined, wanted)) token.text = joined, token.reads_back = true;
}

Status check_writes(const Model& model, const AttentionTrace& trace) {
  if (!trace.causal || model.info().output != "next token" || trace.next_tokens.empty() ||
      trace.next_tokens.back().empty()) {
    return Error{ErrorCode::Unsupported, "'" + model.name() + "' does not write token after token",
                 "Choose a model that names the next token"};
  }
  const int most = model.max_written_tokens();
  if (trace.n_tokens() < most) return {};
  return Error{ErrorCode::InvalidArgument,
               "'" + model.name() + "' has no position behind the " + std::to_string(trace.n_tokens()) +
                   " tokens of its text",
               "Shorten the text"};
}

/// The id that is written next. Errors: NotFound.
Result<int> next_id(const Model& model, const AttentionTrace& trace) {
  const std::vector<int> ids = ids_of(trace.tokens);
  for (const TokenProbability& next : trace.next_tokens.back()) {
    if (is_end(model, next.id) || !added_text(model.tokenizer(), ids, next.id).empty()) return next.id;
  }
  return Error{ErrorCode::NotFound,
               "none of the " + std::to_string(trace.next_tokens.back().size()) +
                   " most probable next tokens stands for a text",
               "Write something yourself"};
}

}  // namespace

Result<WrittenToken> next_written(const Model& model, const AttentionTrace& trace) {
  if (Status writes = check_writes(model, trace); !writes) return writes.error();
  const Result<int> id = next_id(model, trace);
  if (!id) return id.error();
  WrittenToken token{*id, is_end(model, *id), trace.text};
  if (!token.ends)
    append(model.tokenizer(), trace.text, added_text(model.tokenizer(), ids_of(trace.tokens), *id), token);
  return token;
}

Result<Writing> write_text(const Model& model, TokenInput input, int max_tokens, TraceOptions options) {
  const bool two_stacks = model.info().kind == ModelKind::EncoderDecoder;
  if (!two_stacks && (!input.attention_mask.empty() || !input.position_ids.empty())) {
    return Error{ErrorCode::Unsupported, "a text with padding or positions of its own is not gone on with",
                 "Give input_ids alone"};
  }
  options.n_next_tokens = std::max(options.n_next_tokens, TraceOptions().n_next_tokens);
  Writing writing;
  std::size_t n_given = 0;
  while (true) {
    Result<TracePtr> trace = model.trace_ids(input, options);
    if (!trace) return trace.error();
    writing.trace = options.previous = *trace;
    std::vector<int> ids = ids_of((*trace)->tokens);
    if (writing.ids.empty()) n_given = ids.size();
    const auto n_new = static_cast<int>(ids.size() - n_given);
    if (n_new > 0 && (n_new >= max_tokens || (*trace)->n_tokens() >= model.max_written_tokens())) break;
    if (Status writes = check_writes(model, **trace); !writes) return writes.error();
    if (max_tokens <= 0) break;
    const Result<int> id = next_id(model, **trace);
    if (!id) return id.error();
    if ((writing.ended = is_end(model, *id))) break;
    ids.push_back(*id);
    writing.ids.push_back(*id);
    (two_stacks ? input.decoder_input_ids : input.ids) = std::move(ids);
  }
  std::vector<int> given = ids_of(std::span(writing.trace->tokens).first(n_given));
  const std::string before = model.tokenizer().decode(given);
  given.insert(given.end(), writing.ids.begin(), writing.ids.end());
  const std::string after = model.tokenizer().decode(given);
  writing.text =
      after.starts_with(before) ? after.substr(before.size()) : model.tokenizer().decode(writing.ids);
  return writing;
}

}  // namespace headscope
