#include "core/scores.h"

#include <cassert>
#include <cmath>

namespace headscope {
namespace {

/// Rows scaled to length 1; zero rows stay zero.
Matrix unit_rows(const MatrixView& rows) {
  Matrix unit = rows;
  for (Eigen::Index row = 0; row < unit.rows(); ++row) {
    const float length = unit.row(row).stableNorm();
    if (length > 0.0f) unit.row(row) /= length;
  }
  return unit;
}

}  // namespace

Matrix dot_scores(const MatrixView& query, const MatrixView& key) {
  assert(query.cols() == key.cols());
  return query * key.transpose();
}

Matrix scaled_dot_scores(const MatrixView& query, const MatrixView& key) {
  return dot_scores(query, key) / std::sqrt(static_cast<float>(query.cols()));
}

Matrix cosine_scores(const MatrixView& query, const MatrixView& key) {
  return dot_scores(unit_rows(query), unit_rows(key));
}

Matrix bilinear_scores(const MatrixView& query, const MatrixView& weight, const MatrixView& key) {
  assert(query.cols() == weight.rows() && weight.cols() == key.cols());
  return query * weight * key.transpose();
}

Matrix additive_scores(const MatrixView& query, const MatrixView& query_weight, const MatrixView& key,
                       const MatrixView& key_weight, const VectorView& readout) {
  assert(query.cols() == query_weight.cols() && key.cols() == key_weight.cols());
  assert(query_weight.rows() == readout.size() && key_weight.rows() == readout.size());
  const Matrix from_query = query * query_weight.transpose();  // [n_query, hidden_dim]
  const Matrix from_key = key * key_weight.transpose();        // [n_key, hidden_dim]
  Matrix scores(query.rows(), key.rows());
  for (Eigen::Index q = 0; q < query.rows(); ++q) {
    const Matrix hidden = (from_key.rowwise() + from_query.row(q)).array().tanh();  // [n_key, hidden_dim]
    scores.row(q) = (hidden * readout).transpose();
  }
  return scores;
}

}  // namespace headscope
