#include "fuzz_input.h"
#include "io/image.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace headscope;
  const auto image = decode_jpeg(as_bytes(data, size), "fuzz.jpg");
  if (!image) {
    demand_sentence(image.error());
    return 0;
  }
  demand(image->width > 0 && image->height > 0, "a picture has pixels");
  demand(image->rgba.size() ==
             static_cast<std::size_t>(image->width) * static_cast<std::size_t>(image->height) * 4,
         "every pixel is there");
  return 0;
}
