#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"
#include "models/load_options.h"
#include "models/media_input.h"
#include "tokenizers/tokenizer.h"
#include "trace/attention_trace.h"

namespace headscope {

/// What one forward pass is asked for.
struct TraceOptions {
  /// A trace of the same model: positions before the first differing token are not computed again (causal
  /// models).
  TracePtr previous;
  std::stop_token stop;
  /// Called on the computing thread when a layer is done, with the layers so far; `progress` in [0, 1].
  std::function<void(TracePtr so_far, float progress)> on_layer;
  bool keep_weights = true;  ///< false: a head's weights are computed from q and k when asked for
  /// Weights that would take more are not kept either (AttentionLayer::keeps_weights says so).
  /// The rule leaves 144 heads their weights up to some 900 tokens.
  std::size_t max_weight_bytes = std::size_t{256} << 20;
  bool keep_hidden = false;       ///< AttentionTrace::hidden
  bool keep_logits = false;       ///< AttentionTrace::logits
  bool keep_last_logits = false;  ///< AttentionTrace::last_logits
  int n_next_tokens = 8;          ///< 0: no output head
  /// After which positions the next tokens are wanted. Auto: all of them where the vocabulary is small, else
  /// the last.
  enum class NextTokens { Auto, All, Last } next_tokens = NextTokens::Auto;
};

/// What a model reads when its tokens are given directly.
struct TokenInput {
  std::vector<int> ids = {};
  std::vector<int> position_ids = {};       ///< [n_tokens]; empty: 0, 1, 2, …
  std::vector<int> attention_mask = {};     ///< [n_tokens] 0 where a token is padding; empty: none is
  std::vector<int> token_type_ids = {};     ///< [n_tokens] the segment of each token (BERT); empty: all 0
  std::vector<int> decoder_input_ids = {};  ///< of an encoder-decoder, start token included
  MediaInputPtr media = nullptr;            ///< of a model that looks or listens
};

/// What a model reads when it reads text.
struct TextInput {
  std::string text;
  std::optional<std::string> second_text = {};  ///< what it is, Model::second_text says
};

/// What a second text is to a model.
enum class SecondText {
  None,    ///< the model reads one text
  Pair,    ///< the second sentence of a pair, behind a separator and in a segment of its own (BERT)
  Target,  ///< what the decoder of an encoder-decoder has written so far; without it, only its start token
};

/// What a model reads in the first place.
enum class InputKind { Text, Picture, Sound };

/// What kind of model a checkpoint is.
enum class ModelKind { Decoder, Encoder, EncoderDecoder };

/// What `headscope info` says about a checkpoint.
struct ModelInfo {
  std::string architecture;  ///< "LlamaForCausalLM"
  std::string storage;       ///< element types of the file, "F16" or "F32, BF16"
  std::int64_t n_params = 0;
  std::vector<int> end_ids;  ///< tokens after which the model has nothing more to say
  ModelKind kind = ModelKind::Decoder;
  std::optional<TraceShape> encoder = {};  ///< of an encoder-decoder; Model::shape is its decoder
  std::string output;                      ///< what logits there are: "next token", "masked token", or "none"
};

/// A checkpoint that turns text into a trace. Immutable after loading; `trace` may be called from any one
/// thread at a time.
class Model {
 public:
  virtual ~Model() = default;
  virtual const std::string& name() const = 0;
  virtual const TraceShape& shape() const = 0;
  virtual int max_tokens() const = 0;
  /// The positions of the text that the model writes: a decoder's, where there is one beside an encoder.
  virtual int max_written_tokens() const { return max_tokens(); }
  virtual const Tokenizer& tokenizer() const = 0;
  /// Errors: InvalidArgument (no tokens, too many), Cancelled; with WeightReading::AsUsed also Corrupt and Io
  /// (a number that is not finite, a file that cannot be read any more).
  virtual Result<TracePtr> trace(const std::string& text, const TraceOptions& options) const = 0;
  /// The same with a second text, where the model reads one. Errors: as `trace`; Unsupported (it does not).
  virtual Result<TracePtr> trace_texts(const TextInput& input, const TraceOptions& options) const;
  virtual SecondText second_text() const { return SecondText::None; }
  /// The same for tokens given directly; the trace's text is what they stand for. With positions or a mask of
  /// its own every position is computed. Errors: as `trace`; InvalidArgument (an id outside of the
  /// vocabulary, lists of different lengths); Unsupported (this kind of model takes no ids).
  virtual Result<TracePtr> trace_ids(const TokenInput& input, const TraceOptions& options) const;
  virtual InputKind input_kind() const { return InputKind::Text; }
  /// A file of the kind that the model reads, prepared for it. Errors: as read_picture or read_sound;
  /// Unsupported (the model reads text, or the checkpoint asks for a preparation that is not known).
  virtual Result<MediaInputPtr> read_media(const std::filesystem::path& path) const;
  /// The picture or the sound; `text` is what the decoder has written, where there is one. Errors: as
  /// trace_ids.
  virtual Result<TracePtr> trace_media(const MediaInputPtr& media, const std::string& text,
                                       const TraceOptions& options) const;
  virtual ModelInfo info() const { return {}; }
  /// Reads the weights that WeightReading::AsUsed has left in the file, so that passes to come need not. For
  /// moments in which nobody waits; ends early when it is stopped. May run beside a trace.
  virtual void settle(const std::stop_token& /*stop*/) const {}
};
using ModelPtr = std::shared_ptr<const Model>;

/// Loads a built-in model by name ("stories") or a checkpoint folder as Hugging Face writes it.
/// Errors: NotFound, Corrupt, Unsupported (names the architecture or the option), Io.
Result<ModelPtr> load_model(const std::string& name_or_folder);
/// The same with WeightReading::AsUsed: quicker to the first picture, and to what needs no weights.
Result<ModelPtr> open_model(const std::string& name_or_folder);
/// The same in a certain precision, watched and stopped from outside. Errors: Cancelled as well.
Result<ModelPtr> load_model_with(const std::string& name_or_folder, const LoadOptions& options);

struct BuiltInModel {
  std::string name, summary;
};
std::vector<BuiltInModel> built_in_models();

}  // namespace headscope
