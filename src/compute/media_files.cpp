#include "compute/media_files.h"

#include <algorithm>
#include <system_error>
#include <utility>

namespace headscope {

namespace {

constexpr std::size_t kMostEntries = 4;

Error no_input(InputKind kind) {
  if (kind == InputKind::Picture)
    return {ErrorCode::NotFound, "This model looks at pictures: choose one to see what its patches look at.",
            "Drop a PNG or JPEG onto the window, or press Ctrl+O"};
  return {ErrorCode::NotFound, "This model listens: choose a sound to see what its words listen to.",
          "Drop a WAV, FLAC or OGG onto the window, or press Ctrl+O"};
}

}  // namespace

std::string file_stamp(const std::filesystem::path& file) {
  namespace fs = std::filesystem;
  if (file.empty()) return {};
  std::error_code failed;
  const auto size = fs::file_size(file, failed);
  if (failed) return {};
  const auto written = fs::last_write_time(file, failed);
  if (failed) return {};
  return std::to_string(size) + " " + std::to_string(written.time_since_epoch().count());
}

TraceRequest with_stamp(TraceRequest request) {
  request.input_stamp = file_stamp(request.input);
  return request;
}

bool lacks_input(const Model& model, const TraceRequest& request) {
  return model.input_kind() != InputKind::Text && request.input.empty();
}

Result<MediaInputPtr> MediaFiles::read(const Model& model, const TraceRequest& request) {
  for (auto at = entries_.begin(); at != entries_.end(); ++at) {
    if (at->model != request.model || at->file != request.input || at->stamp != request.input_stamp) continue;
    entries_.splice(entries_.begin(), entries_, at);
    return at->media;
  }
  Result<MediaInputPtr> media = model.read_media(request.input);
  if (!media) return media.error();
  entries_.push_front({request.model, request.input, request.input_stamp, *media});
  if (entries_.size() > kMostEntries) entries_.pop_back();
  return media;
}

Result<TracePtr> MediaFiles::trace(const Model& model, const TraceRequest& request,
                                   const TraceOptions& options) {
  if (model.input_kind() == InputKind::Text) return model.trace_texts(text_input(request, model), options);
  if (lacks_input(model, request)) return no_input(model.input_kind());
  const Result<MediaInputPtr> media = read(model, request);
  if (!media) return media.error();
  return model.trace_media(*media, request.text, options);
}

}  // namespace headscope
