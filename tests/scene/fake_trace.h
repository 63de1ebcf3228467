#pragma once

#include <cmath>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "trace/attention_trace.h"

namespace headscope::testing {

/// A layer made of numbers that a test can foresee: q and k are given (or random), weights follow from them.
class FakeLayer : public AttentionLayer {
 public:
  FakeLayer(std::vector<Matrix> query, std::vector<Matrix> key, bool causal)
      : query_(std::move(query)), key_(std::move(key)) {
    for (std::size_t h = 0; h < query_.size(); ++h) {
      Matrix scores = scale() * query_[h] * key_[h].transpose();
      Matrix weights = Matrix::Zero(scores.rows(), scores.cols());
      for (Eigen::Index q = 0; q < scores.rows(); ++q) {
        const Eigen::Index n = causal ? q + 1 : scores.cols();
        for (Eigen::Index k = n; k < scores.cols(); ++k) scores(q, k) = -INFINITY;
        const float largest = scores.row(q).head(n).maxCoeff();
        weights.row(q).head(n) = (scores.row(q).head(n).array() - largest).exp();
        weights.row(q) /= weights.row(q).sum();
      }
      scores_.push_back(scores);
      weights_.push_back(weights);
    }
  }
  /// Weights as the test writes them; q and k are zero.
  explicit FakeLayer(std::vector<Matrix> weights) : weights_(std::move(weights)) {
    for (const Matrix& w : weights_) {
      query_.push_back(Matrix::Zero(w.rows(), 4));
      key_.push_back(Matrix::Zero(w.cols(), 4));
      scores_.push_back(w.array().log());
    }
  }
  int n_heads() const override { return static_cast<int>(weights_.size()); }
  int n_kv_heads() const override { return n_heads(); }
  int head_dim() const override { return static_cast<int>(query_[0].cols()); }
  int n_query() const override { return static_cast<int>(weights_[0].rows()); }
  int n_key() const override { return static_cast<int>(weights_[0].cols()); }
  float scale() const override { return 0.5f; }
  bool keeps_weights() const override { return true; }
  void weights_row(int head, int query, std::span<float> row) const override {
    for (int k = 0; k < n_key(); ++k) row[static_cast<std::size_t>(k)] = weights_[index(head)](query, k);
  }
  Matrix weights(int head) const override { return weights_[index(head)]; }
  Matrix scores(int head) const override { return scores_[index(head)]; }
  Matrix query(int head) const override { return query_[index(head)]; }
  Matrix key(int head) const override { return key_[index(head)]; }
  Matrix value(int head) const override { return key_[index(head)]; }
  Matrix z(int head) const override { return weights_[index(head)] * value(head); }

 private:
  static std::size_t index(int head) { return static_cast<std::size_t>(head); }
  std::vector<Matrix> query_, key_, scores_, weights_;
};

inline AttentionTrace trace_of(const std::vector<std::string>& tokens) {
  AttentionTrace trace;
  trace.model_name = "fake";
  int id = 0;
  for (const std::string& text : tokens) {
    TraceToken token;
    token.id = id++;
    token.text = text;
    token.begin = trace.text.size();
    trace.text += text;
    token.end = trace.text.size();
    trace.tokens.push_back(token);
  }
  return trace;
}

/// One layer with the given weights, one matrix a head.
inline AttentionTrace trace_with(const std::vector<std::string>& tokens, std::vector<Matrix> weights) {
  AttentionTrace trace = trace_of(tokens);
  trace.shape = {1, static_cast<int>(weights.size()), static_cast<int>(weights.size()), 4, 16, 100};
  trace.layers.push_back(std::make_shared<FakeLayer>(std::move(weights)));
  return trace;
}

/// Random q and k; the same for the same arguments. Heads look sharply enough to differ.
inline AttentionTrace random_trace(const std::vector<std::string>& tokens, int n_layers, int n_heads,
                                   bool causal = true, unsigned seed = 1) {
  AttentionTrace trace = trace_of(tokens);
  trace.causal = causal;
  trace.shape = {n_layers, n_heads, n_heads, 4, 16, 100};
  if (tokens.empty()) return trace;
  std::mt19937 generator(seed);
  std::normal_distribution<float> normal(0, 1.5f);
  const auto n = static_cast<Eigen::Index>(tokens.size());
  for (int layer = 0; layer < n_layers; ++layer) {
    std::vector<Matrix> query, key;
    for (int head = 0; head < n_heads; ++head) {
      query.push_back(Matrix::NullaryExpr(n, 4, [&] { return normal(generator); }));
      key.push_back(Matrix::NullaryExpr(n, 4, [&] { return normal(generator); }));
    }
    trace.layers.push_back(std::make_shared<FakeLayer>(query, key, causal));
  }
  return trace;
}

/// Cross-attention: `queries` look at `keys`.
inline AttentionTrace cross_trace(const std::vector<std::string>& queries,
                                  const std::vector<std::string>& keys, int n_layers, int n_heads,
                                  unsigned seed = 1) {
  AttentionTrace trace = random_trace(queries, 0, n_heads, false);
  trace.part = AttentionPart::Cross;
  trace.key_tokens = trace_of(keys).tokens;
  trace.shape.n_layers = n_layers;
  std::mt19937 generator(seed);
  std::normal_distribution<float> normal(0, 1.5f);
  const auto matrices = [&](std::size_t rows) {
    std::vector<Matrix> all;
    for (int head = 0; head < n_heads; ++head)
      all.push_back(
          Matrix::NullaryExpr(static_cast<Eigen::Index>(rows), 4, [&] { return normal(generator); }));
    return all;
  };
  for (int layer = 0; layer < n_layers; ++layer)
    trace.layers.push_back(
        std::make_shared<FakeLayer>(matrices(queries.size()), matrices(keys.size()), false));
  return trace;
}

/// n words of a sentence that repeats.
inline std::vector<std::string> some_words(int n) {
  static const std::vector<std::string> kWords = {"the",  " dog",    " did",     " not", " cross",
                                                  " the", " street", " because", " it",  " was",
                                                  " too", " tired",  " ."};
  std::vector<std::string> words;
  for (int i = 0; i < n; ++i) {
    std::string word = kWords[static_cast<std::size_t>(i) % kWords.size()];
    if (i > 0 && word[0] != ' ') word.insert(0, " ");
    words.push_back(word);
  }
  return words;
}

}  // namespace headscope::testing
