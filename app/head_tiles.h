#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "compute/worker.h"
#include "trace/attention_trace.h"
#include "ui/ui_frame.h"

namespace headscope {

/// The tiles of the head grid, made beside the window: of a long text one alone takes longer than a frame
/// may. All members belong to one thread.
class HeadTiles {
 public:
  /// `wake` is called on the worker when `take` has something, a few times a second at most, and at the end.
  explicit HeadTiles(std::function<void()> wake);

  /// Which trace they are of. Layers that the last trace had too keep theirs; layers that are not computed
  /// yet keep what stood there until they are.
  ///   tiles  [n_layers × n_heads]: begun anew for another model, or another part of it
  void show(const TracePtr& trace, std::vector<UiHeadTile>& tiles);
  /// Moves what is finished into `tiles`; whether there was anything.
  bool take(std::vector<UiHeadTile>& tiles);
  /// Whether `take` would move anything.
  bool has_news() const;
  /// Whether some are still to come.
  bool busy() const { return n_missing_ > 0; }

 private:
  struct Finished {
    std::size_t index = 0;
    AttentionLayerPtr layer;  ///< what it was made of
    UiHeadTile tile;
  };
  struct Shared {
    mutable std::mutex mutex;
    std::uint64_t latest = 0;  ///< the job that counts
    std::vector<Finished> finished;
  };
  static void make(const AttentionTrace& trace, const std::vector<std::size_t>& missing, std::uint64_t number,
                   Shared& shared, const std::function<void()>& wake, const std::stop_token& stop);

  std::function<void()> wake_;
  std::uint64_t model_ = 0;
  AttentionPart part_ = AttentionPart::Self;
  std::vector<AttentionLayerPtr> made_of_;  ///< [n_layers × n_heads] null: none yet
  std::size_t n_missing_ = 0;
  std::shared_ptr<Shared> shared_ = std::make_shared<Shared>();
  Worker worker_;  // last: its job uses the others
};

}  // namespace headscope
