#pragma once

#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

/// Running a yardstick beside the program, so that both see the same machine.
namespace headscope {

inline double median(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2),
                   values.end());
  return values[values.size() / 2];
}

/// What a command prints; empty when it cannot be run.
inline std::string output_of(const std::string& command) {
  std::string text;
  FILE* pipe = popen(command.c_str(), "r");
  if (!pipe) return text;
  char buffer[512];
  while (const std::size_t n = std::fread(buffer, 1, sizeof buffer, pipe)) text.append(buffer, n);
  return pclose(pipe) == 0 ? text : "";
}

#ifdef HEADSCOPE_LIMIT_FORWARD

/// Milliseconds of one line of limit_forward.
struct LimitTimes {
  double full = 0, append = 0, edit = 0;
  bool ok() const { return full > 0; }
};

inline LimitTimes run_limit_forward(int n_threads, int n_tokens) {
  LimitTimes times;
  const std::string text = output_of(std::string(HEADSCOPE_LIMIT_FORWARD) + " " + std::to_string(n_threads) +
                                     " " + std::to_string(n_tokens));
  if (std::sscanf(text.c_str(),
                  "threads %*d T %*d: full %lf ms %*[^|]| append %lf ms %*[^|]| edit in the middle %lf ms",
                  &times.full, &times.append, &times.edit) != 3) {
    times = {};
  }
  return times;
}

#endif

}  // namespace headscope
