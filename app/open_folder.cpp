#include "open_folder.h"

#include <spawn.h>
#include <sys/wait.h>
#include <csignal>

#include <mutex>
#include <string>
#include <thread>
#include <utility>

extern char** environ;  // NOLINT: POSIX names it so

namespace headscope {

namespace {

#ifdef __APPLE__
constexpr const char* kOpener = "open";
#else
constexpr const char* kOpener = "xdg-open";
#endif

}  // namespace

struct FolderOpener::State {
  std::mutex mutex;
  std::optional<Error> failure;
  std::function<void()> wake;
};

FolderOpener::FolderOpener(std::function<void()> wake) : state_(std::make_shared<State>()) {
  state_->wake = std::move(wake);
}

Status FolderOpener::open(const std::filesystem::path& folder) {
  std::string name = kOpener, path = folder.string();
  char* const arguments[] = {name.data(), path.data(), nullptr};
  pid_t child = 0;
  // Signals that this program waits for on a thread of its own are blocked everywhere else, and a child would
  // inherit that.
  sigset_t none;
  sigemptyset(&none);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
  const int failed = posix_spawnp(&child, kOpener, nullptr, &attributes, arguments, environ);
  posix_spawnattr_destroy(&attributes);
  if (failed != 0) {
    return Error{ErrorCode::Unavailable, name + " is not installed, so nothing can open " + path,
                 "Debian: install xdg-utils"};
  }
  // It ends at once where a file manager runs already, and with that one otherwise.
  std::thread([child, path, state = state_] {
    int status = 0;
    if (waitpid(child, &status, 0) != child || (WIFEXITED(status) && WEXITSTATUS(status) == 0)) return;
    {
      const std::lock_guard lock(state->mutex);
      state->failure = Error{ErrorCode::Unavailable, "no file manager could open " + path,
                             "Install one, or open the folder yourself"};
    }
    if (state->wake) state->wake();
  }).detach();
  return {};
}

std::optional<Error> FolderOpener::take_failure() {
  const std::lock_guard lock(state_->mutex);
  return std::exchange(state_->failure, std::nullopt);
}

}  // namespace headscope
