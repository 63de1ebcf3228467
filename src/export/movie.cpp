#include "export/movie.h"

#include <algorithm>
#include <string>
#include <thread>

#include "base/first_error.h"
#include "export/bounded_queue.h"
#include "export/quantize.h"

namespace headscope {

namespace {

constexpr std::size_t kOnTheWay = 3;  ///< frames between two threads

Error stopped(int done, int count) {
  return {ErrorCode::Cancelled,
          "stopped after " + std::to_string(done) + " of " + std::to_string(count) + " frames", ""};
}

}  // namespace

Status write_movie(const FrameSource& source, FrameSpan span, MovieWriter& movie, std::stop_token stop,
                   const ExportProgress& progress) {
  BoundedQueue<FramePtr> drawn(kOnTheWay);
  BoundedQueue<PreparedFramePtr> prepared(kOnTheWay);
  FirstError failure;

  std::jthread converting([&] {
    FramePtr last;
    PreparedFramePtr frame;
    while (std::optional<FramePtr> image = drawn.pop()) {
      if (*image != last) {
        Result<PreparedFramePtr> made = movie.prepare(**image);
        if (!made) {
          failure.set(made.error());
          break;
        }
        last = *image;
        frame = std::move(*made);
      }
      if (!prepared.push(frame)) break;
    }
    drawn.abandon();
    prepared.close();
  });
  std::jthread encoding([&] {
    int done = 0;
    while (std::optional<PreparedFramePtr> frame = prepared.pop()) {
      if (Status added = movie.add(*frame); !added) {
        failure.set(added.error());
        break;
      }
      if (progress) progress(++done, span.size());
    }
    prepared.abandon();
  });

  int number = span.begin;
  for (; number < span.end && !stop.stop_requested(); ++number) {
    const Result<FramePtr> image = source(number);
    if (!image) {
      failure.set(image.error());
      break;
    }
    if (!drawn.push(*image)) break;
  }
  drawn.close();
  converting.join();
  encoding.join();
  if (failure.error()) return *failure.error();
  if (number < span.end) return stopped(number - span.begin, span.size());
  return movie.finish();
}

Result<std::vector<std::uint32_t>> palette_of(const FrameSource& source, FrameSpan span,
                                              std::stop_token stop) {
  constexpr int kMostSamples = 24;
  const int samples = std::min(kMostSamples, span.size());
  PaletteMaker maker;
  for (int i = 0; i < samples; ++i) {
    if (stop.stop_requested()) return stopped(0, span.size());
    const auto step = static_cast<std::int64_t>(span.size() - 1) * i / std::max(1, samples - 1);
    const Result<FramePtr> image = source(span.begin + static_cast<int>(step));
    if (!image) return image.error();
    maker.add(**image);
  }
  return maker.palette();
}

}  // namespace headscope
