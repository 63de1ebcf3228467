#pragma once

#include <algorithm>
#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "models/model.h"

/// A model whose numbers are simple and whose computation a test can hold: it splits at spaces, and head h of
/// layer l looks l + h + 1 tokens back.
namespace headscope::testing_support {

class FakeLayer final : public AttentionLayer {
 public:
  FakeLayer(int layer, int heads, int tokens) : layer_(layer), n_heads_(heads), n_tokens_(tokens) {}
  int n_heads() const override { return n_heads_; }
  int n_kv_heads() const override { return n_heads_; }
  int head_dim() const override { return 4; }
  int n_query() const override { return n_tokens_; }
  int n_key() const override { return n_tokens_; }
  float scale() const override { return 0.5f; }
  bool keeps_weights() const override { return true; }
  void weights_row(int head, int query, std::span<float> row) const override {
    for (float& weight : row) weight = 0;
    const int back = std::max(0, query - layer_ - head - 1);
    row[back] += 0.75f;
    row[query] += 0.25f;
  }
  Matrix weights(int head) const override {
    Matrix all = Matrix::Zero(n_tokens_, n_tokens_);
    for (int query = 0; query < n_tokens_; ++query) {
      weights_row(
          head, query,
          {all.data() + static_cast<std::ptrdiff_t>(query) * n_tokens_, static_cast<std::size_t>(n_tokens_)});
    }
    return all;
  }
  Matrix scores(int head) const override { return weights(head); }
  Matrix query(int) const override { return Matrix::Zero(n_tokens_, 4); }
  Matrix key(int) const override { return Matrix::Zero(n_tokens_, 4); }
  Matrix value(int) const override { return Matrix::Zero(n_tokens_, 4); }
  Matrix z(int) const override { return Matrix::Zero(n_tokens_, 4); }

 private:
  int layer_, n_heads_, n_tokens_;
};

class FakeTokenizer final : public Tokenizer {
 public:
  int vocab_size() const override { return 1; }
  std::vector<Token> encode(std::string_view text, bool) const override {
    std::vector<Token> tokens;
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t end = std::min(text.find(' ', at + 1), text.size());
      tokens.push_back({0, at, end, false});
      at = end;
    }
    return tokens;
  }
  std::string decode(std::span<const TokenId>, bool) const override { return {}; }
  std::string_view token_name(TokenId) const override { return "t"; }
  bool is_piece(TokenId) const override { return false; }
  std::vector<std::string> suggest(std::string_view, int) const override { return {}; }
};

class FakeModel final : public Model {
 public:
  FakeModel(std::string name, int layers, int heads) : name_(std::move(name)) {
    shape_ = {layers, heads, heads, 4, 4 * heads, 1};
  }
  const std::string& name() const override { return name_; }
  const TraceShape& shape() const override { return shape_; }
  int max_tokens() const override { return 1000; }
  const Tokenizer& tokenizer() const override { return tokenizer_; }
  Result<TracePtr> trace(const std::string& text, const TraceOptions& options) const override {
    auto trace = std::make_shared<AttentionTrace>();
    trace->model_name = name_;
    trace->text = text;
    trace->shape = shape_;
    for (const Token& token : tokenizer_.encode(text, true)) {
      TraceToken added;
      added.text = text.substr(token.begin, token.end - token.begin);
      added.id = static_cast<int>(std::hash<std::string>{}(added.text) % 1'000'000);
      added.begin = token.begin;
      added.end = token.end;
      trace->tokens.push_back(added);
    }
    if (trace->tokens.empty()) return Error{ErrorCode::InvalidArgument, "there are no tokens", "Type a word"};
    trace->layers.resize(shape_.n_layers);
    previous_text = options.previous ? options.previous->text : "";
    for (int layer = 0; layer < shape_.n_layers; ++layer) {
      if (options.stop.stop_requested()) return Error{ErrorCode::Cancelled, "stopped", ""};
      if (before_layer) before_layer(layer, options.stop);
      trace->layers[layer] = std::make_shared<FakeLayer>(layer, shape_.n_heads, trace->n_tokens());
      ++n_layers_computed;
      if (options.on_layer) {
        options.on_layer(std::make_shared<AttentionTrace>(*trace),
                         static_cast<float>(layer + 1) / shape_.n_layers);
      }
    }
    trace->compute_ms = 1;
    trace->n_computed = trace->n_tokens();
    return TracePtr(trace);
  }

  /// Called on the computing thread.
  std::function<void(int layer, const std::stop_token&)> before_layer;
  mutable std::atomic<int> n_layers_computed{0};
  mutable std::string previous_text;

 private:
  std::string name_;
  TraceShape shape_;
  FakeTokenizer tokenizer_;
};

}  // namespace headscope::testing_support
