#pragma once

#include "models/plain_llamas.h"

/// Decoders outside of Llama's family, each block in the order of its published code.
namespace headscope::plain {

inline Rows scaled(Rows x, double by) {
  return Plain::each(std::move(x), [by](double v) { return v * by; });
}

inline void phi(Plain& p, const std::vector<int>& ids) {
  const Sizes s = sizes(p);
  const double e = p.number("layer_norm_eps");
  const Turning t = turning(p.c, s.width, static_cast<int>(ids.size()), 10000, 0.5);
  Rows x = p.embed("model.embed_tokens", s.vocab, s.d, ids);
  for (int layer = 0; layer < s.layers; ++layer) {
    p.out.hidden.push_back(x);
    const Rows n = p.layer_norm(layer_name(layer, ".input_layernorm"), x, e);
    const SelfAttention a{.qkv_bias = true, .output_bias = true, .output = ".self_attn.dense"};
    const Rows attended = self_attention(p, layer, n, t, a);
    const Rows inner = Plain::each(p.linear(layer_name(layer, ".mlp.fc1"), n, s.hidden, true), gelu_tanh);
    const Rows fed = p.linear(layer_name(layer, ".mlp.fc2"), inner, s.d, true);
    x = Plain::add(Plain::add(attended, fed), x);
  }
  x = p.layer_norm("model.final_layernorm", x, e);
  p.out.hidden.push_back(x);
  p.out.logits = p.linear("lm_head", x, s.vocab, true);
}

inline void gptj(Plain& p, const std::vector<int>& ids) {
  const int heads = p.n("n_head"), d = p.n("n_embd"), width = d / heads, rotary = p.n("rotary_dim");
  const double e = p.number("layer_norm_epsilon");
  Row frequencies;
  for (int i = 0; i < rotary; i += 2)
    frequencies.push_back(std::pow(10000, -static_cast<double>(i) / rotary));
  Rows x = p.embed("transformer.wte", p.n("vocab_size"), d, ids);
  for (int layer = 0; layer < p.n("n_layer"); ++layer) {
    p.out.hidden.push_back(x);
    const std::string at = "transformer.h." + std::to_string(layer);
    const Rows n = p.layer_norm(at + ".ln_1", x, e);
    const auto project = [&](const char* which, double strength) {
      return p.linear(at + which, n, d, false, strength);
    };
    const Rows q = Plain::rotate(project(".attn.q_proj", 1.6), width, frequencies, 1, true);
    const Rows k = Plain::rotate(project(".attn.k_proj", 1.6), width, frequencies, 1, true);
    const Rows z = p.attend(q, k, project(".attn.v_proj", 1),
                            {heads, heads, width, 1 / std::sqrt(static_cast<double>(width))});
    const Rows attended = p.linear(at + ".attn.out_proj", z, d, false);
    const Rows inner = Plain::each(p.linear(at + ".mlp.fc_in", n, 4 * d, true), gelu_tanh);
    x = Plain::add(Plain::add(attended, p.linear(at + ".mlp.fc_out", inner, d, true)), x);
  }
  x = p.layer_norm("transformer.ln_f", x, e);
  p.out.hidden.push_back(x);
  p.out.logits = p.linear("lm_head", x, p.n("vocab_size"), true);
}

inline std::vector<int> counted(std::size_t n, int from = 0) {
  std::vector<int> numbers;
  for (std::size_t i = 0; i < n; ++i) numbers.push_back(from + static_cast<int>(i));
  return numbers;
}

inline void gpt_neo(Plain& p, const std::vector<int>& ids) {
  const int heads = p.n("num_heads"), d = p.n("hidden_size"), n_positions = p.n("max_position_embeddings");
  const double e = p.number("layer_norm_epsilon");
  Rows x = Plain::add(p.embed("transformer.wte", p.n("vocab_size"), d, ids),
                      p.embed("transformer.wpe", n_positions, d, counted(ids.size()), 0.5));
  for (int layer = 0; layer < p.n("num_layers"); ++layer) {
    p.out.hidden.push_back(x);
    const std::string at = "transformer.h." + std::to_string(layer);
    const Rows n = p.layer_norm(at + ".ln_1", x, e);
    const Rows q = p.linear(at + ".attn.attention.q_proj", n, d, false, 0.8);
    const Rows k = p.linear(at + ".attn.attention.k_proj", n, d, false, 0.8);
    const Rows v = p.linear(at + ".attn.attention.v_proj", n, d, false);
    const int window = layer % 2 == 1 ? p.n("window_size") : 0;
    const Rows z = p.attend(q, k, v, {heads, heads, d / heads, 1, 0, window});
    x = Plain::add(p.linear(at + ".attn.attention.out_proj", z, d, true), x);
    const Rows m = p.layer_norm(at + ".ln_2", x, e);
    const Rows inner = Plain::each(p.linear(at + ".mlp.c_fc", m, 4 * d, true), gelu_tanh);
    x = Plain::add(x, p.linear(at + ".mlp.c_proj", inner, d, true));
  }
  x = p.layer_norm("transformer.ln_f", x, e);
  p.out.hidden.push_back(x);
  p.out.logits = p.linear("transformer.wte", x, p.n("vocab_size"), false);
}

inline void opt(Plain& p, const std::vector<int>& ids) {
  const int heads = p.n("num_attention_heads"), d = p.n("hidden_size"), width = d / heads;
  const std::string top = "model.decoder.";
  const bool bias = p.c.value("enable_bias", true);
  Rows x = Plain::add(
      p.embed(top + "embed_tokens", p.n("vocab_size"), d, ids),
      p.embed(top + "embed_positions", p.n("max_position_embeddings") + 2, d, counted(ids.size(), 2), 0.5));
  for (int layer = 0; layer < p.n("num_hidden_layers"); ++layer) {
    p.out.hidden.push_back(x);
    const std::string at = top + "layers." + std::to_string(layer);
    const Rows n = p.layer_norm(at + ".self_attn_layer_norm", x, 1e-5);
    const Rows q = scaled(p.linear(at + ".self_attn.q_proj", n, d, bias, 1.6),
                          1 / std::sqrt(static_cast<double>(width)));
    const Rows k = p.linear(at + ".self_attn.k_proj", n, d, bias, 1.6);
    const Rows v = p.linear(at + ".self_attn.v_proj", n, d, bias);
    x = Plain::add(x,
                   p.linear(at + ".self_attn.out_proj", p.attend(q, k, v, {heads, heads, width}), d, bias));
    const Rows m = p.layer_norm(at + ".final_layer_norm", x, 1e-5);
    const Rows inner =
        Plain::each(p.linear(at + ".fc1", m, p.n("ffn_dim"), bias), [](double a) { return a > 0 ? a : 0; });
    x = Plain::add(x, p.linear(at + ".fc2", inner, d, bias));
  }
  x = p.layer_norm(top + "final_layer_norm", x, 1e-5);
  p.out.hidden.push_back(x);
  p.out.logits = p.linear(top + "embed_tokens", x, p.n("vocab_size"), false);
}

/// Takes a fused projection apart: for each key head its queries, then k, then v.
struct Fused {
  Rows q, k, v;
};
inline Fused take_apart(const Rows& fused, int heads, int kv, int width) {
  Fused parts;
  const int queries = heads / kv;
  for (const Row& row : fused) {
    Row q, k, v;
    for (int i = 0; i < static_cast<int>(row.size()); ++i) {
      const int place = i / width % (queries + 2);
      (place < queries ? q : place == queries ? k : v).push_back(row[static_cast<std::size_t>(i)]);
    }
    parts.q.push_back(q), parts.k.push_back(k), parts.v.push_back(v);
  }
  return parts;
}

inline void bloom(Plain& p, const std::vector<int>& ids) {
  const int heads = p.n("n_head"), d = p.n("hidden_size"), width = d / heads;
  const double e = p.number("layer_norm_epsilon");
  // Slopes of a number of heads between two powers of two: all of the lower power, then every second one of
  // the upper.
  std::vector<double> slopes;
  const int lower = 1 << static_cast<int>(std::floor(std::log2(heads)));
  const double step = std::pow(2, -std::pow(2, -(std::log2(lower) - 3)));
  for (int i = 1; i <= lower; ++i) slopes.push_back(std::pow(step, i));
  const double half_step = std::pow(2, -std::pow(2, -(std::log2(2 * lower) - 3)));
  for (int i = 1; static_cast<int>(slopes.size()) < heads; i += 2) slopes.push_back(std::pow(half_step, i));

  Rows x = p.embed("transformer.word_embeddings", p.n("vocab_size"), d, ids);
  x = p.layer_norm("transformer.word_embeddings_layernorm", x, e);
  for (int layer = 0; layer < p.n("n_layer"); ++layer) {
    p.out.hidden.push_back(x);
    const std::string at = "transformer.h." + std::to_string(layer);
    const Rows n = p.layer_norm(at + ".input_layernorm", x, e);
    const Fused f = take_apart(p.linear(at + ".self_attention.query_key_value", n, 3 * d, true, 1.5), heads,
                               heads, width);
    const Rows z =
        p.attend(f.q, f.k, f.v,
                 {heads, heads, width, 1 / std::sqrt(static_cast<double>(width)), 0, 0,
                  [&](int head, int, int key) { return slopes[static_cast<std::size_t>(head)] * key; }});
    x = Plain::add(p.linear(at + ".self_attention.dense", z, d, true), x);
    const Rows m = p.layer_norm(at + ".post_attention_layernorm", x, e);
    const Rows inner = Plain::each(p.linear(at + ".mlp.dense_h_to_4h", m, 4 * d, true), gelu_tanh);
    x = Plain::add(p.linear(at + ".mlp.dense_4h_to_h", inner, d, true), x);
  }
  x = p.layer_norm("transformer.ln_f", x, e);
  p.out.hidden.push_back(x);
  p.out.logits = p.linear("transformer.word_embeddings", x, p.n("vocab_size"), false);
}

inline void falcon(Plain& p, const std::vector<int>& ids) {
  const int heads = p.n("num_attention_heads"), d = p.n("hidden_size"), width = d / heads;
  const bool grouped = p.flag("new_decoder_architecture"), bias = p.flag("bias");
  const bool parallel = p.c.value("parallel_attn", true);
  const int kv = grouped ? p.n("num_kv_heads") : p.c.value("multi_query", true) ? 1 : heads;
  const int norms = p.c.value("num_ln_in_parallel_attn", grouped ? 2 : 1);
  const double e = p.number("layer_norm_epsilon");
  const Turning t = turning(p.c, width, static_cast<int>(ids.size()));
  Rows x = p.embed("transformer.word_embeddings", p.n("vocab_size"), d, ids);
  for (int layer = 0; layer < p.n("num_hidden_layers"); ++layer) {
    p.out.hidden.push_back(x);
    const std::string at = "transformer.h." + std::to_string(layer);
    const bool two = grouped && norms == 2;
    const Rows n = p.layer_norm(at + (two ? ".ln_attn" : ".input_layernorm"), x, e);
    const Fused f = take_apart(
        p.linear(at + ".self_attention.query_key_value", n, d + 2 * kv * width, bias, 1.6), heads, kv, width);
    const Rows z =
        p.attend(Plain::rotate(f.q, width, t.frequencies), Plain::rotate(f.k, width, t.frequencies), f.v,
                 {heads, kv, width, 1 / std::sqrt(static_cast<double>(width))});
    const Rows attended = p.linear(at + ".self_attention.dense", z, d, bias);
    Rows m = n;
    if (two) m = p.layer_norm(at + ".ln_mlp", x, e);
    if (!grouped && !parallel) m = p.layer_norm(at + ".post_attention_layernorm", Plain::add(x, attended), e);
    const Rows inner = Plain::each(p.linear(at + ".mlp.dense_h_to_4h", m, 4 * d, bias), gelu_erf);
    x = Plain::add(Plain::add(x, attended), p.linear(at + ".mlp.dense_4h_to_h", inner, d, bias));
  }
  x = p.layer_norm("transformer.ln_f", x, e);
  p.out.hidden.push_back(x);
  p.out.logits = p.linear("transformer.word_embeddings", x, p.n("vocab_size"), false);
}

}  // namespace headscope::plain
