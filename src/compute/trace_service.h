#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "compute/trace_request.h"
#include "models/model.h"
#include "models/write_text.h"
#include "trace/attention_trace.h"

namespace headscope {

using Seconds = double;

/// What the service has for the latest request.
struct TraceState {
  TraceRequest request;
  ModelPtr model;  ///< the request's model once it is loaded, else null
  TracePtr trace;  ///< of this request; null before its first layer; layers still to come are null
  std::optional<Error> error;  ///< why there will be no trace
  bool computing = false;
  float progress = 0;    ///< of the running computation, or of loading, [0, 1]
  Seconds since = 0;     ///< when the request was made, on the caller's clock
  bool loading = false;  ///< computing, and the model is still on its way into memory
};

struct TraceServiceOptions {
  /// How a model is loaded; for tests.
  std::function<Result<ModelPtr>(const std::string& name_or_folder, const LoadOptions&)> load =
      load_model_with;
  /// Called on the worker whenever `poll` has something new: to wake an event loop. Must not block.
  std::function<void()> wake;
  std::size_t cache_bytes = std::size_t{512} << 20;
  int n_models = 2;  ///< how many models stay loaded
};

/// Computes traces on a thread of its own. The latest request wins: one that runs is asked to stop. All
/// members belong to one thread, and none of them waits for the worker.
class TraceService {
 public:
  explicit TraceService(TraceServiceOptions options = {});
  /// Stops what runs and waits for it.
  ~TraceService();
  TraceService(const TraceService&) = delete;
  TraceService& operator=(const TraceService&) = delete;

  /// Asks for a trace; nothing happens when it is the latest request already, unless that one failed and
  /// `again`.
  void request(const TraceRequest& request, Seconds now, bool again = false);
  /// Ends what runs, a model that is being loaded too; the state has a Cancelled error until the next
  /// request. Nothing when nothing runs.
  void cancel();
  /// Takes over what the worker published since. Returns whether state() changed.
  bool poll();
  const TraceState& state() const { return state_; }

  /// What the model writes behind the text of the trace. Errors: those of the trace, where there is none;
  /// else as next_written of models/write_text.h. REQUIRES: nothing is computing.
  Result<WrittenToken> next_written() const;

  /// Forward passes begun so far; a request that the cache answers begins none.
  int n_computed() const;
  /// Waits until nothing is left to do, then polls: for export and tests, where nobody looks at a window.
  void wait();

 private:
  struct Shared;
  std::unique_ptr<Shared> shared_;
  TraceState state_;
};

}  // namespace headscope
