#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "models/model.h"

/// How a model goes on with its text, the most probable token each time: a decoder with what it reads, an
/// encoder-decoder with its target. Tokens that stand for no text (padding, a language) are passed over; no
/// beams, and nothing that a generation_config.json forces or forbids.
namespace headscope {

struct WrittenToken {
  int id = 0;
  bool ends = false;       ///< it ends the text: `text` is as before
  std::string text;        ///< the whole text, with the token behind it
  bool reads_back = true;  ///< the tokenizer cuts `text` into the tokens before and this one
};

/// What stands behind the text of a trace of `model`.
/// Errors: Unsupported (the model writes nothing); InvalidArgument (no position is left); NotFound (none of
/// the most probable tokens stands for a text).
Result<WrittenToken> next_written(const Model& model, const AttentionTrace& trace);

struct Writing {
  std::vector<int> ids;  ///< the new tokens
  std::string text;      ///< what they stand for
  bool ended = false;    ///< the model had nothing more to say
  TracePtr trace;        ///< of everything, the new tokens included
};

/// Writes until the model ends its text, positions are used up, or there are `max_tokens` new tokens.
///   input  what is read; `decoder_input_ids` of an encoder-decoder may be empty
/// Errors: as Model::trace_ids and next_written.
Result<Writing> write_text(const Model& model, TokenInput input, int max_tokens, TraceOptions options);

}  // namespace headscope
