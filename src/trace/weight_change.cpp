#include "trace/weight_change.h"

#include <cassert>
#include <cmath>

namespace headscope {
namespace {

void compare_layers(const AttentionTrace& a, const AttentionTrace& b, WeightChange& largest) {
  assert(a.layers.size() == b.layers.size());
  for (std::size_t layer = 0; layer < a.layers.size(); ++layer) {
    for (int head = 0; head < a.layers[layer]->n_heads(); ++head) {
      Eigen::Index query = 0, key = 0;
      const Matrix change = (a.layers[layer]->weights(head) - b.layers[layer]->weights(head)).cwiseAbs();
      if (change.size() == 0) continue;
      const float most = change.maxCoeff(&query, &key);
      if (most <= largest.change) continue;
      largest = {most, a.part, static_cast<int>(layer), head, static_cast<int>(query), static_cast<int>(key)};
    }
  }
}

}  // namespace

WeightChange largest_weight_change(const AttentionTrace& a, const AttentionTrace& b) {
  assert(a.parts.size() == b.parts.size());
  WeightChange largest;
  if (a.parts.empty()) compare_layers(a, b, largest);
  for (std::size_t part = 0; part < a.parts.size(); ++part)
    compare_layers(*a.parts[part], *b.parts[part], largest);
  return largest;
}

}  // namespace headscope
