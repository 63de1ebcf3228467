#include "models/encoder_decoder.h"
#include "models/model_instance.h"
#include "models/token_input.h"
#include "models/trace_tokens.h"

namespace headscope {
namespace {

std::vector<int> ids_of(const std::vector<Token>& tokens) {
  std::vector<int> ids;
  for (const Token& token : tokens) ids.push_back(token.id);
  return ids;
}

}  // namespace

EncoderDecoderModel::EncoderDecoderModel(std::string name, ModelInfo info, TokenizerPtr tokenizer,
                                         EncoderDecoder engine, int start_id)
    : name_(std::move(name)),
      info_(std::move(info)),
      shape_(engine.decoder_shape()),
      instance_(next_model_instance()),
      tokenizer_(std::move(tokenizer)),
      start_id_(start_id),
      engine_(std::move(engine)) {}

Result<TracePtr> EncoderDecoderModel::trace(const std::string& text, const TraceOptions& options) const {
  return trace_texts({text}, options);
}

Result<TracePtr> EncoderDecoderModel::trace_texts(const TextInput& input, const TraceOptions& options) const {
  EncoderInput source;
  const std::vector<Token> tokens = tokenizer_->encode(input.text);
  source.ids = ids_of(tokens);
  source.text = input.text;
  source.tokens = trace_tokens(*tokenizer_, input.text, tokens);

  // The decoder reads its start token and then what it has written: no end, no other special token.
  DecoderInput target;
  target.text = input.second_text.value_or("");
  std::vector<Token> written = tokenizer_->encode(target.text, false);
  written.insert(written.begin(), Token{start_id_, 0, 0, true});
  target.ids = ids_of(written);
  target.tokens = trace_tokens(*tokenizer_, target.text, written);
  return run(std::move(source), std::move(target), options);
}

Result<TracePtr> EncoderDecoderModel::trace_ids(const TokenInput& input, const TraceOptions& options) const {
  if (Status text = check_no_media(input, name_); !text) return text.error();
  if (Status lists = check_lists(input, engine_.encoder(), name_); !lists) return lists.error();
  EncoderInput source;
  source.ids = input.ids;
  source.real_keys = real_keys(input.attention_mask);
  DecoderInput target;
  target.ids = input.decoder_input_ids;
  if (target.ids.empty()) target.ids.push_back(start_id_);
  // Ids outside of the vocabulary have no text: they are refused before they are worded.
  if (Status status = check_ids(source.ids, engine_.encoder(), name_, "the text"); !status)
    return status.error();
  if (Status status = check_ids(target.ids, engine_.decoder(), name_, "the target text"); !status)
    return status.error();
  source.tokens = trace_tokens(*tokenizer_, source.ids, source.text);
  target.tokens = trace_tokens(*tokenizer_, target.ids, target.text);
  return run(std::move(source), std::move(target), options);
}

Result<TracePtr> EncoderDecoderModel::run(EncoderInput source, DecoderInput target,
                                          const TraceOptions& options) const {
  if (Status status = check_ids(source.ids, engine_.encoder(), name_, "the text"); !status)
    return status.error();
  if (Status status = check_ids(target.ids, engine_.decoder(), name_, "the target text"); !status)
    return status.error();
  const std::lock_guard lock(mutex_);
  AttentionTrace base;
  base.model_name = name_;
  base.model_instance = instance_;
  return engine_.trace(std::move(source), std::move(target), options, *tokenizer_, base);
}

}  // namespace headscope
