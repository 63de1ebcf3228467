#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace headscope {

/// A whole file seen as read-only memory; the system reads pages when they are touched, so opening a large
/// checkpoint costs nothing. The bytes stay valid while the object lives; moving it keeps their address.
/// Immutable, thread-safe. A file that another program cuts short while it is mapped cannot be read beyond
/// its new end.
class MappedFile {
 public:
  /// Errors: NotFound, InvalidArgument (a folder or a device), Io.
  static Result<MappedFile> open(const std::filesystem::path& path);

  MappedFile() = default;
  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&& other) noexcept;
  ~MappedFile();

  std::span<const std::byte> bytes() const { return {data_, size_}; }
  std::string_view text() const { return {reinterpret_cast<const char*>(data_), size_}; }
  const std::filesystem::path& path() const { return path_; }

  /// Copies bytes [offset, offset + into.size()) without touching the mapping. Where each byte is needed once
  /// this is several times as fast: no page has to be mapped. A file that was cut short is an error here.
  /// REQUIRES: the bytes are within the file as it was opened. Errors: Io.
  Status read(std::size_t offset, std::span<std::byte> into) const;

  /// Tells the system that `part` will not be read soon: its whole pages no
  /// longer count as this program's. Nothing when it is not a part of this
  /// file.
  void let_go(std::span<const std::byte> part) const;

 private:
  const std::byte* data_ = nullptr;
  std::size_t size_ = 0;
  int file_ = -1;  ///< for read
  std::filesystem::path path_;
};

/// The bytes of a small file. Errors: as MappedFile::open, and InvalidArgument when it is longer than
/// `max_bytes`.
Result<std::string> read_file(const std::filesystem::path& path,
                              std::size_t max_bytes = std::size_t{256} << 20);

}  // namespace headscope
