#include "core/mask.h"

#include <algorithm>
#include <cassert>
#include <cstdlib>
#include <functional>

namespace headscope {

struct Mask::Rule {
  std::function<bool(int query, int key)> visible;
};

namespace {

template <class Visible>
std::shared_ptr<const Mask::Rule> rule(Visible visible) {
  return std::make_shared<Mask::Rule>(Mask::Rule{std::move(visible)});
}

}  // namespace

Mask::Mask() : rule_(rule([](int, int) { return true; })) {}

Mask Mask::causal() {
  return Mask(rule([](int query, int key) { return key <= query; }));
}

Mask Mask::padding(std::vector<bool> key_is_real) {
  return Mask(rule([real = std::move(key_is_real)](int, int key) {
    return key < static_cast<int>(real.size()) && real[static_cast<std::size_t>(key)];
  }));
}

Mask Mask::sliding_window(int width) {
  assert(width >= 1);
  return Mask(rule([width](int query, int key) { return std::abs(query - key) < width; }));
}

Mask Mask::prefix(int n) {
  return Mask(rule([n](int, int key) { return key < n; }));
}

Mask Mask::block(int size) {
  assert(size >= 1);
  return Mask(rule([size](int query, int key) { return query / size == key / size; }));
}

Mask Mask::dilated(int step) {
  assert(step >= 1);
  return Mask(rule([step](int query, int key) { return (query - key) % step == 0; }));
}

Mask Mask::global_tokens(std::vector<int> positions) {
  std::sort(positions.begin(), positions.end());
  return Mask(rule([sorted = std::move(positions)](int query, int key) {
    return std::binary_search(sorted.begin(), sorted.end(), query) ||
           std::binary_search(sorted.begin(), sorted.end(), key);
  }));
}

Mask Mask::edited(BoolMatrix visible) {
  return Mask(rule([matrix = std::move(visible)](int query, int key) {
    return query < matrix.rows() && key < matrix.cols() && matrix(query, key);
  }));
}

Mask Mask::operator&(const Mask& other) const {
  return Mask(rule([a = rule_, b = other.rule_](int query, int key) {
    return a->visible(query, key) && b->visible(query, key);
  }));
}

Mask Mask::operator|(const Mask& other) const {
  return Mask(rule([a = rule_, b = other.rule_](int query, int key) {
    return a->visible(query, key) || b->visible(query, key);
  }));
}

bool Mask::visible(int query, int key) const {
  return rule_->visible(query, key);
}

BoolMatrix Mask::to_matrix(int n_query, int n_key, int first_query) const {
  BoolMatrix matrix(n_query, n_key);
  for (int query = 0; query < n_query; ++query) {
    for (int key = 0; key < n_key; ++key) matrix(query, key) = rule_->visible(first_query + query, key);
  }
  return matrix;
}

VisibleKeys visible_keys(const Mask& mask, int n_query, int n_key, int first_query) {
  VisibleKeys result;
  BoolMatrix matrix = mask.to_matrix(n_query, n_key, first_query);
  bool holes = false;
  for (int query = 0; query < n_query; ++query) {
    KeyRange range{n_key, n_key};
    int n_visible = 0;
    for (int key = 0; key < n_key; ++key) {
      if (!matrix(query, key)) continue;
      if (++n_visible == 1) range.first = key;
      range.last = key + 1;
    }
    if (n_visible == 0) range = {};
    holes = holes || n_visible != range.size();
    result.ranges.push_back(range);
  }
  if (holes) result.holes = std::move(matrix);
  return result;
}

std::vector<KeyRange> causal_ranges(int first_query, int n_query, int n_key, int window) {
  std::vector<KeyRange> ranges;
  ranges.reserve(static_cast<std::size_t>(n_query));
  for (int query = first_query; query < first_query + n_query; ++query) {
    const int last = std::min(query + 1, n_key);
    ranges.push_back({window > 0 ? std::clamp(query + 1 - window, 0, last) : 0, last});
  }
  return ranges;
}

}  // namespace headscope
