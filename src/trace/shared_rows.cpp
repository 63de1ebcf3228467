#include "trace/shared_rows.h"

#include <algorithm>
#include <cassert>

namespace headscope {

SharedRows SharedRows::first_rows(int n) const {
  assert(n >= 0 && n <= n_rows_);
  SharedRows kept;
  for (std::size_t i = 0; i < blocks_.size() && kept.n_rows_ < n; ++i) {
    kept.blocks_.push_back(blocks_[i]);
    kept.ends_.push_back(std::min(ends_[i], n));
    kept.n_rows_ = kept.ends_.back();
  }
  return kept;
}

SharedRows SharedRows::with(Matrix rows) const {
  assert(blocks_.empty() || rows.cols() == n_cols());
  SharedRows longer = *this;
  if (rows.rows() == 0) return longer;
  longer.n_rows_ += static_cast<int>(rows.rows());
  longer.ends_.push_back(longer.n_rows_);
  longer.blocks_.push_back(std::make_shared<const Matrix>(std::move(rows)));
  return longer;
}

Matrix SharedRows::matrix() const {
  Matrix all(n_rows_, n_cols());
  int begin = 0;
  for (std::size_t i = 0; i < blocks_.size(); ++i) {
    const int n = ends_[i] - begin;
    all.middleRows(begin, n) = blocks_[i]->topRows(n);
    begin = ends_[i];
  }
  return all;
}

Vector SharedRows::row(int row) const {
  assert(row >= 0 && row < n_rows_);
  const auto block =
      static_cast<std::size_t>(std::upper_bound(ends_.begin(), ends_.end(), row) - ends_.begin());
  const int begin = block == 0 ? 0 : ends_[block - 1];
  return blocks_[block]->row(row - begin).transpose();
}

}  // namespace headscope
