#include "io/mapped_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cassert>
#include <cerrno>
#include <functional>
#include <utility>

#include "io/file_error.h"

namespace headscope {

Result<MappedFile> MappedFile::open(const std::filesystem::path& path) {
  // Without O_NONBLOCK, opening a pipe would wait for someone to write into it.
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0) return file_error("open", path, errno);
  struct stat status {};
  if (::fstat(file, &status) != 0) {
    const int number = errno;
    ::close(file);
    return file_error("open", path, number);
  }
  if (!S_ISREG(status.st_mode)) {
    ::close(file);
    if (S_ISDIR(status.st_mode)) return file_error("open", path, EISDIR);
    return Error{ErrorCode::InvalidArgument, "cannot open '" + path.string() + "': it is not a regular file",
                 "Copy its contents into a file first"};
  }
  MappedFile result;
  result.path_ = path;
  result.file_ = file;
  result.size_ = static_cast<std::size_t>(status.st_size);
  if (result.size_ > 0) {  // mmap refuses an empty range
    void* data = ::mmap(nullptr, result.size_, PROT_READ, MAP_PRIVATE, file, 0);
    if (data == MAP_FAILED) return file_error("read", path, errno);
    result.data_ = static_cast<const std::byte*>(data);
  }
  return result;
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)),
      size_(std::exchange(other.size_, 0)),
      file_(std::exchange(other.file_, -1)),
      path_(std::move(other.path_)) {}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  std::swap(file_, other.file_);
  std::swap(path_, other.path_);
  return *this;
}

Status MappedFile::read(std::size_t offset, std::span<std::byte> into) const {
  assert(offset + into.size() <= size_);
  while (!into.empty()) {
    const ::ssize_t n = ::pread(file_, into.data(), into.size(), static_cast<::off_t>(offset));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return file_error("read", path_, errno);
    if (n == 0) {
      return Error{ErrorCode::Io, "cannot read '" + path_.string() + "': it was cut short while it was open",
                   "Copy or download the file again"};
    }
    offset += static_cast<std::size_t>(n);
    into = into.subspan(static_cast<std::size_t>(n));
  }
  return {};
}

void MappedFile::let_go(std::span<const std::byte> part) const {
  const std::less_equal<const std::byte*> at_or_before;
  if (!data_ || part.empty() || !at_or_before(data_, part.data()) ||
      !at_or_before(part.data() + part.size(), data_ + size_)) {
    return;
  }
  const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  const std::size_t begin = (static_cast<std::size_t>(part.data() - data_) + page - 1) / page * page;
  const std::size_t end = static_cast<std::size_t>(part.data() + part.size() - data_) / page * page;
  if (begin >= end) return;
  // The mapping is private and never written, so the pages come back from the
  // file as they were.
  (void)::madvise(const_cast<std::byte*>(data_) + begin, end - begin, MADV_DONTNEED);
}

MappedFile::~MappedFile() {
  if (data_) ::munmap(const_cast<std::byte*>(data_), size_);
  if (file_ >= 0) ::close(file_);
}

Result<std::string> read_file(const std::filesystem::path& path, std::size_t max_bytes) {
  Result<MappedFile> file = MappedFile::open(path);
  if (!file) return file.error();
  if (file->bytes().size() > max_bytes) {
    return Error{ErrorCode::InvalidArgument,
                 "'" + path.string() + "' is " + std::to_string(file->bytes().size()) +
                     " bytes long; at most " + std::to_string(max_bytes) + " are read here",
                 "Check that it is the right file"};
  }
  return std::string(file->text());
}

}  // namespace headscope
