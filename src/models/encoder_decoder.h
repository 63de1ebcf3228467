#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "models/model.h"
#include "models/transformer.h"

namespace headscope {

/// What an encoder reads: tokens, or what enters its first block when it reads no tokens.
struct EncoderInput {
  std::vector<int> ids = {};
  const Matrix* embedded = nullptr;                       ///< [n_tokens, d_model] in place of ids
  std::shared_ptr<const BoolMatrix> real_keys = nullptr;  ///< [1, n_tokens]; null: no padding
  std::vector<TraceToken> tokens = {};                    ///< [n_tokens]
  std::string text = {};
};

/// What a decoder reads, start token included.
struct DecoderInput {
  std::vector<int> ids;
  std::vector<TraceToken> tokens;
  std::string text;
};

/// Two stacks, of which the second looks at what the first made. Not for several threads at once.
class EncoderDecoder {
 public:
  EncoderDecoder(Transformer encoder, Transformer decoder);

  const TransformerConfig& encoder() const { return encoder_.config(); }
  const TransformerConfig& decoder() const { return decoder_.config(); }
  TraceShape encoder_shape() const;
  TraceShape decoder_shape() const;
  void settle(const std::stop_token& stop) const {
    encoder_.settle(stop);
    decoder_.settle(stop);
  }

  /// The trace with its three parts. `base` has the model's name and instance; next tokens are worded by
  /// `tokenizer`. Where the source is that of the call before, the encoder's result stays as it is
  /// (`n_computed` of that part is 0), and so do the decoder's rows before the first token that differs.
  /// REQUIRES: inputs within the stacks' tables. Errors: Cancelled.
  Result<TracePtr> trace(EncoderInput source, DecoderInput target, const TraceOptions& options,
                         const Tokenizer& tokenizer, const AttentionTrace& base);

 private:
  struct Job;
  /// What the encoder made of an input: the decoder may read it again with another target.
  struct Encoded {
    std::vector<int> ids;
    Matrix embedded;  ///< when the input is no tokens
    bool keep_weights = true, keep_hidden = false;
    Matrix memory;
    std::vector<AttentionLayerPtr> layers;
    std::vector<SharedRows> hidden;
  };
  /// What the decoder made of a target beside `encoded_`.
  struct Decoded {
    std::vector<int> ids;
    std::vector<AttentionLayerPtr> layers;  ///< LayerRecords
    std::vector<CrossRowsPtr> cross;        ///< [n_layers]
    std::vector<SharedRows> hidden;
    std::vector<std::vector<TokenProbability>> next_tokens;
    SharedRows logits;
  };
  bool is_encoded(const Job& job) const;
  Status encode(Job& job);
  Status decode(Job& job, const Matrix& memory);
  /// How many leading rows of `decoded_` hold for the target of the job.
  int known_rows(const Job& job) const;
  /// The records of layer `layer` with `rows` computed after the first `first` ones.
  void add_layer(Job& job, int layer, int first, const LayerRowsPtr& rows, CrossRowsPtr cross);
  bool needs_output(const TraceOptions& options) const;
  void read_output(const Matrix& final_hidden, int first, Job& job);
  void publish(Job& job, int n_layers_done);

  Transformer encoder_, decoder_;
  std::optional<Encoded> encoded_;  ///< of the last input without padding
  std::optional<Decoded> decoded_;  ///< the last target beside it
};

/// A text encoder-decoder: tokens in, trace out.
class EncoderDecoderModel final : public Model {
 public:
  /// `start_id` stands in front of what the decoder reads.
  EncoderDecoderModel(std::string name, ModelInfo info, TokenizerPtr tokenizer, EncoderDecoder engine,
                      int start_id);

  const std::string& name() const override { return name_; }
  const TraceShape& shape() const override { return shape_; }
  int max_tokens() const override { return engine_.encoder().max_tokens; }
  int max_written_tokens() const override { return engine_.decoder().max_tokens; }
  const Tokenizer& tokenizer() const override { return *tokenizer_; }
  ModelInfo info() const override { return info_; }
  void settle(const std::stop_token& stop) const override { engine_.settle(stop); }
  SecondText second_text() const override { return SecondText::Target; }
  Result<TracePtr> trace(const std::string& text, const TraceOptions& options) const override;
  Result<TracePtr> trace_texts(const TextInput& input, const TraceOptions& options) const override;
  Result<TracePtr> trace_ids(const TokenInput& input, const TraceOptions& options) const override;

 private:
  Result<TracePtr> run(EncoderInput source, DecoderInput target, const TraceOptions& options) const;

  std::string name_;
  ModelInfo info_;
  TraceShape shape_;
  std::uint64_t instance_;
  TokenizerPtr tokenizer_;
  int start_id_;
  mutable std::mutex mutex_;  ///< one pass at a time: the engine keeps its last keys and values
  mutable EncoderDecoder engine_;
};

}  // namespace headscope
