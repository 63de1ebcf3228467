#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "fuzz_targets.h"

// Replays the seeds of a fuzz target and mutations of them, the same ones each time.
//   fuzz_replay TARGET SEEDS_FOLDER [N_MUTATIONS]      all seeds, then so many mutations (default 20000)
//   fuzz_replay TARGET FILE                            one saved input
// When an input brings the program down, it is saved as crash-TARGET in the working folder.

// Each target is compiled with its function named fuzz_TARGET.
#define HEADSCOPE_DECLARE(name) extern "C" int fuzz_##name(const std::uint8_t* data, std::size_t size);
HEADSCOPE_FUZZ_TARGETS(HEADSCOPE_DECLARE)
#undef HEADSCOPE_DECLARE
extern "C" void __sanitizer_set_death_callback(void (*callback)()) __attribute__((weak));

namespace {

using Bytes = std::string;

using Target = int (*)(const std::uint8_t* data, std::size_t size);

Bytes current_input;
std::string target_name;
Target target = nullptr;

Target find_target(const std::string& name) {
#define HEADSCOPE_FIND(target) \
  if (name == #target) return fuzz_##target;
  HEADSCOPE_FUZZ_TARGETS(HEADSCOPE_FIND)
#undef HEADSCOPE_FIND
  return nullptr;
}

void save_current_input() {
  const std::string path = "crash-" + target_name;
  std::ofstream(path, std::ios::binary) << current_input;
  std::fprintf(stderr, "the input was saved as %s\n", path.c_str());
}

void run(const Bytes& input) {
  current_input = input;
  target(reinterpret_cast<const std::uint8_t*>(input.data()), input.size());
}

/// xorshift64*, so that every machine tries the same inputs.
class Random {
 public:
  std::size_t below(std::size_t n) {
    state_ ^= state_ >> 12, state_ ^= state_ << 25, state_ ^= state_ >> 27;
    return n ? static_cast<std::size_t>((state_ * 0x2545F4914F6CDD1Dull) >> 33) % n : 0;
  }

 private:
  std::uint64_t state_ = 0x9E3779B97F4A7C15ull;
};

const std::vector<Bytes>& interesting() {
  static const std::vector<Bytes> kPieces = {"0",
                                             "-1",
                                             "1e999",
                                             "NaN",
                                             "4294967296",
                                             "9223372036854775807",
                                             "18446744073709551616",
                                             "null",
                                             "true",
                                             "[]",
                                             "{}",
                                             "\"\"",
                                             "\"F32\"",
                                             "\"F16\"",
                                             "[[[[",
                                             "}}}}",
                                             "\\u0000",
                                             "\\ud800",
                                             "\xff",
                                             "\xe2\x96\x81",
                                             "\xed\xa0\x80",
                                             Bytes(1, '\0'),
                                             Bytes(8, '\0'),
                                             Bytes(8, '\xff'),
                                             Bytes(64, ' '),
                                             Bytes(300, '[')};
  return kPieces;
}

void mutate(Bytes& bytes, const std::vector<Bytes>& seeds, Random& random) {
  const std::size_t at = random.below(bytes.size() + 1);
  const std::size_t length = random.below(std::min<std::size_t>(bytes.size() - at, 32) + 1);
  switch (random.below(8)) {
    case 0:
      if (at < bytes.size()) bytes[at] = static_cast<char>(bytes[at] ^ (1 << random.below(8)));
      break;
    case 1:
      if (at < bytes.size()) bytes[at] = static_cast<char>(random.below(256));
      break;
    case 2:
      bytes.erase(at, length);
      break;
    case 3:
      bytes.insert(at, bytes.substr(at, length));
      break;
    case 4:
      bytes.insert(at, interesting()[random.below(interesting().size())]);
      break;
    case 5:
      bytes.replace(at, length, interesting()[random.below(interesting().size())]);
      break;
    case 6: {
      const Bytes& other = seeds[random.below(seeds.size())];
      const std::size_t from = random.below(other.size() + 1);
      bytes.insert(at, other.substr(from, random.below(64)));
      break;
    }
    case 7:
      bytes.resize(at);
      break;
  }
  if (bytes.size() > 65536) bytes.resize(65536);
}

Bytes read(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fprintf(stderr, "usage: %s TARGET SEEDS_FOLDER [N_MUTATIONS] | TARGET FILE\n", argv[0]);
    return 2;
  }
  target_name = argv[1];
  target = find_target(target_name);
  if (!target) {
    std::fprintf(stderr, "there is no target %s\n", argv[1]);
    return 2;
  }
  if (__sanitizer_set_death_callback) __sanitizer_set_death_callback(save_current_input);
  if (!std::filesystem::exists(argv[2])) {
    std::fprintf(stderr, "there is no %s\n", argv[2]);
    return 2;
  }
  if (!std::filesystem::is_directory(argv[2])) {
    run(read(argv[2]));
    return 0;
  }
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(argv[2])) paths.push_back(entry.path());
  std::sort(paths.begin(), paths.end());
  std::vector<Bytes> seeds;
  for (const auto& path : paths) seeds.push_back(read(path));
  if (seeds.empty()) {
    std::fprintf(stderr, "%s holds no seeds\n", argv[2]);
    return 1;
  }
  for (const Bytes& seed : seeds) run(seed);
  const int n_mutations = argc > 3 ? std::atoi(argv[3]) : 20000;
  Random random;
  for (int i = 0; i < n_mutations; ++i) {
    Bytes input = seeds[static_cast<std::size_t>(i) % seeds.size()];
    for (std::size_t n = 1 + random.below(4); n > 0; --n) mutate(input, seeds, random);
    run(input);
  }
  std::printf("%s: %zu seeds and %d mutations of them\n", target_name.c_str(), seeds.size(), n_mutations);
  return 0;
}
