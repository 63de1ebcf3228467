#include "compute/trace_status.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace headscope {

bool shows_computing(const TraceState& state, Seconds now) {
  return state.computing && now - state.since >= kComputingShownAfter;
}

float stale_dim(std::optional<Seconds> stale_since, Seconds now) {
  if (!stale_since) return 0;
  const double faded = (now - *stale_since - kDimAfter) / kDimTime;
  return kDim * static_cast<float>(std::clamp(faded, 0.0, 1.0));
}

std::optional<Seconds> next_status_change(const TraceState& state, std::optional<Seconds> stale_since,
                                          Seconds now) {
  std::optional<Seconds> next;
  const auto at = [&](Seconds time) {
    if (time >= now && (!next || time < *next)) next = time;
  };
  if (state.computing && !shows_computing(state, now)) at(state.since + kComputingShownAfter);
  if (stale_since && now < *stale_since + kDimAfter + kDimTime) {
    at(std::max(now, *stale_since + kDimAfter));  // from then on every frame differs
  }
  return next;
}

std::string status_line(const TraceState& state, Seconds now) {
  if (state.error) return state.error->message;
  char line[96];
  if (state.computing) {
    if (!shows_computing(state, now)) return {};
    const int percent = static_cast<int>(std::floor(100 * state.progress));
    if (!state.model) {
      // Of a folder its own name; the rest of the path would fill the line.
      std::string name = state.request.model;
      while (name.size() > 1 && name.back() == '/') name.pop_back();
      name = name.substr(name.rfind('/') + 1);
      return "loading " + name + "…" + (state.loading ? " " + std::to_string(percent) + " %" : "");
    }
    std::snprintf(line, sizeof line, "computing… %d %%", percent);
    return line;
  }
  if (!state.trace) return {};
  // Of an encoder-decoder both texts.
  int n_tokens = state.trace->n_tokens();
  if (!state.trace->parts.empty()) n_tokens += state.trace->parts.front()->n_tokens();
  const double ms = state.trace->compute_ms;
  std::snprintf(line, sizeof line, "%d token%s · computed in %.*f ms", n_tokens, n_tokens == 1 ? "" : "s",
                ms < 10 ? 1 : 0, ms);
  return line;
}

}  // namespace headscope
