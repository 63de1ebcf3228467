#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include "scene/connection.h"

namespace headscope {

/// The lines of a picture while they are collected: all of the active row, and of the others only those that
/// can be among the strongest `most`. Of a long text a million would have to be kept otherwise.
class Shortlist {
 public:
  /// `edges` is emptied; its memory is used.
  Shortlist(std::vector<Connection>& edges, int active, int max_edges)
      : edges_(edges), active_(active), most_(static_cast<std::size_t>(std::max(1, max_edges))) {
    edges_.clear();
  }

  /// Connections of other rows that are weaker than this need not be added.
  float floor() const { return floor_; }
  void add(const Connection& edge) {
    edges_.push_back(edge);
    if (edges_.size() >= full_) raise_floor();
  }
  /// Leaves the active row and the strongest of the others, `most` together (the active row is never cut).
  /// Weights as small as the first one left out go with it, so that the result does not depend on their
  /// order; where all are equal they stay.
  void finish();

 private:
  /// The weight that `rank` others are at least as large as. REQUIRES: rank < number of others.
  float ranked(std::size_t rank);
  void raise_floor();

  std::vector<Connection>& edges_;
  int active_;
  std::size_t most_, full_ = 3 * most_;
  float floor_ = 0;
  std::vector<float> weights_;
};

}  // namespace headscope
