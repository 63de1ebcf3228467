#include "export/apng_movie.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstring>

#include "io/atomic_write.h"
#include "io/png_writer.h"

namespace headscope {

namespace {

constexpr PixelRect kOnePixel{0, 0, 1, 1};

class ApngFrame : public PreparedFrame {
 public:
  PixelRect part;
  std::string data;   ///< compressed rows of the part
  std::string pixel;  ///< of the pixel at 0, 0: what a frame that stays is written as
};

/// The smallest rectangle outside which both images are equal; one pixel where they are equal everywhere.
PixelRect changed(const Image& a, const Image& b) {
  const std::size_t stride = static_cast<std::size_t>(a.width) * 4;
  const auto row = [&](const Image& image, int y) {
    return image.rgba.data() + stride * static_cast<std::size_t>(y);
  };
  int top = 0, bottom = a.height;
  while (top < bottom && std::memcmp(row(a, top), row(b, top), stride) == 0) ++top;
  while (bottom > top && std::memcmp(row(a, bottom - 1), row(b, bottom - 1), stride) == 0) --bottom;
  if (top == bottom) return kOnePixel;
  int left = a.width, right = 0;
  const auto differs = [&](int x, int y) {
    return std::memcmp(row(a, y) + 4 * x, row(b, y) + 4 * x, 4) != 0;
  };
  for (int y = top; y < bottom; ++y) {
    int x = 0;
    while (x < left && !differs(x, y)) ++x;
    left = std::min(left, x);
    x = a.width;
    while (x > right && !differs(x - 1, y)) --x;
    right = std::max(right, x);
  }
  return {left, top, right - left, bottom - top};
}

class ApngMovie : public MovieWriter {
 public:
  ApngMovie(AtomicFile file, const MovieOptions& options) : file_(std::move(file)), options_(options) {}

  Status begin() {
    std::string out(kPngSignature);
    append_png_header(out, options_.size.width, options_.size.height, options_.alpha);
    std::string control;
    append_u32(control, static_cast<std::uint32_t>(options_.n_frames));
    append_u32(control, 0);  // plays for ever
    append_png_chunk(out, "acTL", control);
    if (Status added = append_png_texts(texts_, options_.texts); !added) return added;
    return file_.write(out);
  }

  Result<PreparedFramePtr> prepare(const Image& image) override {
    assert(image.width == options_.size.width && image.height == options_.size.height);
    auto frame = std::make_shared<ApngFrame>();
    frame->part = last_.rgba.empty() ? PixelRect{0, 0, image.width, image.height} : changed(last_, image);
    std::optional<std::string> data = compress_pixels(image, frame->part, options_.alpha);
    if (!data) {
      return Error{ErrorCode::InvalidArgument,
                   "a frame has transparent pixels, and the movie was begun without", "Use --alpha"};
    }
    frame->data = std::move(*data);
    frame->pixel = compress_pixels(image, kOnePixel, options_.alpha).value_or("");
    last_ = image;
    return PreparedFramePtr(std::move(frame));
  }

  Status add(const PreparedFramePtr& frame) override {
    const auto& apng = static_cast<const ApngFrame&>(*frame);
    const bool stays = frame == last_added_;
    const PixelRect& part = stays ? kOnePixel : apng.part;
    std::string out, control;
    append_u32(control, sequence_++);
    for (const int number : {part.width, part.height, part.x, part.y})
      append_u32(control, static_cast<std::uint32_t>(number));
    // The duration as a fraction of 16-bit numbers: exact for whole rates.
    const bool whole = std::abs(options_.fps - std::round(options_.fps)) < 1e-9;
    append_u16(control, whole ? 1 : 100);
    append_u16(control, static_cast<std::uint16_t>(std::lround(whole ? options_.fps : options_.fps * 100)));
    control.append(2, '\0');  // stays, and the next one replaces
    append_png_chunk(out, "fcTL", control);
    if (n_added_++ == 0) {
      append_png_chunk(out, "IDAT", apng.data);
    } else {
      std::string data;
      append_u32(data, sequence_++);
      append_png_chunk(out, "fdAT", data + (stays ? apng.pixel : apng.data));
    }
    last_added_ = frame;
    return file_.write(out);
  }

  Status finish() override {
    assert(n_added_ == options_.n_frames);
    // Behind the frames: programs tell an APNG from a PNG by its first two kilobytes, and a document is
    // longer.
    std::string out = std::move(texts_);
    append_png_chunk(out, "IEND", {});
    if (Status written = file_.write(out); !written) return written;
    return file_.commit();
  }

 private:
  AtomicFile file_;
  MovieOptions options_;
  std::string texts_;  // as chunks
  Image last_;         // of prepare
  PreparedFramePtr last_added_;
  std::uint32_t sequence_ = 0;  // of add
  int n_added_ = 0;
};

}  // namespace

Result<std::unique_ptr<MovieWriter>> make_apng_movie(const std::filesystem::path& path,
                                                     const MovieOptions& options) {
  assert(options.n_frames > 0);
  Result<AtomicFile> file = AtomicFile::create(path);
  if (!file) return file.error();
  auto movie = std::make_unique<ApngMovie>(std::move(*file), options);
  if (Status begun = movie->begin(); !begun) return begun.error();
  return std::unique_ptr<MovieWriter>(std::move(movie));
}

}  // namespace headscope
