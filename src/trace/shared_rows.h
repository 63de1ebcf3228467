#pragma once

#include <memory>
#include <vector>

#include "core/types.h"

namespace headscope {

/// Rows of one width that successive traces share: a list of blocks that never change. Dropping rows at the
/// end and adding a block touch no numbers. A value, cheap to copy; safe to read from any thread.
class SharedRows {
 public:
  int n_rows() const { return n_rows_; }
  int n_cols() const { return blocks_.empty() ? 0 : static_cast<int>(blocks_.front()->cols()); }
  bool empty() const { return n_rows_ == 0; }

  /// The first `n` rows. REQUIRES: n ≤ n_rows().
  SharedRows first_rows(int n) const;
  /// These rows and `rows` after them. REQUIRES: the same width.
  SharedRows with(Matrix rows) const;

  /// [n_rows, n_cols], copied.
  Matrix matrix() const;
  /// [n_cols], copied. REQUIRES: row < n_rows().
  Vector row(int row) const;

 private:
  std::vector<std::shared_ptr<const Matrix>> blocks_;
  std::vector<int> ends_;  ///< [blocks] one past the last row of each block that counts
  int n_rows_ = 0;
};

}  // namespace headscope
