#include "cli/console.h"

#include <pthread.h>
#include <unistd.h>
#include <csignal>

#include <cerrno>
#include <cstdio>
#include <thread>

#include "io/file_error.h"

namespace headscope {

int report(const Error& error, bool in_call) {
  std::string text = "headscope: " + error.message + "\n";
  if (!error.hint.empty()) text += error.hint + "\n";
  std::fputs(text.c_str(), stderr);
  return in_call && error.code == ErrorCode::InvalidArgument ? kWrongCall : kFailed;
}

Status print(std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0) {
    return file_error("write", "standard output", errno);
  }
  return {};
}

std::stop_token stop_on_interrupt() {
  // A thread waits for the signals, so that stopping needs no care for what a signal handler may do. Every
  // thread that is started later inherits the mask.
  static std::stop_source* const source = new std::stop_source;
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::thread([signals] {
    int signal = 0;
    sigwait(&signals, &signal);
    source->request_stop();
    sigwait(&signals, &signal);
    ::_exit(kFailed);
  }).detach();
  return source->get_token();
}

ProgressLine::ProgressLine()
    : is_terminal_(::isatty(STDERR_FILENO) == 1),
      started_(std::chrono::steady_clock::now()),
      last_(started_) {}

ProgressLine::~ProgressLine() {
  if (shown_) std::fputs("\r\x1b[K", stderr);
}

void ProgressLine::show(const std::string& line) {
  const auto now = std::chrono::steady_clock::now();
  using std::chrono::milliseconds;
  if (!is_terminal_ || now - started_ < milliseconds(300) || (shown_ && now - last_ < milliseconds(100)))
    return;
  std::fprintf(stderr, "\r\x1b[K%s", line.c_str());
  last_ = now;
  shown_ = true;
}

}  // namespace headscope
