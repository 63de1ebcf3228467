#pragma once

#include <filesystem>
#include <memory>

#include "io/safetensors.h"
#include "models/model.h"

namespace headscope {

/// An attention trace in a file, made by this program or elsewhere: it answers every text with the trace that
/// it holds. Names and shapes: "Trace files" in README.md beside this file. `attn.{l}` [n_heads, n_query,
/// n_key] is all it needs; scores, q and k are shown where they are there. Tokens stand in the metadata as a
/// JSON list, `tokens` (of an encoder-decoder the encoder's, `target_tokens` the decoder's); without them
/// they are numbered.
class DumpModel final : public Model {
 public:
  /// Reads and checks everything. Errors: as SafetensorsFile::open; Corrupt (no attention in it, a shape that
  /// does not fit the others, weights that are no weights, a list of tokens of another length).
  static Result<ModelPtr> load(const std::filesystem::path& path);
  static Result<ModelPtr> read(const SafetensorsFile& file, const std::string& name);

  const std::string& name() const override { return trace_->model_name; }
  const TraceShape& shape() const override { return trace_->shape; }
  int max_tokens() const override { return trace_->n_tokens(); }
  const Tokenizer& tokenizer() const override { return *tokenizer_; }
  Result<TracePtr> trace(const std::string& text, const TraceOptions& options) const override;

 private:
  DumpModel(TracePtr trace, TokenizerPtr tokenizer)
      : trace_(std::move(trace)), tokenizer_(std::move(tokenizer)) {}

  TracePtr trace_;
  TokenizerPtr tokenizer_;
};

}  // namespace headscope
