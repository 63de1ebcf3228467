#include "models/rotary_fields.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string_view>

#include "io/quote.h"
#include "models/config_fields.h"

namespace headscope {
namespace {

using Kind = RotaryScalingKind;

/// A setting that generations of files have called by different names, which must agree.
struct NumberByManyNames {
  double low, high;
  std::optional<double> value = {};
  std::string name = {};

  /// Errors: Corrupt.
  Status read(const Json& object, const std::string& where, std::initializer_list<const char*> names) {
    JsonFields fields(object, where);
    for (const char* key : names) {
      if (!fields.has(key)) continue;
      const double found = fields.number(key, low, high);
      if (!fields.status()) return fields.status();
      if (value && *value != found)
        return corrupt_config(std::string("'") + key + "' contradicts '" + name + "'");
      value = found;
      name = key;
    }
    return {};
  }
};

struct TypeName {
  const char* name;
  Kind kind;
  /// Keys that this type reads, beside those that every type has.
  std::vector<std::string_view> keys;
};
const TypeName kTypes[] = {
    {"default", Kind::None, {"factor"}},
    {"linear", Kind::Linear, {"factor"}},
    {"dynamic", Kind::Dynamic, {"factor", "original_max_position_embeddings"}},
    {"yarn",
     Kind::Yarn,
     {"factor", "original_max_position_embeddings", "attention_factor", "beta_fast", "beta_slow", "mscale",
      "mscale_all_dim", "truncate"}},
    {"llama3",
     Kind::Llama3,
     {"factor", "original_max_position_embeddings", "low_freq_factor", "high_freq_factor"}},
    {"longrope",
     Kind::LongRope,
     {"factor", "original_max_position_embeddings", "attention_factor", "short_factor", "long_factor"}},
    // The name that the first Phi-3 files have for it.
    {"su", Kind::LongRope, {"original_max_position_embeddings", "short_factor", "long_factor"}},
};
constexpr std::string_view kCommonKeys[] = {"rope_type", "type", "rope_theta", "partial_rotary_factor"};

/// The scaling object's type, "default" when there is none.
std::string scaling_type(const Json& rope) {
  for (const char* key : {"rope_type", "type"}) {
    if (rope.contains(key) && rope[key].is_string()) return rope[key];
  }
  return rope.empty() || rope.contains("rope_theta") ? "default" : "unnamed";
}

/// Reads one rope_scaling or rope_parameters object into a RotaryScaling.
class ScalingReader {
 public:
  ScalingReader(const Json& config, const Json& rope, std::string key)
      : rope_(rope),
        key_(std::move(key)),
        fields_(rope, "config.json, " + key_),
        config_(config, "config.json") {}

  /// Errors: Corrupt, Unsupported.
  Result<RotaryScaling> read() {
    const std::string type = scaling_type(rope_);
    const auto* known = std::ranges::find(kTypes, type, &TypeName::name);
    if (known == std::end(kTypes)) return unsupported_option("'" + key_ + "' of type " + quote(type));
    for (const auto& [name, value] : rope_.items()) {
      const auto is_name = [&, n = std::string_view(name)](std::string_view key) { return key == n; };
      if (std::ranges::any_of(kCommonKeys, is_name) || std::ranges::any_of(known->keys, is_name)) continue;
      if (!value.is_null()) return unsupported_option("the option " + quote(name) + " of '" + key_ + "'");
    }
    scaling_.kind = known->kind;
    if (known->kind == Kind::None) return scaling_;
    n_max_ = static_cast<int>(config_.integer("max_position_embeddings", 1, kMaxPositions));
    Status status;
    switch (known->kind) {
      case Kind::Linear:
        scaling_.factor = fields_.number("factor", 1, 1e6);
        break;
      case Kind::Dynamic:
        // The published code goes by the model's own length, whatever else the object says.
        scaling_.factor = fields_.number("factor", 1, 1e6);
        scaling_.n_original = n_max_;
        break;
      case Kind::Yarn:
        status = read_yarn();
        break;
      case Kind::Llama3:
        status = read_llama3();
        break;
      default:
        status = read_longrope();
    }
    if (!fields_.status()) return fields_.status().error();
    if (!config_.status()) return config_.status().error();
    if (!status) return status.error();
    return scaling_;
  }

  int max_tokens() const {
    const double longest =
        scaling_.kind == Kind::Linear || scaling_.kind == Kind::Dynamic ? scaling_.factor * n_max_
        : scaling_.kind == Kind::Yarn ? std::max<double>(n_max_, scaling_.factor * scaling_.n_original)
                                      : n_max_;
    return static_cast<int>(std::min<double>(longest, kMaxPositions));
  }

 private:
  /// The length of the first training: beside the object it comes before the one in it, as in Phi-3.
  void read_original() {
    const auto inside = fields_.integer("original_max_position_embeddings", 1, kMaxPositions, n_max_);
    scaling_.n_original =
        static_cast<int>(config_.integer("original_max_position_embeddings", 1, kMaxPositions, inside));
    has_original_ =
        fields_.has("original_max_position_embeddings") || config_.has("original_max_position_embeddings");
  }

  /// `factor`, or how much longer the model is than its first training. Some versions of the published code
  /// take the one, some the other: where both are there they must agree.
  Status read_factor() {
    read_original();
    if (!fields_.status() || !config_.status()) return {};
    const double ratio = static_cast<double>(n_max_) / scaling_.n_original;
    if (!fields_.has("factor") && !has_original_) {
      return corrupt_config("'" + key_ + "' needs 'factor' or 'original_max_position_embeddings'");
    }
    scaling_.factor = fields_.number("factor", 1, 1e6, std::max(1.0, ratio));
    if (has_original_ && ratio != 1 && std::abs(scaling_.factor - ratio) > 1e-6 * ratio) {
      return unsupported_option("'" + key_ + "' with a 'factor' that is not 'max_position_embeddings' over " +
                                "'original_max_position_embeddings'");
    }
    return {};
  }

  Status read_yarn() {
    if (Status factor = read_factor(); !factor) return factor;
    scaling_.beta_fast = fields_.number("beta_fast", 1e-3, 1e6, 32);
    scaling_.beta_slow = fields_.number("beta_slow", 1e-3, 1e6, 1);
    scaling_.truncate = fields_.boolean("truncate", true);
    const auto strength = [&](double m) { return 0.1 * m * std::log(std::max(1.0, scaling_.factor)) + 1; };
    const double mscale = fields_.number("mscale", 0, 1e3, 0),
                 all = fields_.number("mscale_all_dim", 0, 1e3, 0);
    const double usual = mscale > 0 && all > 0 ? strength(mscale) / strength(all) : strength(1);
    scaling_.magnitude = fields_.number("attention_factor", 1e-3, 1e3, usual);
    return {};
  }

  Status read_llama3() {
    read_original();
    scaling_.factor = fields_.number("factor", 1, 1e6);
    scaling_.low_freq_factor = fields_.number("low_freq_factor", 1e-3, 1e6);
    scaling_.high_freq_factor = fields_.number("high_freq_factor", 1e-3, 1e6);
    if (fields_.status() && scaling_.high_freq_factor <= scaling_.low_freq_factor) {
      return corrupt_config("'high_freq_factor' must be larger than 'low_freq_factor'");
    }
    return {};
  }

  Status read_longrope() {
    if (Status factor = read_factor(); !factor) return factor;
    const double factor = scaling_.factor;
    const double usual = factor > 1 && scaling_.n_original > 1
                             ? std::sqrt(1 + std::log(factor) / std::log(scaling_.n_original))
                             : 1.0;
    scaling_.magnitude = fields_.number("attention_factor", 1e-3, 1e3, usual);
    Status status = read_divisors("short_factor", scaling_.short_divisors);
    if (status) status = read_divisors("long_factor", scaling_.long_divisors);
    return status;
  }

  Status read_divisors(const char* key, std::vector<float>& into) {
    const Json& list = fields_.child(key);
    bool good = list.is_array();
    for (std::size_t i = 0; good && i < list.size(); ++i) {
      good = list[i].is_number() && list[i].get<double>() >= 1e-3 && list[i].get<double>() <= 1e6;
      if (good) into.push_back(list[i].get<float>());
    }
    if (good) return {};
    return corrupt_config("'" + key_ + "' must have a list of positive numbers '" + key + "'");
  }

  const Json& rope_;
  std::string key_;
  JsonFields fields_, config_;
  RotaryScaling scaling_;
  int n_max_ = 0;
  bool has_original_ = false;
};

}  // namespace

Result<RotarySettings> read_rotary(const Json& config, const RotarySettings& defaults,
                                   const char* layer_type) {
  NumberByManyNames base{1.0, 1e12}, share{0.0, 1.0};
  RotarySettings settings = defaults;
  JsonFields fields(config, "config.json");
  settings.max_tokens = static_cast<int>(
      fields.integer("max_position_embeddings", 1, kMaxPositions, std::max(1, defaults.max_tokens)));
  if (!fields.status()) return fields.status().error();
  Status status = base.read(config, "config.json", {"rope_theta", "rotary_emb_base"});
  if (status) status = share.read(config, "config.json", {"partial_rotary_factor", "rotary_pct"});
  for (const char* key : {"rope_scaling", "rope_parameters"}) {
    if (!status || !config.contains(key) || config[key].is_null()) continue;
    const Json* rope = &config[key];
    if (layer_type && rope->is_object() && rope->contains(layer_type)) rope = &(*rope)[layer_type];
    if (!rope->is_object()) return corrupt_config(std::string("'") + key + "' must be an object");
    ScalingReader reader(config, *rope, key);
    auto scaling = reader.read();
    if (!scaling) return scaling.error();
    if (scaling->kind != Kind::None) {
      if (settings.scaling.kind != Kind::None) {
        return corrupt_config("'rope_scaling' and 'rope_parameters' both scale the positions");
      }
      settings.scaling = std::move(*scaling);
      settings.max_tokens = reader.max_tokens();
    }
    status = base.read(*rope, std::string("config.json, ") + key, {"rope_theta"});
    if (status) status = share.read(*rope, std::string("config.json, ") + key, {"partial_rotary_factor"});
  }
  if (!status) return status.error();
  settings.base = base.value.value_or(defaults.base);
  settings.share = share.value.value_or(defaults.share);
  if (settings.scaling.kind == Kind::Yarn && settings.base <= 1) {
    return corrupt_config("'rope_theta' must be larger than 1 where positions are scaled");
  }
  return settings;
}

Status apply_rotary(const RotarySettings& settings, TransformerConfig& into) {
  into.position = PositionKind::Rotary;
  into.rotary_base = settings.base;
  into.rotary_scaling = settings.scaling;
  into.n_rotary = static_cast<int>(into.head_dim * settings.share);
  into.max_tokens = settings.max_tokens;
  const auto n_pairs = static_cast<std::size_t>(into.n_rotary / 2);
  if (settings.scaling.kind == Kind::LongRope) {
    for (const auto* divisors : {&settings.scaling.short_divisors, &settings.scaling.long_divisors}) {
      if (divisors->size() == n_pairs) continue;
      return corrupt_config("'short_factor' and 'long_factor' must have " + std::to_string(n_pairs) +
                            " numbers each, found " + std::to_string(divisors->size()));
    }
  }
  if (settings.scaling.kind == Kind::Dynamic && into.n_rotary <= 2) {
    return corrupt_config("dynamic scaling needs more than 2 rotary features in a head");
  }
  return {};
}

}  // namespace headscope
