#include "scene/shortlist.h"

#include <functional>

namespace headscope {

void Shortlist::finish() {
  if (edges_.size() <= most_) return;
  const auto n_active = static_cast<std::size_t>(std::count_if(
      edges_.begin(), edges_.end(), [this](const Connection& c) { return c.query == active_; }));
  const std::size_t room = most_ - std::min(most_, n_active);
  if (room >= edges_.size() - n_active) return;
  const float least = ranked(room);
  if (least == *std::max_element(weights_.begin(), weights_.end()) && active_ < 0) return;
  std::erase_if(edges_, [&](const Connection& c) { return c.query != active_ && c.weight <= least; });
}

float Shortlist::ranked(std::size_t rank) {
  weights_.clear();
  for (const Connection& c : edges_)
    if (c.query != active_) weights_.push_back(c.weight);
  const auto at = weights_.begin() + static_cast<std::ptrdiff_t>(rank);
  std::nth_element(weights_.begin(), at, weights_.end(), std::greater<>());
  return *at;
}

void Shortlist::raise_floor() {
  const auto n_others = static_cast<std::size_t>(std::count_if(
      edges_.begin(), edges_.end(), [this](const Connection& c) { return c.query != active_; }));
  if (n_others > most_) {
    floor_ = ranked(most_);
    std::erase_if(edges_, [&](const Connection& c) { return c.query != active_ && c.weight < floor_; });
  }
  full_ = std::max(3 * most_, 2 * edges_.size());
}

}  // namespace headscope
