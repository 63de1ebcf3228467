#include "io/staged_file.h"

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

int sync(const fs::path& path, int flags) {
  const int file = ::open(path.c_str(), flags | O_CLOEXEC);
  if (file < 0) return errno;
  const int failure = ::fsync(file) == 0 ? 0 : errno;
  ::close(file);
  return failure;
}

}  // namespace

Result<StagedFile> StagedFile::create(const fs::path& target) {
  if (target.filename().empty()) return file_error("write", target, EISDIR);
  StagedFile result;
  result.target_ = target;
  std::error_code ignored;
  for (int depth = 0; depth < 16 && fs::is_symlink(result.target_, ignored); ++depth) {
    const fs::path next = fs::read_symlink(result.target_, ignored);
    result.target_ = next.is_absolute() ? next : result.target_.parent_path() / next;
  }
  struct stat status {};
  const bool exists = ::stat(result.target_.c_str(), &status) == 0;
  if (exists && S_ISDIR(status.st_mode)) return file_error("write", target, EISDIR);
  if (exists && !S_ISREG(status.st_mode)) {
    return Error{ErrorCode::InvalidArgument,
                 "cannot write '" + target.string() + "': it is not a plain file, and a video needs one",
                 "Name a file"};
  }
  if (exists && ::access(result.target_.c_str(), W_OK) != 0) return file_error("write", target, errno);
  std::string name =
      (result.target_.parent_path() / ("." + result.target_.filename().string() + ".XXXXXX")).string();
  const int file = ::mkostemp(name.data(), O_CLOEXEC);
  if (file < 0) return file_error("write", target, errno);
  result.temporary_ = name;
  // mkostemp makes files that only their owner can read.
  const mode_t mask = ::umask(0);
  ::umask(mask);
  const bool opened =
      ::fchmod(file, exists ? (status.st_mode & 07777) : (0666 & ~mask)) == 0 || errno == EPERM;
  const int failure = errno;
  ::close(file);
  if (!opened) return file_error("write", target, failure);
  return result;
}

StagedFile::StagedFile(StagedFile&& other) noexcept
    : target_(std::move(other.target_)), temporary_(std::exchange(other.temporary_, {})) {}

StagedFile::~StagedFile() {
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

Status StagedFile::commit() {
  if (const int failure = sync(temporary_, O_RDONLY)) return file_error("write", target_, failure);
  if (::rename(temporary_.c_str(), target_.c_str()) != 0) return file_error("write", target_, errno);
  temporary_.clear();
  // Some file systems cannot synchronise a folder; the file is there all the same.
  const fs::path folder = target_.parent_path();
  sync(folder.empty() ? "." : folder, O_RDONLY | O_DIRECTORY);
  return {};
}

}  // namespace headscope
