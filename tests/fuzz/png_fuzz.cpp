#include "fuzz_input.h"
#include "io/image.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace headscope;
  const auto picture = decode_png(as_bytes(data, size), "fuzz.png");
  if (!picture) {
    demand_sentence(picture.error());
    return 0;
  }
  const Image& image = picture->image;
  demand(
      image.rgba.size() == static_cast<std::size_t>(image.width) * static_cast<std::size_t>(image.height) * 4,
      "every pixel is there");
  const auto bytes = encode_png(image);
  demand(bytes.ok(), "a picture that was read can be written");
  const auto again = decode_png(std::as_bytes(std::span(*bytes)), "again.png");
  demand(again.ok() && again->image.rgba == image.rgba, "what is written reads back");
  return 0;
}
