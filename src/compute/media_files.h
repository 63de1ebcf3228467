#pragma once

#include <cstddef>
#include <filesystem>
#include <list>
#include <string>

#include "base/result.h"
#include "compute/trace_request.h"
#include "models/model.h"

namespace headscope {

/// What tells that a file is still the one that was read: its size and when it was written. "" where there is
/// none.
std::string file_stamp(const std::filesystem::path& file);

/// The request with the stamp of its input.
TraceRequest with_stamp(TraceRequest request);

/// Whether the model looks or listens and the request has nothing for it.
bool lacks_input(const Model& model, const TraceRequest& request);

/// Pictures and sounds as models want them, the last few kept, so that another word beside a sound does not
/// read it again. Not thread-safe.
class MediaFiles {
 public:
  /// One forward pass for a request: of its text, or of its picture or sound.
  /// Errors: as Model::trace, read_media and trace_media; NotFound (the model needs an input and has none).
  Result<TracePtr> trace(const Model& model, const TraceRequest& request, const TraceOptions& options);

 private:
  struct Entry {
    std::string model, file, stamp;
    MediaInputPtr media;
  };
  Result<MediaInputPtr> read(const Model& model, const TraceRequest& request);

  std::list<Entry> entries_;  ///< last asked for first
};

}  // namespace headscope
