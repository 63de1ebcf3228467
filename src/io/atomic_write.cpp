#include "io/atomic_write.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

#include "io/file_error.h"

namespace headscope {
namespace fs = std::filesystem;

namespace {

constexpr std::size_t kBufferBytes = std::size_t{1} << 18;

/// The rename itself must survive a power cut, so the folder is synchronised too. Some file systems cannot;
/// that is no reason to report failure, the file is there.
void sync_folder(const fs::path& folder) {
  const int file = ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (file < 0) return;
  ::fsync(file);
  ::close(file);
}

}  // namespace

Result<AtomicFile> AtomicFile::create(const fs::path& path) {
  if (path.filename().empty()) return file_error("write", path, EISDIR);
  AtomicFile result;
  result.target_ = path;
  std::error_code ignored;
  for (int depth = 0; depth < 16 && fs::is_symlink(result.target_, ignored); ++depth) {
    const fs::path next = fs::read_symlink(result.target_, ignored);
    result.target_ = next.is_absolute() ? next : result.target_.parent_path() / next;
  }

  struct stat status {};
  const bool exists = ::stat(result.target_.c_str(), &status) == 0;
  if (exists && S_ISDIR(status.st_mode)) return file_error("write", path, EISDIR);
  if (exists && !S_ISREG(status.st_mode)) {
    result.file_ = ::open(result.target_.c_str(), O_WRONLY | O_CLOEXEC);
    if (result.file_ < 0) return file_error("write", path, errno);
    return result;
  }
  if (exists && ::access(result.target_.c_str(), W_OK) != 0) return file_error("write", path, errno);

  std::string name =
      (result.target_.parent_path() / ("." + result.target_.filename().string() + ".XXXXXX")).string();
  result.file_ = ::mkostemp(name.data(), O_CLOEXEC);
  if (result.file_ < 0) return file_error("write", path, errno);
  result.temporary_ = name;
  // mkostemp makes files that only their owner can read.
  const mode_t mask = ::umask(0);
  ::umask(mask);
  if (::fchmod(result.file_, exists ? (status.st_mode & 07777) : (0666 & ~mask)) != 0 && errno != EPERM) {
    return file_error("write", path, errno);
  }
  return result;
}

AtomicFile::AtomicFile(AtomicFile&& other) noexcept
    : file_(std::exchange(other.file_, -1)),
      target_(std::move(other.target_)),
      temporary_(std::exchange(other.temporary_, {})),
      buffer_(std::move(other.buffer_)),
      failed_(other.failed_) {}

AtomicFile::~AtomicFile() {
  if (file_ >= 0) ::close(file_);
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

Error AtomicFile::fail(int number) {
  failed_ = number;
  return file_error("write", target_, number);
}

Status AtomicFile::write_through(const char* data, std::size_t size) {
  while (size > 0) {
    const ssize_t written = ::write(file_, data, size);
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
  if (!temporary_.empty() && ::fsync(file_) != 0) return fail(errno);
  const int closed = ::close(std::exchange(file_, -1));
  if (closed != 0) return fail(errno);
  if (temporary_.empty()) return {};
  if (::rename(temporary_.c_str(), target_.c_str()) != 0) return fail(errno);
  temporary_.clear();
  sync_folder(target_.parent_path());
  return {};
}

Status write_file_atomically(const fs::path& path, std::string_view bytes) {
  Result<AtomicFile> file = AtomicFile::create(path);
  if (!file) return file.error();
  if (Status status = file->write(bytes); !status) return status;
  return file->commit();
}

}  // namespace headscope
