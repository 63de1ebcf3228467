#pragma once

#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "base/result.h"
#include "compute/worker.h"
#include "document/autosave.h"

namespace headscope {

using Seconds = double;

/// A change is on disk this long after it was made at the latest (and a little for writing): two seconds are
/// promised.
inline constexpr Seconds kSafetyDelay = 1.0;

/// Keeps the safety copy of the document up to date, on a thread of its own: a slow disk never holds a frame.
/// All members belong to one thread.
class SafetyCopy {
 public:
  /// Copies go to `folder`; an empty one keeps none.
  explicit SafetyCopy(const std::filesystem::path& folder);
  /// Waits for what is being written, then takes the copy away: the program ends well.
  ~SafetyCopy();

  /// The document is now `document`; `saved`: a file of the user's holds it, so no copy is needed.
  void changed(const Document& document, bool saved, Seconds now);
  /// Writes what is due. Returns when to call again; none: nothing is waiting.
  std::optional<Seconds> update(Seconds now);
  /// The program is told to end in the middle of the work: a copy of what is not saved stays, and is offered
  /// at the next start. REQUIRES: called last.
  void leave_behind(Seconds now);
  /// What could not be written, once.
  std::optional<Error> take_error();
  /// Waits until all is written: for tests.
  void drain() { worker_.drain(); }

  /// The newest copy that a crash left, until it is answered. More than one are offered one after the other.
  const Document* offered() const { return left_.empty() ? nullptr : &left_.front().document; }
  /// Taken over or declined: the copy is removed. REQUIRES: offered().
  void answer_offer();

  const std::filesystem::path* path() const { return autosave_ ? &path_ : nullptr; }

 private:
  struct Report {
    std::mutex mutex;
    std::optional<Error> error;
  };

  std::optional<Autosave> autosave_;  ///< used on the worker alone once it is made
  std::filesystem::path path_;
  std::vector<LeftDocument> left_;
  std::optional<Document> waiting_;
  bool waiting_saved_ = false, has_copy_ = false, left_behind_ = false;
  Seconds waiting_since_ = 0;
  std::shared_ptr<Report> report_ = std::make_shared<Report>();
  Worker worker_;
};

}  // namespace headscope
