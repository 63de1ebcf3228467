#pragma once

#include <cmath>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "io/safetensors_writer.h"

/// A second opinion: attention in double precision with plain loops, which shares no line with the engine.
namespace headscope::loops {

using Row = std::vector<double>;
using Rows = std::vector<Row>;

/// A checkpoint with random numbers, under the names of its tensors.
class Checkpoint {
 public:
  /// Even in [around - spread, around + spread].
  void add(const std::string& name, const TensorShape& shape, double around, double spread) {
    std::size_t n = 1;
    for (const auto size : shape) n *= static_cast<std::size_t>(size);
    std::vector<float> values(n);
    for (float& value : values) value = static_cast<float>(around + spread * (2 * next() - 1));
    tensors_[name] = {shape, std::move(values)};
  }
  void linear(const std::string& name, int n_in, int n_out, bool bias = true, double gain = 1.7) {
    add(name + ".weight", {n_out, n_in}, 0, gain / std::sqrt(n_in));
    if (bias) add(name + ".bias", {n_out}, 0, 0.3);
  }
  void norm(const std::string& name, int width, bool bias = true) {
    add(name + ".weight", {width}, 1, 0.4);
    if (bias) add(name + ".bias", {width}, 0, 0.3);
  }

  bool has(const std::string& name) const { return tensors_.contains(name); }
  double at(const std::string& name, std::size_t i) const {
    return static_cast<double>(tensors_.at(name).second[i]);
  }
  std::size_t n_rows(const std::string& name) const {
    return static_cast<std::size_t>(tensors_.at(name).first[0]);
  }
  Row row(const std::string& name, std::size_t row) const {
    const auto& [shape, values] = tensors_.at(name);
    const auto width = static_cast<std::size_t>(shape.back());
    return {values.begin() + static_cast<std::ptrdiff_t>(row * width),
            values.begin() + static_cast<std::ptrdiff_t>((row + 1) * width)};
  }
  std::vector<FloatTensor> tensors() const {
    std::vector<FloatTensor> all;
    for (const auto& [name, tensor] : tensors_)
      all.push_back({{name, DType::F32, tensor.first}, tensor.second});
    return all;
  }

 private:
  double next() {
    state_ = state_ * 6364136223846793005ull + 1442695040888963407ull;
    return static_cast<double>(state_ >> 11) * 0x1p-53;
  }
  std::uint64_t state_ = 12345;
  std::map<std::string, std::pair<TensorShape, std::vector<float>>> tensors_;
};

inline Rows linear(const Checkpoint& c, const std::string& name, const Rows& x) {
  Rows y;
  for (const Row& row : x) {
    Row out;
    for (std::size_t o = 0; o < c.n_rows(name + ".weight"); ++o) {
      double sum = c.has(name + ".bias") ? c.at(name + ".bias", o) : 0;
      for (std::size_t i = 0; i < row.size(); ++i) sum += row[i] * c.at(name + ".weight", o * row.size() + i);
      out.push_back(sum);
    }
    y.push_back(out);
  }
  return y;
}

inline Rows layer_norm(const Checkpoint& c, const std::string& name, Rows x, double epsilon) {
  for (Row& row : x) {
    double mean = 0, variance = 0;
    for (const double value : row) mean += value / static_cast<double>(row.size());
    for (const double value : row)
      variance += (value - mean) * (value - mean) / static_cast<double>(row.size());
    for (std::size_t i = 0; i < row.size(); ++i) {
      row[i] = (row[i] - mean) / std::sqrt(variance + epsilon) * c.at(name + ".weight", i) +
               c.at(name + ".bias", i);
    }
  }
  return x;
}

inline Rows rms_norm(const Checkpoint& c, const std::string& name, Rows x, double epsilon) {
  for (Row& row : x) {
    double square = 0;
    for (const double value : row) square += value * value / static_cast<double>(row.size());
    for (std::size_t i = 0; i < row.size(); ++i)
      row[i] = row[i] / std::sqrt(square + epsilon) * c.at(name + ".weight", i);
  }
  return x;
}

inline Rows sum(Rows a, const Rows& b) {
  for (std::size_t i = 0; i < a.size(); ++i) {
    for (std::size_t j = 0; j < a[i].size(); ++j) a[i][j] += b[i][j];
  }
  return a;
}

inline Rows each(Rows x, const std::function<double(double)>& f) {
  for (Row& row : x) {
    for (double& value : row) value = f(value);
  }
  return x;
}

inline double gelu(double x) {
  return 0.5 * x * (1 + std::erf(x / std::sqrt(2.0)));
}
inline double gelu_tanh(double x) {
  return 0.5 * x * (1 + std::tanh(std::sqrt(2 / std::acos(-1.0)) * (x + 0.044715 * x * x * x)));
}

struct Attended {
  std::vector<Rows> weights;  ///< [n_heads] of [n_query][n_key]
  Rows mixed;                 ///< [n_query][n_heads head_dim]
};
/// `bias` is what head h adds to the score of query i and key j; −∞ hides it.
inline Attended attend(const Rows& q, const Rows& k, const Rows& v, std::size_t n_heads, double scale,
                       const std::function<double(std::size_t h, std::size_t i, std::size_t j)>& bias) {
  const std::size_t d = q[0].size() / n_heads;
  Attended result{std::vector<Rows>(n_heads, Rows(q.size(), Row(k.size(), 0))),
                  Rows(q.size(), Row(q[0].size(), 0))};
  for (std::size_t h = 0; h < n_heads; ++h) {
    for (std::size_t i = 0; i < q.size(); ++i) {
      Row& weights = result.weights[h][i];
      double total = 0;
      for (std::size_t j = 0; j < k.size(); ++j) {
        double score = 0;
        for (std::size_t f = h * d; f < (h + 1) * d; ++f) score += q[i][f] * k[j][f];
        weights[j] = std::exp(score * scale + bias(h, i, j));
        total += weights[j];
      }
      for (std::size_t j = 0; j < k.size(); ++j) {
        weights[j] /= total;
        for (std::size_t f = h * d; f < (h + 1) * d; ++f) result.mixed[i][f] += weights[j] * v[j][f];
      }
    }
  }
  return result;
}

}  // namespace headscope::loops
