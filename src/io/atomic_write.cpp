#include "io/atomic_write.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "io/file_error.h"

namespace headscope {
namespace fs = std::filesystem;

namespace {

constexpr std::size_t kBufferBytes = std::size_t{1} << 18;

}  // namespace

Result<AtomicFile> AtomicFile::create(const fs::path& path) {
  AtomicFile result;
  result.target_ = path;
  struct stat status {};
  const bool exists = ::stat(path.c_str(), &status) == 0;
  if (exists && !S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode)) {
    result.device_ = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
    if (result.device_ < 0) return file_error("write", path, errno);
    return result;
  }
  Result<StagedFile> staged = StagedFile::create(path);
  if (!staged) return staged.error();
  result.staged_.emplace(std::move(*staged));
  return result;
}

AtomicFile::AtomicFile(AtomicFile&& other) noexcept
    : target_(std::move(other.target_)),
      staged_(std::move(other.staged_)),
      device_(std::exchange(other.device_, -1)),
      buffer_(std::move(other.buffer_)),
      failed_(other.failed_) {}

AtomicFile::~AtomicFile() {
  if (device_ >= 0) ::close(device_);
}

Error AtomicFile::fail(int number) {
  failed_ = number;
  return file_error("write", target_, number);
}

Status AtomicFile::write_through(const char* data, std::size_t size) {
  const int file = staged_ ? staged_->descriptor() : device_;
  while (size > 0) {
    const ssize_t written = ::write(file, data, size);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return fail(errno);
    data += written;
    size -= static_cast<std::size_t>(written);
  }
  return {};
}

Status AtomicFile::flush() {
  const Status status = write_through(buffer_.data(), buffer_.size());
  buffer_.clear();
  return status;
}

Status AtomicFile::write(std::string_view bytes) {
  if (failed_) return file_error("write", target_, failed_);
  if (buffer_.size() + bytes.size() > kBufferBytes) {
    if (Status status = flush(); !status) return status;
  }
  if (bytes.size() >= kBufferBytes) return write_through(bytes.data(), bytes.size());
  buffer_.append(bytes);
  return {};
}

Status AtomicFile::write(std::span<const std::byte> bytes) {
  return write(std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
}

Status AtomicFile::commit() {
  if (failed_) return file_error("write", target_, failed_);
  if (Status status = flush(); !status) return status;
  if (staged_) return staged_->commit();
  if (::close(std::exchange(device_, -1)) != 0) return fail(errno);
  return {};
}

Status write_file_atomically(const fs::path& path, std::string_view bytes) {
  Result<AtomicFile> file = AtomicFile::create(path);
  if (!file) return file.error();
  if (Status status = file->write(bytes); !status) return status;
  return file->commit();
}

}  // namespace headscope
