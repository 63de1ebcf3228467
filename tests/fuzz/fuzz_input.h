#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <span>
#include <string>
#include <string_view>

#include <unistd.h>

#include "base/result.h"
#include "base/utf8.h"

/// What the fuzz targets share.
namespace headscope {

inline std::string_view as_text(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}
inline std::span<const std::byte> as_bytes(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const std::byte*>(data), size};
}

/// Ends the program when `fact` does not hold; also in release builds.
inline void demand(bool fact, const char* what) {
  if (fact) return;
  std::fprintf(stderr, "this does not hold: %s\n", what);
  std::abort();
}

/// Every error is one line of valid text with a hint, and no longer than a person reads.
inline void demand_sentence(const Error& error) {
  demand(!error.message.empty() && !error.hint.empty(), "an error has a sentence and a hint");
  demand(error.message.find('\n') == std::string::npos, "an error is one line");
  demand(error.message.size() < 2000, "an error is short");
  demand(is_valid_utf8(error.message), "an error is valid UTF-8");
}

/// The path of a file in a folder of this process, for readers that open files themselves.
inline std::filesystem::path fuzz_file(const std::string& name) {
  static const struct Folder {
    std::filesystem::path path =
        std::filesystem::temp_directory_path() / ("headscope_fuzz_" + std::to_string(::getpid()));
    Folder() { std::filesystem::create_directories(path); }
    ~Folder() {
      std::error_code ignored;
      std::filesystem::remove_all(path, ignored);
    }
  } folder;
  return folder.path / name;
}
inline void put_file(const std::filesystem::path& path, std::string_view bytes) {
  std::ofstream(path, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

}  // namespace headscope
