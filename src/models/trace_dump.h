#pragma once

#include <filesystem>
#include <functional>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "io/safetensors_writer.h"
#include "models/model.h"

/// Traces as files: names and shapes as Headscope's trace format has them (see README.md beside this file).
namespace headscope {

/// What goes into a file.
struct TraceKeep {
  bool attn = true, scores = false, q = false, k = false, v = false, z = false, hidden = false,
       logits = false;
};
/// "attn,scores,q,k,v,z,hidden,logits" in any order; "all" stands for every one. Errors: InvalidArgument
/// (names it).
Result<TraceKeep> parse_keep(std::string_view list);
/// What the trace must be asked for so that `keep` can be written.
TraceOptions trace_options(const TraceKeep& keep);

/// One tensor of a file; its numbers are gathered when they are asked for, so a long trace is never there
/// twice.
struct TraceTensor {
  TensorSpec spec;
  std::function<std::vector<float>()> numbers;
};

/// attn.{l} scores.{l} q.{l} k.{l} v.{l} z.{l} hidden.{i} logits, as far as kept; "encoder.", "decoder." and
/// "cross." stand in front for an encoder-decoder. A model without an output has no logits, and its
/// last_hidden_state comes with the hidden states. The tensors hold on to the trace. Errors: InvalidArgument,
/// when the trace was made without the hidden states that `keep` asks for.
Result<std::vector<TraceTensor>> trace_tensors(const TracePtr& trace, const TraceKeep& keep);

/// Writes the tensors with model, text, tokens and program version in the metadata.
/// Errors: as trace_tensors and SafetensorsWriter.
Status write_trace(const std::filesystem::path& path, const TracePtr& trace, const TraceKeep& keep);

/// The inputs of such a file or of a reference: input_ids, attention_mask, position_ids, token_type_ids,
/// decoder_input_ids; pixel_values or input_features in place of input_ids. Errors: as SafetensorsFile::open
/// and read_media_tensors; NotFound (none of the inputs is there); Corrupt.
Result<TokenInput> read_token_input(const std::filesystem::path& path);

}  // namespace headscope
