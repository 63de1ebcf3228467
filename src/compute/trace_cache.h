#pragma once

#include <cstddef>
#include <list>

#include "compute/trace_request.h"
#include "trace/attention_trace.h"

namespace headscope {

/// Bytes a complete trace takes at most. Traces of successive edits share rows, so the true sum is smaller.
std::size_t trace_bytes(const AttentionTrace& trace);

/// Complete traces by request; the one that was not asked for longest goes first when they outgrow the
/// budget. The newest stays, however large. Not thread-safe.
class TraceCache {
 public:
  explicit TraceCache(std::size_t budget_bytes) : budget_bytes_(budget_bytes) {}

  /// Null when it is not there.
  TracePtr find(const TraceRequest& request);
  void insert(const TraceRequest& request, TracePtr trace);
  /// The trace of the same model and interventions whose text begins most like `text`; null when there is
  /// none.
  TracePtr nearest(const TraceRequest& request) const;

  std::size_t bytes() const { return bytes_; }
  std::size_t size() const { return entries_.size(); }

 private:
  struct Entry {
    TraceRequest request;
    TracePtr trace;
    std::size_t bytes = 0;
  };
  std::list<Entry> entries_;  ///< last asked for first
  std::size_t budget_bytes_ = 0, bytes_ = 0;
};

}  // namespace headscope
