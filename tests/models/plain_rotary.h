#pragma once

#include <numbers>

#include "models/plain_model.h"

/// Rotary frequencies as config.json asks for them, from the published formulas.
namespace headscope::plain {

struct Turning {
  Row frequencies;
  double magnitude = 1;
};

inline Turning turning(const Json& c, int head_width, int n_tokens, double default_base = 10000,
                       double default_share = 1) {
  const double pi = std::numbers::pi;
  double base = c.value("rope_theta", default_base);
  const int dim = static_cast<int>(head_width * c.value("partial_rotary_factor", default_share));
  const Json rope = c.value("rope_scaling", Json());
  const std::string type =
      rope.is_object() ? rope.value("rope_type", rope.value("type", "default")) : "default";
  const double factor = rope.is_object() ? rope.value("factor", 0.0) : 0;
  const double longest = c.at("max_position_embeddings");
  if (type == "dynamic" && n_tokens > longest) {
    base *= std::pow(factor * n_tokens / longest - (factor - 1), dim / (dim - 2.0));
  }
  Turning t;
  for (int i = 0; i < dim; i += 2) t.frequencies.push_back(1 / std::pow(base, static_cast<double>(i) / dim));
  if (type == "linear") {
    for (double& f : t.frequencies) f /= factor;
  } else if (type == "llama3") {
    const double old = rope.at("original_max_position_embeddings"), low = rope.at("low_freq_factor"),
                 high = rope.at("high_freq_factor");
    for (double& f : t.frequencies) {
      const double wavelength = 2 * pi / f;
      if (wavelength < old / high) continue;
      if (wavelength > old / low) {
        f /= factor;
      } else {
        const double smooth = (old / wavelength - low) / (high - low);
        f = (1 - smooth) * f / factor + smooth * f;
      }
    }
  } else if (type == "yarn") {
    const double old = rope.value("original_max_position_embeddings", longest);
    const double s = factor > 0 ? factor : longest / old;
    const auto feature = [&](double turns) {
      return dim * std::log(old / (turns * 2 * pi)) / (2 * std::log(base));
    };
    double low = feature(rope.value("beta_fast", 32.0)), high = feature(rope.value("beta_slow", 1.0));
    if (rope.value("truncate", true)) low = std::floor(low), high = std::ceil(high);
    low = std::max(low, 0.0);
    high = std::min(high, dim - 1.0);
    for (std::size_t i = 0; i < t.frequencies.size(); ++i) {
      const double ramp = std::min(1.0, std::max(0.0, (static_cast<double>(i) - low) / (high - low)));
      t.frequencies[i] = t.frequencies[i] / s * ramp + t.frequencies[i] * (1 - ramp);
    }
    t.magnitude = 0.1 * std::log(s) + 1;
    if (rope.contains("mscale")) {
      t.magnitude = (0.1 * rope["mscale"].get<double>() * std::log(s) + 1) /
                    (0.1 * rope["mscale_all_dim"].get<double>() * std::log(s) + 1);
    }
    if (rope.contains("attention_factor")) t.magnitude = rope["attention_factor"];
  } else if (type == "longrope" || type == "su") {
    const double old = c.at("original_max_position_embeddings");
    const Json& divisors = rope.at(n_tokens > old ? "long_factor" : "short_factor");
    for (std::size_t i = 0; i < t.frequencies.size(); ++i) t.frequencies[i] /= divisors[i].get<double>();
    t.magnitude = std::sqrt(1 + std::log(longest / old) / std::log(old));
  }
  return t;
}

}  // namespace headscope::plain
