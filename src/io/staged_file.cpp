#include "io/staged_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <random>
#include <system_error>
#include <utility>
#include <vector>

#include "io/file_error.h"

namespace headscope {
namespace fs = std::filesystem;

namespace {

// A folder need not be readable for files in it to be made, renamed and removed.
#ifdef O_PATH
constexpr int kSearchFolder = O_PATH | O_DIRECTORY | O_CLOEXEC;
#else
constexpr int kSearchFolder = O_RDONLY | O_DIRECTORY | O_CLOEXEC;
#endif

constexpr char kLetters[] = "abcdefghijklmnopqrstuvwxyz0123456789";
constexpr std::size_t kChance = 6;  ///< letters that make a hidden name another one each time

/// ".a.png.x3k9qz": beside the target, so that it can be renamed to it, and out of sight.
std::string hidden_name(const std::string& name, std::random_device& chance) {
  constexpr std::size_t kMostBytes = 240;  // names end at 255 bytes on most file systems
  std::string made = "." + name.substr(0, kMostBytes) + ".";
  for (std::size_t i = 0; i < kChance; ++i) made += kLetters[chance() % (sizeof kLetters - 1)];
  return made;
}

/// "a.png" of ".a.png.x3k9qz"; "" of other names.
std::string_view target_of(std::string_view hidden) {
  const std::size_t around = 2 + kChance;
  if (hidden.size() <= around || hidden.front() != '.' || hidden[hidden.size() - kChance - 1] != '.')
    return {};
  const std::string_view chance = hidden.substr(hidden.size() - kChance);
  if (chance.find_first_not_of(kLetters) != std::string_view::npos) return {};
  return hidden.substr(1, hidden.size() - around);
}

/// Makes a file that was not there before, and holds it for as long as it is open. Returns its descriptor, or
/// -1 and errno.
int make_hidden(int folder, const std::string& name, mode_t mode, std::string& hidden) {
  std::random_device chance;
  for (int tries = 0; tries < 100; ++tries) {
    hidden = hidden_name(name, chance);
    const int file = ::openat(folder, hidden.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (file >= 0) (void)::flock(file, LOCK_EX | LOCK_NB);
    if (file >= 0 || errno != EEXIST) return file;
  }
  return -1;
}

/// The rename itself must survive a power cut, so the folder is synchronised too. Some file systems cannot;
/// that is no reason to report failure, the file is there.
void sync_folder(int folder) {
  const int file = ::openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (file < 0) return;
  ::fsync(file);
  ::close(file);
}

/// Whether `path` still names the folder that was opened.
bool is_same_folder(int folder, const fs::path& path) {
  struct stat opened {
  }, named{};
  return ::fstat(folder, &opened) == 0 && ::stat(path.c_str(), &named) == 0 &&
         opened.st_dev == named.st_dev && opened.st_ino == named.st_ino;
}

fs::path folder_of(const fs::path& file) {
  return file.has_parent_path() ? file.parent_path() : fs::path(".");
}

}  // namespace

fs::path follow_links(const fs::path& path) {
  fs::path end = path;
  std::error_code ignored;
  for (int depth = 0; depth < 16 && fs::is_symlink(end, ignored); ++depth) {
    const fs::path next = fs::read_symlink(end, ignored);
    end = next.is_absolute() ? next : end.parent_path() / next;
  }
  return end;
}

void remove_abandoned(const fs::path& folder, const std::function<bool(std::string_view name)>& is_target) {
  std::error_code failure;
  std::vector<fs::path> found;
  for (auto entry = fs::directory_iterator(folder, failure); !failure && entry != fs::directory_iterator();
       entry.increment(failure)) {
    const std::string name = entry->path().filename().string();
    const std::string_view target = target_of(name);
    if (!target.empty() && is_target(target)) found.push_back(entry->path());
  }
  for (const fs::path& path : found) {
    const int file = ::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (file < 0) continue;
    struct stat status {};
    const bool plain = ::fstat(file, &status) == 0 && S_ISREG(status.st_mode);
    if (plain && ::flock(file, LOCK_EX | LOCK_NB) == 0) ::unlink(path.c_str());
    ::close(file);
  }
}

Result<StagedFile> StagedFile::create(const fs::path& target) {
  if (target.filename().empty()) return file_error("write", target, EISDIR);
  StagedFile result;
  result.target_ = follow_links(target);
  const std::string name = result.target_.filename().string();
  result.folder_ = ::open(folder_of(result.target_).c_str(), kSearchFolder);
  if (result.folder_ < 0) return file_error("write", target, errno);

  struct stat status {};
  const bool exists = ::fstatat(result.folder_, name.c_str(), &status, 0) == 0;
  if (exists && S_ISDIR(status.st_mode)) return file_error("write", target, EISDIR);
  if (exists && !S_ISREG(status.st_mode)) {
    return Error{ErrorCode::InvalidArgument,
                 "cannot write '" + target.string() + "': it is not a plain file, and a video needs one",
                 "Name a file"};
  }
  if (exists && ::faccessat(result.folder_, name.c_str(), W_OK, 0) != 0)
    return file_error("write", target, errno);

  result.file_ = make_hidden(result.folder_, name, 0666, result.hidden_name_);
  if (result.file_ < 0) {
    result.hidden_name_.clear();
    return file_error("write", target, errno);
  }
  result.temporary_ = result.target_.parent_path() / result.hidden_name_;
  if (exists && ::fchmod(result.file_, status.st_mode & 07777) != 0 && errno != EPERM)
    return file_error("write", target, errno);
  return result;
}

StagedFile::StagedFile(StagedFile&& other) noexcept
    : target_(std::move(other.target_)),
      temporary_(std::move(other.temporary_)),
      hidden_name_(std::exchange(other.hidden_name_, {})),
      folder_(std::exchange(other.folder_, -1)),
      file_(std::exchange(other.file_, -1)) {}

StagedFile::~StagedFile() {
  if (file_ >= 0) ::close(file_);
  if (!hidden_name_.empty()) ::unlinkat(folder_, hidden_name_.c_str(), 0);
  if (folder_ >= 0) ::close(folder_);
}

Status StagedFile::commit() {
  if (::fsync(file_) != 0) return file_error("write", target_, errno);
  if (::close(std::exchange(file_, -1)) != 0) return file_error("write", target_, errno);
  const std::string name = target_.filename().string();
  if (::renameat(folder_, hidden_name_.c_str(), folder_, name.c_str()) != 0)
    return file_error("write", target_, errno);
  hidden_name_.clear();
  sync_folder(folder_);
  if (is_same_folder(folder_, folder_of(target_))) return {};
  Error moved = file_error("write", target_, ENOENT);
  moved.hint = "Its folder was renamed meanwhile; '" + name + "' is there, whole";
  return moved;
}

}  // namespace headscope
