#pragma once

#include <optional>
#include <string>

#include "compute/trace_service.h"

/// What is said about a computation, as functions of time.
namespace headscope {

/// "Computing…" is not worth reading before this.
inline constexpr Seconds kComputingShownAfter = 0.3;
/// The picture of the request before stays as it is for this long, then fades.
inline constexpr Seconds kDimAfter = 0.15;
inline constexpr Seconds kDimTime = 0.15;
inline constexpr float kDim = 0.35f;  ///< "slightly"

bool shows_computing(const TraceState& state, Seconds now);
/// How far the picture has faded that is out of date since `stale_since`; none: it is not. In [0, kDim].
float stale_dim(std::optional<Seconds> stale_since, Seconds now);
/// When one of the two will differ from what it is now; none: never by itself.
std::optional<Seconds> next_status_change(const TraceState& state, std::optional<Seconds> stale_since,
                                          Seconds now);

/// "13 tokens · computed in 0.4 ms", "computing… 40 %", "loading gpt2… 40 %", or why there is no trace.
std::string status_line(const TraceState& state, Seconds now);

}  // namespace headscope
