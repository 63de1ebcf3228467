#include "io/sound.h"

#include <sndfile.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <memory>

#include "io/mapped_file.h"
#include "io/quote.h"

namespace headscope {
namespace {

constexpr int kMaxChannels = 64, kMinRate = 1000, kMaxRate = 768'000;
constexpr sf_count_t kBlockFrames = 4096;

/// A file in memory, as libsndfile wants to see one.
struct Bytes {
  std::span<const std::byte> bytes;
  sf_count_t at = 0;

  sf_count_t size() const { return static_cast<sf_count_t>(bytes.size()); }
  static Bytes& of(void* user) { return *static_cast<Bytes*>(user); }
};

sf_count_t length(void* user) {
  return Bytes::of(user).size();
}

sf_count_t seek(sf_count_t offset, int whence, void* user) {
  Bytes& file = Bytes::of(user);
  const sf_count_t from = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? file.at : file.size();
  file.at = from + std::clamp<sf_count_t>(offset, -from, file.size() - from);
  return file.at;
}

sf_count_t read(void* out, sf_count_t count, void* user) {
  Bytes& file = Bytes::of(user);
  const sf_count_t n = std::clamp<sf_count_t>(count, 0, file.size() - file.at);
  if (n > 0) std::memcpy(out, file.bytes.data() + file.at, static_cast<std::size_t>(n));
  file.at += n;
  return n;
}

sf_count_t tell(void* user) {
  return Bytes::of(user).at;
}

enum class Kind { Wav, Flac, Ogg, Other };

Kind kind_of(std::string_view text) {
  if (text.starts_with("RIFF") && text.substr(0, 12).ends_with("WAVE")) return Kind::Wav;
  if (text.starts_with("fLaC")) return Kind::Flac;
  return text.starts_with("OggS") ? Kind::Ogg : Kind::Other;
}

std::uint32_t little_endian(std::string_view text, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    value |= static_cast<std::uint32_t>(static_cast<unsigned char>(text[at + i])) << (8 * i);
  }
  return value;
}

/// Whether the samples of a WAV file reach beyond its end. Programs that write to a pipe cannot know the
/// length and leave the largest number, or one that only the sign bit keeps from being it: such a file ends
/// where it ends.
bool is_cut_wav(std::string_view text) {
  constexpr std::size_t kChunkHead = 8;
  for (std::size_t at = 12; at + kChunkHead <= text.size();) {
    const std::uint32_t size = little_endian(text, at + 4);
    const std::size_t left = text.size() - at - kChunkHead;
    if (text.substr(at, 4) == "data") return size > left && size < 0x7FFFF000u;
    if (size > left) return true;
    at += kChunkHead + size + (size & 1);
  }
  return true;  // there is no data at all
}

Error corrupt_sound(const std::string& name, const std::string& what) {
  return {ErrorCode::Corrupt, quote(name, 300) + " is not a readable sound file: " + what,
          "Record or export the sound again"};
}

Error unsupported(const std::string& name, const std::string& what) {
  return {ErrorCode::Unsupported, quote(name, 300) + what, "Save the sound as WAV, FLAC or OGG"};
}

}  // namespace

Result<Sound> decode_sound(std::span<const std::byte> bytes, const std::string& name, double max_seconds) {
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  const Kind kind = kind_of(text);
  if (kind == Kind::Other) return unsupported(name, " is neither WAV nor FLAC nor OGG");
  if (kind == Kind::Wav && is_cut_wav(text)) return corrupt_sound(name, "the file is cut short");

  Bytes source{bytes};
  SF_VIRTUAL_IO io{length, seek, read, nullptr, tell};
  SF_INFO info{};
  const std::unique_ptr<SNDFILE, int (*)(SNDFILE*)> file(sf_open_virtual(&io, SFM_READ, &info, &source),
                                                         sf_close);
  if (!file) return corrupt_sound(name, quote(sf_strerror(nullptr)));
  if (info.channels < 1 || info.channels > kMaxChannels) {
    return unsupported(name, " has " + std::to_string(info.channels) + " channels; at most " +
                                 std::to_string(kMaxChannels) + " are read");
  }
  if (info.samplerate < kMinRate || info.samplerate > kMaxRate) {
    return unsupported(
        name, " has " + std::to_string(info.samplerate) + " samples a second; 1000 to 768000 are read");
  }

  Sound sound;
  sound.sample_rate = info.samplerate;
  // Not `info.frames`: what the file claims is believed only as it is read.
  const double wanted = std::floor(std::max(0.0, max_seconds) * info.samplerate);
  std::vector<float> block(static_cast<std::size_t>(kBlockFrames * info.channels));
  while (static_cast<double>(sound.samples.size()) < wanted) {
    const double left = wanted - static_cast<double>(sound.samples.size());
    const sf_count_t ask =
        left < static_cast<double>(kBlockFrames) ? static_cast<sf_count_t>(left) : kBlockFrames;
    const sf_count_t n = sf_readf_float(file.get(), block.data(), ask);
    if (n <= 0) break;
    for (sf_count_t i = 0; i < n; ++i) {
      float sum = 0;
      for (int c = 0; c < info.channels; ++c) sum += block[static_cast<std::size_t>(i * info.channels + c)];
      sound.samples.push_back(sum / static_cast<float>(info.channels));
      if (!std::isfinite(sound.samples.back()))
        return corrupt_sound(name, "it holds a number that is not finite");
    }
    if (n < ask) break;
  }
  sound.whole =
      static_cast<double>(sound.samples.size()) < wanted || sf_readf_float(file.get(), block.data(), 1) == 0;
  const bool knows_length = kind == Kind::Flac && info.frames > 0 && info.frames < SF_COUNT_MAX;
  if (sf_error(file.get()) != SF_ERR_NO_ERROR ||
      (knows_length && sound.whole && static_cast<sf_count_t>(sound.samples.size()) < info.frames)) {
    return corrupt_sound(name, "the file is cut short or damaged");
  }
  return sound;
}

Result<Sound> read_sound(const std::filesystem::path& path, double max_seconds) {
  const Result<MappedFile> file = MappedFile::open(path);
  if (!file) return file.error();
  return decode_sound(file->bytes(), path.string(), max_seconds);
}

}  // namespace headscope
