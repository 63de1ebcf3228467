#pragma once

#include <span>
#include <vector>

namespace headscope {

/// Which connections of a row are drawn.
struct KeepRule {
  float threshold = 0;
  int top_k = 0;
  float cumulative_mass = 1;
};

/// Keys of `row` that the rule keeps, ascending. The kept ones reach `cumulative_mass` of the row's sum
/// unless threshold or top-k forbid it.
void keep_keys(std::span<const float> row, const KeepRule& rule, std::vector<int>& kept);

/// As keep_keys, but keys with less weight than `floor` may be missing: nobody will draw them.
void keep_strong_keys(std::span<const float> row, const KeepRule& rule, float floor, std::vector<int>& kept);

}  // namespace headscope
