#include "core/rotary.h"

#include <cassert>
#include <cmath>

namespace headscope {
namespace {

template <int kSign>
void turn(const RotaryTable& table, int position, float* features) {
  assert(position >= 0 && position < table.n_positions());
  const int half = static_cast<int>(table.cosine.cols());
  const float* cosine = table.cosine.row(position).data();
  const float* sine = table.sine.row(position).data();
  const bool halves = table.pairing == RotaryPairing::Halves;
  for (int i = 0; i < half; ++i) {
    float& a = features[halves ? i : 2 * i];
    float& b = features[halves ? i + half : 2 * i + 1];
    const float turned_a = a * cosine[i] - kSign * b * sine[i];
    const float turned_b = b * cosine[i] + kSign * a * sine[i];
    a = turned_a;
    b = turned_b;
  }
}

}  // namespace

Vector rotary_frequencies(int n_rotated, float base) {
  assert(n_rotated % 2 == 0);
  Vector frequencies(n_rotated / 2);
  for (int i = 0; i < n_rotated / 2; ++i) {
    frequencies[i] = 1.0f / std::pow(base, static_cast<float>(2 * i) / static_cast<float>(n_rotated));
  }
  return frequencies;
}

RotaryTable rotary_table(int n_positions, const VectorView& frequencies, RotaryPairing pairing,
                         float magnitude) {
  RotaryTable table;
  table.pairing = pairing;
  table.cosine.resize(n_positions, frequencies.size());
  table.sine.resize(n_positions, frequencies.size());
  for (int position = 0; position < n_positions; ++position) {
    for (Eigen::Index i = 0; i < frequencies.size(); ++i) {
      // The angle is rounded to float before sine and cosine, as the checkpoints' own code does.
      const float angle_rad = static_cast<float>(position) * frequencies[i];
      table.cosine(position, i) = std::cos(angle_rad) * magnitude;
      table.sine(position, i) = std::sin(angle_rad) * magnitude;
    }
  }
  return table;
}

void rotate(const RotaryTable& table, int position, float* features) {
  turn<1>(table, position, features);
}

void rotate_back(const RotaryTable& table, int position, float* features) {
  turn<-1>(table, position, features);
}

void rotate_rows(const RotaryTable& table, std::span<const int> positions, float* rows,
                 std::ptrdiff_t stride) {
  for (std::size_t token = 0; token < positions.size(); ++token) {
    rotate(table, positions[token], rows + static_cast<std::ptrdiff_t>(token) * stride);
  }
}

}  // namespace headscope
