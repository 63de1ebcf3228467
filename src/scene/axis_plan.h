#pragma once

#include <span>
#include <vector>

namespace headscope {

/// Where tokens stand along one line, and which of them have room for their text.
struct AxisPlan {
  std::vector<float> center;   ///< [n] from the start of the line
  std::vector<float> extent;   ///< [n] room along the line
  std::vector<bool> labelled;  ///< [n]
  float used = 0;              ///< length taken
  bool complete = true;        ///< every token is labelled
};

/// Lays tokens out along `length`.
///   wanted    [n] room that each takes with its text, gaps included
///   priority  tokens that should keep their text when not all fit, most important first
/// When all fit, each gets what it wants. Otherwise tokens keep their text in the order of `priority`, up to
/// `focus_part` of the length, and the rest shrinks to even ticks between them. Without priorities all places
/// are even and as many tokens as fit are labelled, evenly spread.
AxisPlan plan_axis(std::span<const float> wanted, float length, std::span<const int> priority,
                   float focus_part = 0.7f);

}  // namespace headscope
