#pragma once

#include <span>
#include <vector>

namespace headscope {

/// The same sound at another rate. Each new sample is a sum over 32 zero crossings to either side of a sinc
/// under a Kaiser window (β = 9, about 90 dB); when the rate falls, the sinc is as many times wider, so that
/// what the new rate cannot hold is gone and does not come back as another pitch. Before the first and behind
/// the last sample there is silence.
///   returns  [⌈n_samples · to_rate / from_rate⌉]
/// REQUIRES: rates of at least 1.
std::vector<float> resample_sound(std::span<const float> samples, int from_rate, int to_rate);

}  // namespace headscope
