#include "render/opengl/max_levels.h"

#include <algorithm>

namespace headscope {

MaxLevel halve_keeping_maxima(const float* values, int rows, int cols) {
  MaxLevel level{std::max(rows / 2, 1), std::max(cols / 2, 1), {}};
  level.values.reserve(static_cast<std::size_t>(level.rows) * level.cols);
  for (int row = 0; row < level.rows; ++row) {
    const int row_end = row + 1 == level.rows ? rows : row * 2 + 2;
    for (int col = 0; col < level.cols; ++col) {
      const int col_end = col + 1 == level.cols ? cols : col * 2 + 2;
      float largest = values[static_cast<std::size_t>(row * 2) * cols + col * 2];
      for (int r = row * 2; r < row_end; ++r) {
        for (int c = col * 2; c < col_end; ++c)
          largest = std::max(largest, values[static_cast<std::size_t>(r) * cols + c]);
      }
      level.values.push_back(largest);
    }
  }
  return level;
}

}  // namespace headscope
