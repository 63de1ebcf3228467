#include "models/embedding_table.h"

#include <algorithm>
#include <memory>
#include <utility>

namespace headscope {

EmbeddingTable embedding_table(Matrix rows) {
  const auto shared = std::make_shared<const Matrix>(std::move(rows));
  EmbeddingTable table;
  table.n_rows = static_cast<int>(shared->rows());
  table.width = static_cast<int>(shared->cols());
  table.copy_row = [shared](int row, float* out) {
    std::copy_n(shared->row(row).data(), shared->cols(), out);
  };
  return table;
}

}  // namespace headscope
