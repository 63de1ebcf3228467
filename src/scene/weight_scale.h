#pragma once

#include <algorithm>
#include <cmath>

#include "document/document.h"

namespace headscope {

/// Smallest weight that the log scale shows.
inline constexpr float kLogFloor = 1e-3f;

/// Where a weight stands between nothing (0) and full width (1). Never depends on how many heads are shown.
///   weight, full_weight   both ≥ 0; `full_weight` is drawn at full width (1 for a head)
///   row_max               largest weight of the row, for WeightScale::RowMax
inline float scaled_weight(float weight, float row_max, float full_weight, WeightScale scale) {
  const float part = std::clamp(weight / full_weight, 0.0f, 1.0f);
  switch (scale) {
    case WeightScale::Linear:
      return part;
    case WeightScale::SquareRoot:
      return std::sqrt(part);
    case WeightScale::Log:
      return part <= kLogFloor ? 0.0f : 1 - std::log(part) / std::log(kLogFloor);
    case WeightScale::RowMax:
      return row_max > 0 ? std::clamp(weight / row_max, 0.0f, 1.0f) : 0.0f;
  }
  return part;
}

/// The alpha that looks like `seen` (0 … 1) of an element over the theme's ground. The renderer blends in
/// linear light, where a half-transparent line is brighter than half as bright to the eye: too strong on dark
/// ground, too weak on light ground.
inline float seen_alpha(float seen, Theme theme) {
  return theme == Theme::Dark ? std::pow(seen, 2.2f) : 1 - std::pow(1 - seen, 2.2f);
}

/// Opacity of a connection from its scaled weight; width says the same once more.
inline float weight_opacity(float scaled, bool lit, Theme theme) {
  const float seen = 0.42f + 0.55f * std::sqrt(scaled);
  return seen_alpha(lit ? seen : 0.36f * seen, theme);
}

inline const char* scale_name(WeightScale scale) {
  switch (scale) {
    case WeightScale::Linear:
      return "weight";
    case WeightScale::SquareRoot:
      return "weight, √ scale";
    case WeightScale::Log:
      return "weight, log scale";
    case WeightScale::RowMax:
      return "weight ÷ the row's largest";
  }
  return "";
}

}  // namespace headscope
