#pragma once

#include <span>
#include <vector>

#include "scene/strand.h"

namespace headscope {

/// Row `query` of a strand, [n_key]; keys that are hidden become 0, what is left sums to 1 again when asked
/// for.
class RowReader {
 public:
  RowReader(const Document& document, const AttentionTrace& trace);
  const std::vector<bool>& hidden() const { return hidden_; }
  struct Row {
    std::span<const float> weights;  ///< [n_keys], valid until the next call
    float mass = 0;                  ///< sum before anything was hidden
    float largest = 0;
    int count = 0;  ///< weights above 0 before anything was hidden
  };
  Row read(const Strand& strand, int query);

 private:
  /// Rows of one head that were read together.
  struct Block {
    const AttentionLayer* layer = nullptr;
    int head = 0, first = 0, n = 0;
    std::vector<float> weights;  ///< [n, n_key]
  };

  AttentionLayer::LeftOut left_out(const Strand& strand, int query) const;
  /// One row of the strand's head number `member`, [n_key of the layer].
  std::span<const float> row_of(const Strand& strand, std::size_t member, int query);

  const AttentionTrace& trace_;
  HeadMix mix_;
  bool renormalize_;
  std::vector<bool> hidden_;
  bool any_hidden_ = false;
  std::vector<Block> blocks_;  ///< one for each head of a strand
  std::vector<float> row_;
};

}  // namespace headscope
