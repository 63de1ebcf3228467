#pragma once

#include <functional>

#include "core/types.h"

namespace headscope {

/// The rows of an embedding, wherever they lie: a matrix of its own, or the checkpoint's file, of which only
/// the rows that are looked up come into memory.
struct EmbeddingTable {
  int n_rows = 0, width = 0;
  /// Writes row `row` as float32 into `out`, [width].
  std::function<void(int row, float* out)> copy_row;

  bool empty() const { return n_rows == 0; }
};

EmbeddingTable embedding_table(Matrix rows);

}  // namespace headscope
