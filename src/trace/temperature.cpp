#include "trace/temperature.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

namespace headscope {

namespace {

/// Softmax of `scores` / `temperature`, in place; masked scores (-inf) become exactly 0. A row in which
/// nothing is visible stays 0.
void soften(std::span<float> row, float temperature) {
  float largest = -std::numeric_limits<float>::infinity();
  for (const float score : row) largest = std::max(largest, score);
  double sum = 0;
  for (float& score : row) {
    const bool visible = score > -std::numeric_limits<float>::infinity();
    // Infinite scores share their row, as they do in the model.
    const float exponent = score == largest ? 0.0f : (score - largest) / temperature;
    score = visible ? std::exp(exponent) : 0.0f;
    sum += double{score};
  }
  if (sum > 0) {
    for (float& weight : row) weight = static_cast<float>(double{weight} / sum);
  }
}

class TemperedLayer final : public AttentionLayer {
 public:
  TemperedLayer(AttentionLayerPtr layer, float temperature)
      : layer_(std::move(layer)), temperature_(temperature) {}

  int n_heads() const override { return layer_->n_heads(); }
  int n_kv_heads() const override { return layer_->n_kv_heads(); }
  int head_dim() const override { return layer_->head_dim(); }
  int n_query() const override { return layer_->n_query(); }
  int n_key() const override { return layer_->n_key(); }
  /// So that q·k · scale + what was added still gives the score.
  float scale() const override { return layer_->scale() / temperature_; }
  bool keeps_weights() const override { return false; }
  void weights_row(int head, int query, std::span<float> row) const override {
    layer_->scores_row(head, query, row);
    soften(row, temperature_);
  }
  Matrix weights(int head) const override {
    Matrix all = layer_->scores(head);
    for (Eigen::Index query = 0; query < all.rows(); ++query)
      soften({all.row(query).data(), static_cast<std::size_t>(all.cols())}, temperature_);
    return all;
  }
  void scores_row(int head, int query, std::span<float> row) const override {
    layer_->scores_row(head, query, row);
    for (float& score : row) score /= temperature_;
  }
  Matrix scores(int head) const override { return layer_->scores(head) / temperature_; }
  Matrix query(int head) const override { return layer_->query(head); }
  Matrix key(int head) const override { return layer_->key(head); }
  Matrix value(int head) const override { return layer_->value(head); }
  Matrix z(int head) const override {
    const Matrix w = weights(head), v = value(head);
    Matrix mixed = Matrix::Zero(w.rows(), v.cols());
    // Masked keys are left out row by row: 0 times an infinite value would be NaN.
    for (Eigen::Index query = 0; query < w.rows(); ++query) {
      for (Eigen::Index key = 0; key < w.cols(); ++key)
        if (w(query, key) != 0.0f) mixed.row(query) += w(query, key) * v.row(key);
    }
    return mixed;
  }

 private:
  AttentionLayerPtr layer_;
  float temperature_;
};

}  // namespace

TracePtr at_temperature(const TracePtr& trace, float temperature) {
  assert(trace && temperature > 0);
  if (temperature == 1) return trace;
  auto tempered = std::make_shared<AttentionTrace>(*trace);
  for (AttentionLayerPtr& layer : tempered->layers)
    if (layer && layer->has_scores()) layer = std::make_shared<const TemperedLayer>(layer, temperature);
  for (TracePtr& part : tempered->parts) part = at_temperature(part, temperature);
  return tempered;
}

}  // namespace headscope
