#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "models/model.h"
#include "models/transformer.h"

namespace headscope {

/// A checkpoint of one stack, decoder or encoder: a tokenizer in front of the engine, and traces that share
/// what an edit leaves alone.
class TransformerModel final : public Model {
 public:
  TransformerModel(std::string name, ModelInfo info, TokenizerPtr tokenizer, Transformer transformer);

  const std::string& name() const override { return name_; }
  const TraceShape& shape() const override { return shape_; }
  int max_tokens() const override { return transformer_.config().max_tokens; }
  const Tokenizer& tokenizer() const override { return *tokenizer_; }
  ModelInfo info() const override { return info_; }
  void settle(const std::stop_token& stop) const override { transformer_.settle(stop); }
  Result<TracePtr> trace(const std::string& text, const TraceOptions& options) const override;
  /// An encoder reads pairs, joined by its tokenizer.
  SecondText second_text() const override;
  Result<TracePtr> trace_texts(const TextInput& input, const TraceOptions& options) const override;
  Result<TracePtr> trace_ids(const TokenInput& input, const TraceOptions& options) const override;

 private:
  struct Job;
  Result<TracePtr> run(Job job) const;
  Status check(const TokenInput& input) const;
  /// How many leading rows of `previous` hold for the tokens of the job.
  int reusable_rows(const Job& job) const;
  bool wants_all_next(const Job& job) const;
  bool keeps_weights(const Job& job) const;
  bool needs_output(const TraceOptions& options) const;
  AttentionLayerPtr extended(const Job& job, int layer, int first, const LayerRowsPtr& rows) const;
  void read_output(const Job& job, int first, const ForwardResult& result, AttentionTrace& trace) const;

  std::string name_;
  ModelInfo info_;
  TraceShape shape_;
  std::uint64_t instance_;
  TokenizerPtr tokenizer_;
  mutable std::mutex mutex_;  ///< one pass at a time: the engine keeps its last keys and values
  mutable Transformer transformer_;
};

}  // namespace headscope
