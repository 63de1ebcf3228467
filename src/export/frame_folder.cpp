#include "export/frame_folder.h"

#include <algorithm>
#include <atomic>
#include <charconv>
#include <cstdio>
#include <string_view>
#include <system_error>
#include <thread>
#include <vector>

#include "base/first_error.h"
#include "export/bounded_queue.h"
#include "io/atomic_write.h"
#include "io/json.h"
#include "io/mapped_file.h"
#include "io/png_summary.h"
#include "io/staged_file.h"

namespace headscope {

namespace fs = std::filesystem;

namespace {

constexpr const char* kManifest = "frames.json";
constexpr const char* kIdentityKey = "Headscope frame";

unsigned worker_count() {
  return std::clamp(std::thread::hardware_concurrency(), 1u, 16u);
}

/// Whether this frame is in the folder, whole and of this export.
bool is_there(const fs::path& folder, const FrameSet& set, int number) {
  const Result<MappedFile> file = MappedFile::open(folder / frame_name(number));
  if (!file) return false;
  const Result<PngSummary> png = summarize_png(file->bytes(), frame_name(number));
  if (!png || png->width != set.size.width || png->height != set.size.height) return false;
  return std::any_of(png->texts.begin(), png->texts.end(), [&](const auto& text) {
    return text.first == kIdentityKey && text.second == set.identity;
  });
}

/// The numbers of [span] that `wanted` holds for, asked on all cores: reading a frame's check sums takes a
/// millisecond or two.
template <class Wanted>
std::vector<int> select(FrameSpan span, const Wanted& wanted) {
  std::vector<char> yes(static_cast<std::size_t>(span.size()), 0);
  std::atomic<int> next = span.begin;
  {
    std::vector<std::jthread> workers;
    for (unsigned i = 0; i < worker_count(); ++i)
      workers.emplace_back([&] {
        for (int n = next++; n < span.end; n = next++)
          yes[static_cast<std::size_t>(n - span.begin)] = wanted(n);
      });
  }
  std::vector<int> numbers;
  for (int n = span.begin; n < span.end; ++n)
    if (yes[static_cast<std::size_t>(n - span.begin)]) numbers.push_back(n);
  return numbers;
}

Status write_manifest(const fs::path& folder, const FrameSet& set) {
  Json json = {{"headscope_frames", 1},         {"identity", set.identity}, {"first", set.span.begin + 1},
               {"last", set.span.end},          {"fps", set.fps},           {"width", set.size.width},
               {"height", set.size.height},     {"alpha", set.alpha},       {"title", set.title},
               {"description", set.description}};
  if (!set.document.empty()) json["document"] = set.document;
  const std::string text = json_text(json) + "\n";
  // Every shard writes the same one; whoever finds it as it should be leaves it alone.
  if (const Result<std::string> there = read_file(folder / kManifest); there && *there == text) return {};
  return write_file_atomically(folder / kManifest, text);
}

bool is_frame_of(const FrameSpan& span, std::string_view name) {
  int count = 0;
  const auto [end, fault] = std::from_chars(name.data(), name.data() + name.size(), count);
  return fault == std::errc{} && count > span.begin && count <= span.end && frame_name(count - 1) == name;
}

}  // namespace

std::string frame_name(int number) {
  char name[32];
  std::snprintf(name, sizeof name, "%06d.png", number + 1);
  return name;
}

Status write_frames(const fs::path& folder, const FrameSet& set, Shard shard, const FrameSource& source,
                    std::stop_token stop, const ExportProgress& progress) {
  std::error_code failure;
  fs::create_directories(folder, failure);
  if (failure) {
    return Error{ErrorCode::Io, "cannot make the folder '" + folder.string() + "': " + failure.message(),
                 "Choose a folder that you may write to"};
  }
  if (Status written = write_manifest(folder, set); !written) return written;
  const FrameSpan span = shard_of(set.span, shard);
  const std::vector<int> missing = select(span, [&](int n) { return !is_there(folder, set, n); });
  remove_abandoned(folder,
                   [&](std::string_view name) { return name == kManifest || is_frame_of(span, name); });

  struct Drawn {
    int number;
    FramePtr image;
  };
  BoundedQueue<Drawn> drawn(worker_count() + 1);
  FirstError error;
  std::mutex done_mutex;
  int done = span.size() - static_cast<int>(missing.size());
  std::vector<std::jthread> workers;
  for (unsigned i = 0; i < worker_count(); ++i) {
    workers.emplace_back([&] {
      FramePtr last;
      std::string bytes;
      while (std::optional<Drawn> frame = drawn.pop()) {
        if (frame->image != last) {  // a picture that stands still is compressed once
          Result<std::string> encoded = encode_png(*frame->image, {{kIdentityKey, set.identity}});
          if (!encoded) return error.set(encoded.error()), drawn.abandon();
          bytes = std::move(*encoded);
          last = frame->image;
        }
        if (Status written = write_file_atomically(folder / frame_name(frame->number), bytes); !written)
          return error.set(written.error()), drawn.abandon();
        const std::lock_guard lock(done_mutex);
        ++done;
        if (progress) progress(done, span.size());
      }
    });
  }
  for (const int number : missing) {
    if (stop.stop_requested()) break;
    const Result<FramePtr> image = source(number);
    if (!image) {
      error.set(image.error());
      break;
    }
    if (!drawn.push({number, *image})) break;
  }
  drawn.close();
  workers.clear();
  if (error.error()) return *error.error();
  if (done < span.size()) {
    return Error{ErrorCode::Cancelled,
                 "stopped after " + std::to_string(done) + " of " + std::to_string(span.size()) + " frames",
                 "The same call goes on from there"};
  }
  return {};
}

Result<FrameSet> read_frame_set(const fs::path& folder) {
  const fs::path path = folder / kManifest;
  const Result<Json> json = read_json(path, {.max_bytes = std::size_t{16} << 20, .max_depth = 8});
  if (!json) {
    if (json.error().code != ErrorCode::NotFound) return json.error();
    return Error{ErrorCode::NotFound,
                 "'" + folder.string() + "' holds no frames of Headscope: there is no " + kManifest,
                 "Name the folder that 'headscope render --out FOLDER' wrote"};
  }
  if (!json->is_object()) {
    return Error{ErrorCode::Corrupt, "'" + path.string() + "' is not a list of frames",
                 "Render the frames again"};
  }
  JsonFields fields(*json, path.string());
  FrameSet set;
  fields.integer("headscope_frames", 1, 1);
  set.identity = fields.string("identity");
  set.span.begin = static_cast<int>(fields.integer("first", 1, 1'000'000'000)) - 1;
  set.span.end = static_cast<int>(fields.integer("last", 1, 1'000'000'000));
  set.fps = fields.number("fps", 0.01, 1000);
  set.size.width = static_cast<int>(fields.integer("width", 1, 65536));
  set.size.height = static_cast<int>(fields.integer("height", 1, 65536));
  set.alpha = fields.boolean("alpha");
  set.title = fields.string("title", "");
  set.description = fields.string("description", "");
  set.document = fields.string("document", "");
  if (!fields.status()) return fields.status().error();
  if (set.span.size() < 1 || set.span.size() > 10'000'000) {
    return Error{ErrorCode::Corrupt, "'" + path.string() + "' counts its frames wrongly",
                 "Render the frames again"};
  }
  return set;
}

Status check_frames(const fs::path& folder, const FrameSet& set) {
  const std::vector<int> missing = select(set.span, [&](int n) { return !is_there(folder, set, n); });
  if (missing.empty()) return {};
  const fs::path first = folder / frame_name(missing.front());
  std::error_code ignored;
  const std::string more =
      missing.size() == 1 ? "" : ", and " + std::to_string(missing.size() - 1) + " more with it";
  const std::string what =
      fs::exists(first, ignored) ? "' is not a whole frame of this export" : "' is missing";
  return Error{ErrorCode::NotFound, "'" + first.string() + what + more,
               "Render the missing shard again; frames that are there are kept"};
}

FrameSource frames_from(const fs::path& folder, const FrameSet& set) {
  return [folder, set](int number) -> Result<FramePtr> {
    const fs::path path = folder / frame_name(number);
    Result<DecodedImage> read = read_png(path);
    if (!read) return read.error();
    if (read->image.width != set.size.width || read->image.height != set.size.height) {
      return Error{ErrorCode::Corrupt, "'" + path.string() + "' has another size than the other frames",
                   "Render the frames again"};
    }
    return std::make_shared<const Image>(std::move(read->image));
  };
}

}  // namespace headscope
