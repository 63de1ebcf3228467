#pragma once

#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"
#include "tokenizers/tokenizer.h"
#include "trace/attention_trace.h"

namespace headscope {

/// What one forward pass is asked for.
struct TraceOptions {
  /// A trace of the same model: positions before the first differing token are not computed again (causal models).
  TracePtr previous;
  std::stop_token stop;
  /// Called on the computing thread when a layer is done, with the layers so far; `progress` in [0, 1].
  std::function<void(TracePtr so_far, float progress)> on_layer;
  bool keep_weights = true;  ///< false: a head's weights are computed from q and k when asked for
  int n_next_tokens = 8;     ///< 0: no output head
};

/// A checkpoint that turns text into a trace. Immutable after loading; `trace` may be called from any one thread at a
/// time.
class Model {
 public:
  virtual ~Model() = default;
  virtual const std::string& name() const = 0;
  virtual const TraceShape& shape() const = 0;
  virtual int max_tokens() const = 0;
  virtual const Tokenizer& tokenizer() const = 0;
  /// Errors: InvalidArgument (no tokens, too many), Cancelled.
  virtual Result<TracePtr> trace(const std::string& text, const TraceOptions& options) const = 0;
};
using ModelPtr = std::shared_ptr<const Model>;

/// Loads a built-in model by name ("stories") or a checkpoint folder as Hugging Face writes it.
/// Errors: NotFound, Corrupt, Unsupported (names the architecture or the option), Io.
Result<ModelPtr> load_model(const std::string& name_or_folder);

struct BuiltInModel {
  std::string name, summary;
};
std::vector<BuiltInModel> built_in_models();

}  // namespace headscope
