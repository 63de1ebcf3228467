#include "core/positions.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace headscope {

Matrix learned_positions(const MatrixView& table, std::span<const int> positions) {
  Matrix rows(static_cast<Eigen::Index>(positions.size()), table.cols());
  for (std::size_t token = 0; token < positions.size(); ++token) {
    assert(positions[token] >= 0 && positions[token] < table.rows());
    rows.row(static_cast<Eigen::Index>(token)) = table.row(positions[token]);
  }
  return rows;
}

void sinusoidal_position(int position, SinusoidOrder order, std::span<float> row) {
  assert(row.size() % 2 == 0);
  const int half = static_cast<int>(row.size() / 2);
  for (int i = 0; i < half; ++i) {
    const double step = order == SinusoidOrder::WhisperHalves ? 1.0 / std::max(1, half - 1) : 1.0 / half;
    const double angle = position * std::pow(10000.0, -i * step);
    const int sine = order == SinusoidOrder::Interleaved ? 2 * i : i;
    const int cosine = order == SinusoidOrder::Interleaved ? 2 * i + 1 : half + i;
    row[static_cast<std::size_t>(sine)] = static_cast<float>(std::sin(angle));
    row[static_cast<std::size_t>(cosine)] = static_cast<float>(std::cos(angle));
  }
}

Matrix sinusoidal_positions(int n_positions, int d_model, SinusoidOrder order) {
  Matrix rows(n_positions, d_model);
  for (int position = 0; position < n_positions; ++position) {
    sinusoidal_position(position, order, {rows.row(position).data(), static_cast<std::size_t>(d_model)});
  }
  return rows;
}

}  // namespace headscope
