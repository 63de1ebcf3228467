#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>

#include "compute/worker.h"
#include "scene/layout.h"

namespace headscope {

/// What a layout is made of. Equal inputs give equal layouts.
struct LayoutInputs {
  Document document;  ///< every index inside the trace
  TracePtr trace;     ///< never null
  std::shared_ptr<const TraceIdentities> identities;
  float width = 0, height = 0, ui_scale = 1;
  std::string footer;
  std::string notice;  ///< what stands in an empty picture
};

/// Whether both would look the same: traces count by the layers that the document shows.
bool look_equal(const LayoutInputs& a, const LayoutInputs& b);

/// About how many connections must be looked at.
double layout_cost(const LayoutInputs& inputs);

/// Makes layouts: small ones at once, large ones on a worker, so that a frame never waits for one. All
/// members belong to one thread.
class LayoutWorker {
 public:
  /// What may be made at once, by the times that earlier layouts took.
  static constexpr double kInlineMs = 5;

  /// `fonts` is borrowed. `wake` is called on the worker when `poll` has something.
  LayoutWorker(FontLibrary& fonts, std::function<void()> wake);

  /// The layout, or null when the worker makes it; then a later poll() returns it, unless another request
  /// came first.
  LayoutPtr request(const LayoutInputs& inputs);
  /// The layout, made at once: the caller knows that it is small.
  LayoutPtr make(const LayoutInputs& inputs) const;
  LayoutPtr poll();
  bool busy() const { return pending_ != 0; }
  /// Waits for the worker.
  LayoutPtr wait();

 private:
  struct Shared {
    std::mutex mutex;
    std::uint64_t latest = 0, done = 0;
    LayoutPtr layout;
    double ms = 0;
  };

  FontLibrary& fonts_;
  std::function<void()> wake_;
  std::shared_ptr<Shared> shared_ = std::make_shared<Shared>();
  std::uint64_t pending_ = 0;
  double pending_cost_ = 0;
  double ms_per_cost_ = 0.0005;  ///< a guess, until layouts were measured
  Worker worker_;
};

}  // namespace headscope
