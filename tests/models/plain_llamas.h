#pragma once

#include "models/plain_rotary.h"

/// Llama and its relatives, each block in the order of its published code.
namespace headscope::plain {

inline std::string layer_name(int layer, const char* rest) {
  return "model.layers." + std::to_string(layer) + rest;
}

struct Sizes {
  int layers, heads, kv, d, width, hidden, vocab;
};
inline Sizes sizes(const Plain& p) {
  const int heads = p.n("num_attention_heads"), d = p.n("hidden_size");
  return {p.n("num_hidden_layers"),
          heads,
          p.c.value("num_key_value_heads", heads),
          d,
          p.c.value("head_dim", d / heads),
          p.n("intermediate_size"),
          p.n("vocab_size")};
}

/// gate, up and down.
inline Rows gated(Plain& p, int layer, const Rows& x, double (*f)(double), bool bias = false) {
  const Sizes s = sizes(p);
  const Rows gate = p.linear(layer_name(layer, ".mlp.gate_proj"), x, s.hidden, bias);
  const Rows up = p.linear(layer_name(layer, ".mlp.up_proj"), x, s.hidden, bias);
  return p.linear(layer_name(layer, ".mlp.down_proj"), Plain::multiply(Plain::each(gate, f), up), s.d, bias);
}

struct SelfAttention {
  bool qkv_bias = false, output_bias = false;
  const char* output = ".self_attn.o_proj";
  double scale = 0, cap = 0;
  int window = 0;
  std::function<Rows(const char* which, const Rows&)> norm = {};  ///< of q and k, before they turn
};
inline Rows self_attention(Plain& p, int layer, const Rows& x, const Turning& t, const SelfAttention& a) {
  const Sizes s = sizes(p);
  Rows q = p.linear(layer_name(layer, ".self_attn.q_proj"), x, s.heads * s.width, a.qkv_bias, 1.6);
  Rows k = p.linear(layer_name(layer, ".self_attn.k_proj"), x, s.kv * s.width, a.qkv_bias, 1.6);
  const Rows v = p.linear(layer_name(layer, ".self_attn.v_proj"), x, s.kv * s.width, a.qkv_bias);
  if (a.norm) q = a.norm(".self_attn.q_norm", q), k = a.norm(".self_attn.k_norm", k);
  q = Plain::rotate(q, s.width, t.frequencies, t.magnitude);
  k = Plain::rotate(k, s.width, t.frequencies, t.magnitude);
  const double scale = a.scale > 0 ? a.scale : 1 / std::sqrt(static_cast<double>(s.width));
  const Rows z = p.attend(q, k, v, {s.heads, s.kv, s.width, scale, a.cap, a.window});
  return p.linear(layer_name(layer, a.output), z, s.d, a.output_bias);
}

/// The embedding, the blocks one after the other, the last norm and the output.
template <class Block, class Norm>
void run(Plain& p, const std::vector<int>& ids, double embedding_scale, Block block, Norm last_norm) {
  const Sizes s = sizes(p);
  Rows x = p.embed("model.embed_tokens", s.vocab, s.d, ids);
  x = Plain::each(x, [&](double v) { return v * embedding_scale; });
  for (int layer = 0; layer < s.layers; ++layer) {
    p.out.hidden.push_back(x);
    x = block(layer, x);
  }
  x = last_norm(x);
  p.out.hidden.push_back(x);
  const bool tied = p.flag("tie_word_embeddings");
  p.out.logits = p.linear(tied ? "model.embed_tokens" : "lm_head", x, s.vocab, false);
}

inline void llama(Plain& p, const std::vector<int>& ids) {
  const double e = p.number("rms_norm_eps");
  const std::string type = p.c.value("model_type", "");
  const Turning t = turning(p.c, sizes(p).width, static_cast<int>(ids.size()));
  const auto norm = [&](const std::string& name, const Rows& x) { return p.rms_norm(name, x, e); };
  run(
      p, ids, 1,
      [&](int layer, Rows x) {
        SelfAttention a;
        a.qkv_bias = p.flag("attention_bias") || type == "qwen2";
        a.output_bias = p.flag("attention_bias");
        if (type == "mistral") a.window = p.n("sliding_window");
        if (p.flag("use_sliding_window") && layer >= p.n("max_window_layers"))
          a.window = p.n("sliding_window");
        if (type == "qwen3") {
          a.norm = [&](const char* which, const Rows& rows) {
            return p.head_norm(layer_name(layer, which), rows, sizes(p).width, e);
          };
        }
        x = Plain::add(x, self_attention(p, layer, norm(layer_name(layer, ".input_layernorm"), x), t, a));
        const Rows n = norm(layer_name(layer, ".post_attention_layernorm"), x);
        return Plain::add(x, gated(p, layer, n, silu, p.flag("mlp_bias")));
      },
      [&](const Rows& x) { return norm("model.norm", x); });
}

inline void phi3(Plain& p, const std::vector<int>& ids) {
  const Sizes s = sizes(p);
  const double e = p.number("rms_norm_eps");
  const Turning t = turning(p.c, s.width, static_cast<int>(ids.size()));
  run(
      p, ids, 1,
      [&](int layer, Rows x) {
        const Rows n = p.rms_norm(layer_name(layer, ".input_layernorm"), x, e);
        const int q_width = s.heads * s.width, kv_width = s.kv * s.width;
        const Rows qkv =
            p.linear(layer_name(layer, ".self_attn.qkv_proj"), n, q_width + 2 * kv_width, false, 1.6);
        const Rows q = Plain::rotate(Plain::columns(qkv, 0, q_width), s.width, t.frequencies, t.magnitude);
        const Rows k =
            Plain::rotate(Plain::columns(qkv, q_width, kv_width), s.width, t.frequencies, t.magnitude);
        const Rows z = p.attend(q, k, Plain::columns(qkv, q_width + kv_width, kv_width),
                                {s.heads, s.kv, s.width, 1 / std::sqrt(static_cast<double>(s.width)), 0,
                                 p.c.value("sliding_window", 0)});
        x = Plain::add(x, p.linear(layer_name(layer, ".self_attn.o_proj"), z, s.d, false));
        const Rows m = p.rms_norm(layer_name(layer, ".post_attention_layernorm"), x, e);
        const Rows both = p.linear(layer_name(layer, ".mlp.gate_up_proj"), m, 2 * s.hidden, false);
        const Rows inner = Plain::multiply(Plain::each(Plain::columns(both, 0, s.hidden), silu),
                                           Plain::columns(both, s.hidden, s.hidden));
        return Plain::add(x, p.linear(layer_name(layer, ".mlp.down_proj"), inner, s.d, false));
      },
      [&](const Rows& x) { return p.rms_norm("model.norm", x, e); });
}

inline void gemma(Plain& p, const std::vector<int>& ids) {
  const Sizes s = sizes(p);
  const double e = p.number("rms_norm_eps"), scale = std::sqrt(static_cast<double>(s.d));
  const Turning t = turning(p.c, s.width, static_cast<int>(ids.size()));
  run(
      p, ids, scale,
      [&](int layer, Rows x) {
        const Rows n = p.rms_norm(layer_name(layer, ".input_layernorm"), x, e, 1);
        x = Plain::add(x, self_attention(p, layer, n, t, {}));
        const Rows m = p.rms_norm(layer_name(layer, ".post_attention_layernorm"), x, e, 1);
        return Plain::add(x, gated(p, layer, m, gelu_tanh));
      },
      [&](const Rows& x) { return p.rms_norm("model.norm", x, e, 1); });
}

inline void gemma3(Plain& p, const std::vector<int>& ids) {
  const Sizes s = sizes(p);
  const double e = p.number("rms_norm_eps"), scale = std::sqrt(static_cast<double>(s.d));
  const int n_tokens = static_cast<int>(ids.size());
  Json local = p.c;
  local.erase("rope_scaling");
  local["rope_theta"] = p.c.value("rope_local_base_freq", 10000.0);
  const Turning everywhere = turning(p.c, s.width, n_tokens, 1e6), near = turning(local, s.width, n_tokens);
  const auto norm = [&](int layer, const char* name, const Rows& x) {
    return p.rms_norm(layer_name(layer, name), x, e, 1);
  };
  run(
      p, ids, scale,
      [&](int layer, Rows x) {
        const bool slides = (layer + 1) % p.c.value("sliding_window_pattern", 6) != 0;
        SelfAttention a;
        a.scale = 1 / std::sqrt(p.number("query_pre_attn_scalar"));
        a.window = slides ? p.n("sliding_window") : 0;
        a.norm = [&](const char* which, const Rows& rows) {
          return p.head_norm(layer_name(layer, which), rows, s.width, e, 1);
        };
        const Rows attended =
            self_attention(p, layer, norm(layer, ".input_layernorm", x), slides ? near : everywhere, a);
        x = Plain::add(x, norm(layer, ".post_attention_layernorm", attended));
        const Rows fed = gated(p, layer, norm(layer, ".pre_feedforward_layernorm", x), gelu_tanh);
        return Plain::add(x, norm(layer, ".post_feedforward_layernorm", fed));
      },
      [&](const Rows& x) { return p.rms_norm("model.norm", x, e, 1); });
}

inline void olmo2(Plain& p, const std::vector<int>& ids) {
  const double e = p.number("rms_norm_eps");
  const Turning t = turning(p.c, sizes(p).width, static_cast<int>(ids.size()));
  run(
      p, ids, 1,
      [&](int layer, Rows x) {
        SelfAttention a;
        a.norm = [&](const char* which, const Rows& rows) {
          return p.rms_norm(layer_name(layer, which), rows, e);
        };
        const Rows attended = self_attention(p, layer, x, t, a);
        x = Plain::add(x, p.rms_norm(layer_name(layer, ".post_attention_layernorm"), attended, e));
        const Rows fed = gated(p, layer, x, silu);
        return Plain::add(x, p.rms_norm(layer_name(layer, ".post_feedforward_layernorm"), fed, e));
      },
      [&](const Rows& x) { return p.rms_norm("model.norm", x, e); });
}

inline void stablelm(Plain& p, const std::vector<int>& ids) {
  const double e = p.number("layer_norm_eps");
  const Turning t = turning(p.c, sizes(p).width, static_cast<int>(ids.size()), 10000, 0.25);
  run(
      p, ids, 1,
      [&](int layer, Rows x) {
        SelfAttention a;
        a.qkv_bias = p.flag("use_qkv_bias");
        const Rows n = p.layer_norm(layer_name(layer, ".input_layernorm"), x, e);
        const Rows attended = self_attention(p, layer, n, t, a);
        if (p.flag("use_parallel_residual")) {
          return Plain::add(Plain::add(x, attended), gated(p, layer, n, silu));
        }
        x = Plain::add(x, attended);
        const Rows m = p.layer_norm(layer_name(layer, ".post_attention_layernorm"), x, e);
        return Plain::add(x, gated(p, layer, m, silu));
      },
      [&](const Rows& x) { return p.layer_norm("model.norm", x, e); });
}

inline void starcoder2(Plain& p, const std::vector<int>& ids) {
  const Sizes s = sizes(p);
  const double e = p.number("norm_epsilon");
  const bool bias = p.c.value("use_bias", true);
  const Turning t = turning(p.c, s.width, static_cast<int>(ids.size()));
  run(
      p, ids, 1,
      [&](int layer, Rows x) {
        SelfAttention a;
        a.qkv_bias = a.output_bias = bias;
        a.window = p.c.value("sliding_window", 0);
        const Rows n = p.layer_norm(layer_name(layer, ".input_layernorm"), x, e);
        x = Plain::add(x, self_attention(p, layer, n, t, a));
        const Rows m = p.layer_norm(layer_name(layer, ".post_attention_layernorm"), x, e);
        const Rows inner =
            Plain::each(p.linear(layer_name(layer, ".mlp.c_fc"), m, s.hidden, bias), gelu_tanh);
        return Plain::add(x, p.linear(layer_name(layer, ".mlp.c_proj"), inner, s.d, bias));
      },
      [&](const Rows& x) { return p.layer_norm("model.norm", x, e); });
}

}  // namespace headscope::plain
