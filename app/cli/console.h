#pragma once

#include <chrono>
#include <stop_token>
#include <string>
#include <string_view>

#include "base/result.h"

/// What the subcommands share on their way to the terminal.
namespace headscope {

/// Exit statuses: it worked, it failed, the call is wrong.
inline constexpr int kDone = 0, kFailed = 1, kWrongCall = 2;

/// Writes the sentence and the hint to standard error, a line each. Returns kWrongCall for a call that makes
/// no sense by itself (ErrorCode::InvalidArgument with `in_call`), else kFailed.
int report(const Error& error, bool in_call = false);

/// Writes to standard output. Errors: Io (closed, full disk).
Status print(std::string_view text);

/// Turns Ctrl-C and SIGTERM into a stop request; the second one ends the program at once. Call it once,
/// before any thread is started.
std::stop_token stop_on_interrupt();

/// A line on standard error that is written over and over, when that is a terminal; otherwise nothing. It
/// appears after 0.3 s and is wiped when this is destroyed.
class ProgressLine {
 public:
  ProgressLine();
  ~ProgressLine();
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;
  void show(const std::string& line);

 private:
  bool is_terminal_;
  bool shown_ = false;
  std::chrono::steady_clock::time_point started_, last_;
};

}  // namespace headscope
