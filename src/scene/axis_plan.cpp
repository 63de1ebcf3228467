#include "scene/axis_plan.h"

#include <algorithm>
#include <numeric>

namespace headscope {
namespace {

void place(AxisPlan& plan) {
  plan.center.resize(plan.extent.size());
  for (std::size_t i = 0; i < plan.extent.size(); ++i) {
    plan.center[i] = plan.used + plan.extent[i] / 2;
    plan.used += plan.extent[i];
  }
}

}  // namespace

AxisPlan plan_axis(std::span<const float> wanted, float length, std::span<const int> priority,
                   float focus_part) {
  AxisPlan plan;
  const std::size_t n = wanted.size();
  plan.extent.assign(wanted.begin(), wanted.end());
  plan.labelled.assign(n, true);
  const float sum = std::accumulate(wanted.begin(), wanted.end(), 0.0f);
  // A view that divides its length evenly may be off by rounding.
  if (n == 0 || sum <= 1.0001f * length) {
    place(plan);
    return plan;
  }
  plan.complete = false;
  plan.labelled.assign(n, false);
  if (priority.empty()) {
    const float tick = length / static_cast<float>(n);
    plan.extent.assign(n, tick);
    place(plan);
    float free_from = 0;
    for (std::size_t i = 0; i < n; ++i) {
      const float begin = plan.center[i] - wanted[i] / 2;
      if (begin < free_from || plan.center[i] + wanted[i] / 2 > length) continue;
      plan.labelled[i] = true;
      free_from = begin + wanted[i];
    }
    return plan;
  }
  float focus = 0;
  std::size_t n_labelled = 0;
  for (const int i : priority) {
    const auto at = static_cast<std::size_t>(i);
    if (plan.labelled[at]) continue;
    if (focus + wanted[at] > focus_part * length && n_labelled > 0) continue;
    plan.labelled[at] = true;
    focus += wanted[at];
    ++n_labelled;
  }
  const float tick =
      n > n_labelled ? std::max(0.0f, length - focus) / static_cast<float>(n - n_labelled) : 0.0f;
  for (std::size_t i = 0; i < n; ++i)
    if (!plan.labelled[i]) plan.extent[i] = std::min(tick, wanted[i]);
  place(plan);
  return plan;
}

}  // namespace headscope
