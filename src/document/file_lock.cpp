#include "document/file_lock.h"

#include <cstdint>
#include <system_error>
#include <utility>

#ifdef _WIN32
#define NOMINMAX
#include <windows.h>
#else
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>
#endif

namespace headscope {

namespace {

#ifdef _WIN32
std::intptr_t lock_file(const std::filesystem::path& path) {
  // No sharing: a second open fails until the handle is closed.
  return reinterpret_cast<std::intptr_t>(CreateFileW(path.c_str(), GENERIC_READ | GENERIC_WRITE,
                                                     FILE_SHARE_DELETE, nullptr, OPEN_ALWAYS,
                                                     FILE_ATTRIBUTE_NORMAL, nullptr));
}
void unlock_file(std::intptr_t handle) {
  CloseHandle(reinterpret_cast<HANDLE>(handle));
}
#else
std::intptr_t lock_file(const std::filesystem::path& path) {
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0) return -1;
  if (::flock(file, LOCK_EX | LOCK_NB) == 0) return file;
  ::close(file);
  return -1;
}
void unlock_file(std::intptr_t handle) {
  ::close(static_cast<int>(handle));
}
#endif

}  // namespace

std::optional<FileLock> FileLock::try_lock(const std::filesystem::path& path) {
  FileLock lock(path);
  lock.handle_ = lock_file(path);
  if (lock.handle_ == -1) return std::nullopt;
  return lock;
}

FileLock::FileLock(FileLock&& other) noexcept
    : path_(std::move(other.path_)), handle_(std::exchange(other.handle_, -1)) {}

FileLock& FileLock::operator=(FileLock&& other) noexcept {
  if (this != &other) {
    release();
    path_ = std::move(other.path_);
    handle_ = std::exchange(other.handle_, -1);
  }
  return *this;
}

FileLock::~FileLock() {
  release();
}

void FileLock::release() {
  if (handle_ != -1) unlock_file(std::exchange(handle_, -1));
}

void FileLock::remove() {
  if (handle_ == -1) return;
  std::error_code ignored;
  std::filesystem::remove(path_, ignored);  // while it is still held, so that nobody else takes it in between
  release();
}

}  // namespace headscope
