#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

#include "training/blocks.h"

namespace headscope {

/// Causal self-attention of a batch of equally long sequences, forward and backward.
/// qkv [batch · n_tokens, 3 d_model]: query, key, value of all heads side by side, query and key already
/// turned. Queries go in blocks, so that keys in the future of a whole block are never touched.
template <class S>
class AttentionBlock {
 public:
  /// z [batch · n_tokens, d_model]; keeps the weights for `backward`.
  void forward(const RowMatrix<S>& qkv, int batch, int n_tokens, int n_heads, RowMatrix<S>& z) {
    const int d = static_cast<int>(qkv.cols()) / 3, width = d / n_heads;
    batch_ = batch, n_tokens_ = n_tokens, n_heads_ = n_heads;
    weights_.resize(Eigen::Index{batch} * n_heads * n_tokens, n_tokens);
    z.resize(qkv.rows(), d);
    const S scale = S(1) / std::sqrt(static_cast<S>(width));
    for (int b = 0; b < batch; ++b) {
      for (int h = 0; h < n_heads; ++h) {
        load(qkv, b, h, d, width);
        for (int begin = 0; begin < n_tokens; begin += kBlock) {
          const int rows = std::min(kBlock, n_tokens - begin), keys = begin + rows;
          auto w = weights(b, h).block(begin, 0, rows, keys);
          product<S>(query_.middleRows(begin, rows), key_.topRows(keys).transpose(), w);
          for (int i = 0; i < rows; ++i) softmax_row(w.row(i).array(), begin + i + 1, scale);
          product<S>(w, value_.topRows(keys),
                     z.block(Eigen::Index{b} * n_tokens + begin, h * width, rows, width));
        }
      }
    }
  }

  /// d_qkv [batch · n_tokens, 3 d_model] from d_z [batch · n_tokens, d_model], after `forward` on the same
  /// qkv.
  void backward(const RowMatrix<S>& qkv, const RowMatrix<S>& d_z, RowMatrix<S>& d_qkv) {
    const int d = static_cast<int>(qkv.cols()) / 3, width = d / n_heads_;
    const S scale = S(1) / std::sqrt(static_cast<S>(width));
    d_qkv.resize(qkv.rows(), qkv.cols());
    for (int b = 0; b < batch_; ++b) {
      for (int h = 0; h < n_heads_; ++h) {
        load(qkv, b, h, d, width);
        d_z_ = d_z.block(Eigen::Index{b} * n_tokens_, h * width, n_tokens_, width);
        d_key_.setZero(n_tokens_, width), d_value_.setZero(n_tokens_, width),
            d_query_.resize(n_tokens_, width);
        for (int begin = 0; begin < n_tokens_; begin += kBlock) {
          const int rows = std::min(kBlock, n_tokens_ - begin), keys = begin + rows;
          const auto w = weights(b, h).block(begin, 0, rows, keys);
          const auto d_z_rows = d_z_.middleRows(begin, rows);
          d_w_.resize(rows, keys);
          product<S>(d_z_rows, value_.topRows(keys).transpose(), d_w_);
          product<S>(w.transpose(), d_z_rows, d_value_.topRows(keys), true);
          for (int i = 0; i < rows; ++i) {
            const S dot = (d_w_.row(i).array() * w.row(i).array()).sum();
            d_w_.row(i).array() = w.row(i).array() * (d_w_.row(i).array() - dot) * scale;
          }
          product<S>(d_w_, key_.topRows(keys), d_query_.middleRows(begin, rows));
          product<S>(d_w_.transpose(), query_.middleRows(begin, rows), d_key_.topRows(keys), true);
        }
        const Eigen::Index top = Eigen::Index{b} * n_tokens_;
        d_qkv.block(top, h * width, n_tokens_, width) = d_query_;
        d_qkv.block(top, d + h * width, n_tokens_, width) = d_key_;
        d_qkv.block(top, 2 * d + h * width, n_tokens_, width) = d_value_;
      }
    }
  }

  /// Weights of one head of one sequence, [n_tokens, n_tokens]; the future is exactly 0 inside a block of
  /// queries and unspecified beyond it.
  auto weights(int b, int h) {
    return weights_.middleRows((Eigen::Index{b} * n_heads_ + h) * n_tokens_, n_tokens_);
  }

 private:
  static constexpr int kBlock = 32;

  void load(const RowMatrix<S>& qkv, int b, int h, int d, int width) {
    const Eigen::Index top = Eigen::Index{b} * n_tokens_;
    query_ = qkv.block(top, h * width, n_tokens_, width);
    key_ = qkv.block(top, d + h * width, n_tokens_, width);
    value_ = qkv.block(top, 2 * d + h * width, n_tokens_, width);
  }
  template <class Row>
  static void softmax_row(Row row, int n_visible, S scale) {
    auto seen = row.head(n_visible);
    const S peak = seen.maxCoeff();
    seen = ((seen - peak) * scale).exp();
    seen *= S(1) / seen.sum();
    row.tail(row.size() - n_visible).setZero();
  }

  int batch_ = 0, n_tokens_ = 0, n_heads_ = 0;
  RowMatrix<S> weights_;
  RowMatrix<S> query_, key_, value_, d_z_, d_w_, d_query_, d_key_, d_value_;
};

}  // namespace headscope
