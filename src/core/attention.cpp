#include "core/attention.h"

#include <cassert>
#include <cmath>
#include <limits>

#include "core/project.h"
#include "core/scores.h"
#include "core/softmax.h"

namespace headscope {
namespace {

void rotate_heads(const RotaryTable& table, int n_heads, int head_dim, int first_position, Matrix& rows) {
  for (Eigen::Index row = 0; row < rows.rows(); ++row) {
    for (int head = 0; head < n_heads; ++head) {
      rotate(table, first_position + static_cast<int>(row), &rows(row, head * head_dim));
    }
  }
}

HeadRule rule_of(const MultiHeadOptions& options, int head, int head_dim) {
  if (options.rule) return options.rule(head);
  HeadRule rule;
  rule.scale = 1.0f / std::sqrt(static_cast<float>(head_dim));
  rule.mask = options.mask;
  rule.first_query = options.first_query;
  return rule;
}

}  // namespace

Matrix mix_values(const MatrixView& weights, const MatrixView& value) {
  assert(weights.cols() == value.rows());
  if (value.allFinite()) return weights * value;
  // 0 * inf is NaN, yet a key of weight 0 was not looked at.
  Matrix z = Matrix::Zero(weights.rows(), value.cols());
  for (Eigen::Index query = 0; query < weights.rows(); ++query) {
    for (Eigen::Index key = 0; key < weights.cols(); ++key) {
      if (weights(query, key) != 0.0f) z.row(query) += weights(query, key) * value.row(key);
    }
  }
  return z;
}

HeadSteps attend_one_head(const MatrixView& query, const MatrixView& key, const MatrixView& value,
                          const HeadRule& rule) {
  assert(key.rows() == value.rows());
  const auto n_query = static_cast<int>(query.rows());
  const auto n_key = static_cast<int>(key.rows());
  HeadSteps steps;
  steps.query = query;
  steps.key = key;
  steps.value = value;

  // 1. How well each query matches each key.
  steps.raw = rule.score ? rule.score(query, key) : dot_scores(query, key);
  steps.scaled = steps.raw * rule.scale;
  steps.biased = steps.scaled;
  if (rule.bias.size()) steps.biased += rule.bias;
  steps.capped = soft_cap(steps.biased, rule.soft_cap);

  // 2. What may not be seen is -inf.
  steps.visible = rule.mask.to_matrix(n_query, n_key, rule.first_query);
  steps.masked = steps.visible.select(steps.capped, -std::numeric_limits<float>::infinity());

  // 3. Scores become shares of one, and mix the values.
  steps.weights = softmax(steps.capped, steps.visible, rule.temperature);
  steps.z = mix_values(steps.weights, value);
  return steps;
}

MultiHeadSteps multi_head_attention(const MatrixView& input, const MatrixView& memory,
                                    const MultiHeadParams& params, const MultiHeadOptions& options) {
  assert(params.n_heads % params.n_kv_heads == 0);
  const int head_dim = params.head_dim();
  Matrix query = project(input, params.query_weight, params.query_bias);
  Matrix key = project(memory, params.key_weight, params.key_bias);
  const Matrix value = project(memory, params.value_weight, params.value_bias);
  if (options.rotary) {
    rotate_heads(*options.rotary, params.n_heads, head_dim, options.first_query, query);
    rotate_heads(*options.rotary, params.n_kv_heads, head_dim, 0, key);
  }

  MultiHeadSteps steps;
  steps.concatenated.resize(input.rows(), params.n_heads * head_dim);
  for (int head = 0; head < params.n_heads; ++head) {
    const int first = params.kv_head(head) * head_dim;
    steps.heads.push_back(attend_one_head(query.middleCols(head * head_dim, head_dim),
                                          key.middleCols(first, head_dim), value.middleCols(first, head_dim),
                                          rule_of(options, head, head_dim)));
    steps.concatenated.middleCols(head * head_dim, head_dim) = steps.heads.back().z;
  }
  steps.output = project(steps.concatenated, params.output_weight, params.output_bias);
  return steps;
}

}  // namespace headscope
