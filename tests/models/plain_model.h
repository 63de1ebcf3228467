#pragma once

#include <cmath>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "io/json.h"
#include "io/safetensors_writer.h"

/// A second opinion on every family: loops over doubles that follow the published descriptions, sharing
/// nothing with the engine. Tensors are made up when the forward pass first asks for them, so the checkpoint
/// that is written holds exactly what the published code reads.
namespace headscope::plain {

using Row = std::vector<double>;
using Rows = std::vector<Row>;

/// What a forward pass leaves behind.
struct Outcome {
  std::vector<std::vector<Rows>> attn;  ///< [n_layers][n_heads][n_tokens][n_tokens]
  std::vector<Rows> hidden;             ///< [n_layers + 1][n_tokens][d_model]
  Rows logits;                          ///< [n_tokens][vocab_size]
};

class Plain {
 public:
  explicit Plain(Json config) : c(std::move(config)) {}

  int n(const char* key) const { return c.at(key).get<int>(); }
  double number(const char* key) const { return c.at(key).get<double>(); }
  bool flag(const char* key) const { return c.contains(key) && c.at(key).get<bool>(); }

  /// Uniform in [around - spread, around + spread], rounded to float.
  const Row& tensor(const std::string& name, const TensorShape& shape, double around, double spread) {
    auto [at, is_new] = tensors_.try_emplace(name);
    if (is_new) {
      std::int64_t count = 1;
      for (const auto size : shape) count *= size;
      at->second.shape = shape;
      for (std::int64_t i = 0; i < count; ++i) {
        state_ = state_ * 6364136223846793005ull + 1442695040888963407ull;
        const double unit = static_cast<double>(state_ >> 11) * 0x1p-53 * 2 - 1;
        at->second.values.push_back(static_cast<float>(around + spread * unit));
      }
    }
    return at->second.values;
  }

  Rows embed(const std::string& name, int n_rows, int width, const std::vector<int>& ids, double spread = 1) {
    const Row& table = tensor(name + ".weight", {n_rows, width}, 0, spread);
    Rows rows;
    for (const int id : ids) {
      const auto at = table.begin() + static_cast<std::ptrdiff_t>(id) * width;
      rows.emplace_back(at, at + width);
    }
    return rows;
  }

  /// y = W x + b with W [n_out, n_in].
  Rows linear(const std::string& name, const Rows& x, int n_out, bool bias, double strength = 1) {
    const int n_in = static_cast<int>(x[0].size());
    const Row& w = tensor(name + ".weight", {n_out, n_in}, 0, strength * std::sqrt(3.0 / n_in));
    const Row none, &b = bias ? tensor(name + ".bias", {n_out}, 0, 0.3) : none;
    Rows y(x.size(), Row(static_cast<std::size_t>(n_out), 0.0));
    for (std::size_t t = 0; t < x.size(); ++t) {
      for (std::size_t o = 0; o < y[t].size(); ++o) {
        double sum = bias ? b[o] : 0;
        for (std::size_t i = 0; i < x[t].size(); ++i) sum += w[o * x[t].size() + i] * x[t][i];
        y[t][o] = sum;
      }
    }
    return y;
  }

  Rows rms_norm(const std::string& name, Rows x, double epsilon, double offset = 0) {
    const Row& gain = tensor(name + ".weight", {static_cast<std::int64_t>(x[0].size())}, 1 - offset, 0.4);
    for (Row& row : x) {
      double squares = 0;
      for (const double v : row) squares += v * v;
      const double root = std::sqrt(squares / static_cast<double>(row.size()) + epsilon);
      for (std::size_t i = 0; i < row.size(); ++i) row[i] = row[i] / root * (gain[i] + offset);
    }
    return x;
  }

  /// RMS norm of each head by itself, with one gain for all.
  Rows head_norm(const std::string& name, const Rows& x, int width, double epsilon, double offset = 0) {
    Rows out = x;
    for (std::size_t from = 0; from < x[0].size(); from += static_cast<std::size_t>(width)) {
      Rows head;
      for (const Row& row : x) {
        const auto at = row.begin() + static_cast<std::ptrdiff_t>(from);
        head.emplace_back(at, at + width);
      }
      head = rms_norm(name, head, epsilon, offset);
      for (std::size_t t = 0; t < x.size(); ++t) {
        std::copy(head[t].begin(), head[t].end(), out[t].begin() + static_cast<std::ptrdiff_t>(from));
      }
    }
    return out;
  }

  Rows layer_norm(const std::string& name, Rows x, double epsilon) {
    const auto width = static_cast<std::int64_t>(x[0].size());
    const Row gain = tensor(name + ".weight", {width}, 1, 0.4),
              bias = tensor(name + ".bias", {width}, 0, 0.3);
    for (Row& row : x) {
      double mean = 0, variance = 0;
      for (const double v : row) mean += v / static_cast<double>(row.size());
      for (const double v : row) variance += (v - mean) * (v - mean) / static_cast<double>(row.size());
      for (std::size_t i = 0; i < row.size(); ++i) {
        row[i] = (row[i] - mean) / std::sqrt(variance + epsilon) * gain[i] + bias[i];
      }
    }
    return x;
  }

  struct Heads {
    int n_heads = 1, n_kv = 1, width = 1;
    double scale = 1, cap = 0;
    int window = 0;
    std::function<double(int head, int query, int key)> bias = {};
  };
  /// Causal attention; keeps the weights and returns the heads' outputs side by side.
  Rows attend(const Rows& q, const Rows& k, const Rows& v, const Heads& h) {
    const int n_tokens = static_cast<int>(q.size());
    Rows z(q.size(), Row(q[0].size(), 0.0));
    out.attn.emplace_back();
    for (int head = 0; head < h.n_heads; ++head) {
      const int kv = head / (h.n_heads / h.n_kv);
      Rows weights(q.size(), Row(q.size(), 0.0));
      for (int i = 0; i < n_tokens; ++i) {
        const int first = h.window > 0 ? std::max(0, i - h.window + 1) : 0;
        double sum = 0;
        const auto score = [&](int j) {
          double dot = 0;
          for (int f = 0; f < h.width; ++f) {
            dot += q[at(i)][at(head * h.width + f)] * k[at(j)][at(kv * h.width + f)];
          }
          dot *= h.scale;
          if (h.bias) dot += h.bias(head, i, j);
          return h.cap > 0 ? h.cap * std::tanh(dot / h.cap) : dot;
        };
        double peak = -1e300;
        for (int j = first; j <= i; ++j) peak = std::max(peak, score(j));
        for (int j = first; j <= i; ++j) sum += weights[at(i)][at(j)] = std::exp(score(j) - peak);
        for (int j = first; j <= i; ++j) {
          weights[at(i)][at(j)] /= sum;
          for (int f = 0; f < h.width; ++f) {
            z[at(i)][at(head * h.width + f)] += weights[at(i)][at(j)] * v[at(j)][at(kv * h.width + f)];
          }
        }
      }
      out.attn.back().push_back(std::move(weights));
    }
    return z;
  }

  /// Turns the first 2 · frequencies.size() features of each head.
  static Rows rotate(Rows x, int width, const Row& frequencies, double magnitude = 1,
                     bool neighbours = false) {
    const std::size_t half = frequencies.size();
    for (std::size_t t = 0; t < x.size(); ++t) {
      for (std::size_t from = 0; from < x[t].size(); from += at(width)) {
        for (std::size_t i = 0; i < half; ++i) {
          double& a = x[t][from + (neighbours ? 2 * i : i)];
          double& b = x[t][from + (neighbours ? 2 * i + 1 : i + half)];
          const double angle = static_cast<double>(t) * frequencies[i];
          const double turned_a = (a * std::cos(angle) - b * std::sin(angle)) * magnitude;
          b = (b * std::cos(angle) + a * std::sin(angle)) * magnitude;
          a = turned_a;
        }
      }
    }
    return x;
  }

  /// Columns [first, first + n) of each row.
  static Rows columns(const Rows& x, int first, int n) {
    Rows part;
    for (const Row& row : x) part.emplace_back(row.begin() + first, row.begin() + first + n);
    return part;
  }
  static Rows add(Rows x, const Rows& y) {
    for (std::size_t t = 0; t < x.size(); ++t) {
      for (std::size_t i = 0; i < x[t].size(); ++i) x[t][i] += y[t][i];
    }
    return x;
  }
  template <class F>
  static Rows each(Rows x, F f) {
    for (Row& row : x) {
      for (double& value : row) value = f(value);
    }
    return x;
  }
  static Rows multiply(Rows x, const Rows& y) {
    for (std::size_t t = 0; t < x.size(); ++t) {
      for (std::size_t i = 0; i < x[t].size(); ++i) x[t][i] *= y[t][i];
    }
    return x;
  }

  /// Writes config.json and model.safetensors.
  void save(const std::filesystem::path& folder) const {
    std::ofstream(folder / "config.json") << json_text(c);
    std::vector<FloatTensor> all;
    std::vector<std::vector<float>> floats;
    floats.reserve(tensors_.size());
    for (const auto& [name, tensor] : tensors_) {
      floats.emplace_back(tensor.values.begin(), tensor.values.end());
      all.push_back({{name, DType::F32, tensor.shape}, floats.back()});
    }
    if (!write_safetensors(folder / "model.safetensors", all).ok()) std::abort();
  }

  Json c;
  Outcome out;

 private:
  static std::size_t at(int i) { return static_cast<std::size_t>(i); }
  struct Tensor {
    TensorShape shape;
    Row values;
  };
  std::map<std::string, Tensor> tensors_;
  std::uint64_t state_ = 88172645463325252ull;
};

inline double silu(double x) {
  return x / (1 + std::exp(-x));
}
inline double gelu_tanh(double x) {
  return 0.5 * x * (1 + std::tanh(std::sqrt(2 / 3.14159265358979323846) * (x + 0.044715 * x * x * x)));
}
inline double gelu_erf(double x) {
  return 0.5 * x * (1 + std::erf(x / std::sqrt(2.0)));
}

}  // namespace headscope::plain
