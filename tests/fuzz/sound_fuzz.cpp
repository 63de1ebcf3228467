#include <cmath>

#include "fuzz_input.h"
#include "io/sound.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace headscope;
  constexpr double kSeconds = 2;
  const auto sound = decode_sound(as_bytes(data, size), "fuzz.wav", kSeconds);
  if (!sound) {
    demand_sentence(sound.error());
    return 0;
  }
  demand(sound->seconds() <= kSeconds, "no more is read than was asked for");
  for (const float sample : sound->samples) demand(std::isfinite(sample), "every sample is a number");
  return 0;
}
