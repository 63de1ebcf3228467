#include "models/families/vit.h"

#include "models/config_fields.h"
#include "models/families/class_names.h"
#include "models/patch_front.h"

namespace headscope {
namespace {

constexpr int kMaxImageSize = 4096;

TensorNames block_names(const std::string& prefix) {
  TensorNames names;
  names.prefix = prefix;
  const std::string layer = "encoder.layer.{}.";
  names.attention_norm = layer + "layernorm_before";
  names.qkv = {layer + "attention.attention.query", layer + "attention.attention.key",
               layer + "attention.attention.value"};
  names.attention_output = layer + "attention.output.dense";
  names.feed_forward_norm = layer + "layernorm_after";
  names.up = layer + "intermediate.dense";
  names.down = layer + "output.dense";
  // The bare model is saved with a pooler, which reads the last hidden state and which no attention follows.
  names.unread = {"pooler."};
  return names;
}

/// Errors: Corrupt, Unsupported.
Result<FamilyModel> read_blocks(const Json& json, const std::string& prefix, int n_special) {
  JsonFields fields(json, "config.json");
  FamilyModel model;
  TransformerConfig& config = model.config;
  PatchFront front;
  front.n_special = n_special;
  config.n_layers = static_cast<int>(fields.integer("num_hidden_layers", 1, kMaxLayers, 12));
  config.n_heads = static_cast<int>(fields.integer("num_attention_heads", 1, kMaxHeads, 12));
  config.d_model = static_cast<int>(fields.integer("hidden_size", 1, kMaxWidth, 768));
  config.d_feed_forward = static_cast<int>(fields.integer("intermediate_size", 1, kMaxWidth, 3072));
  config.norm_epsilon = static_cast<float>(fields.number("layer_norm_eps", 0, 1, 1e-12));
  config.qkv_bias = fields.boolean("qkv_bias", true);
  front.image_size = static_cast<int>(fields.integer("image_size", 1, kMaxImageSize, 224));
  front.patch_size = static_cast<int>(fields.integer("patch_size", 1, kMaxImageSize, 16));
  front.n_channels = static_cast<int>(fields.integer("num_channels", 1, 64, 3));
  const std::string activation = fields.string("hidden_act", "gelu");
  if (!fields.status()) return fields.status().error();
  if (Status heads = divide_into_heads("hidden_size", "num_attention_heads", config); !heads)
    return heads.error();
  if (front.patch_size > front.image_size) return corrupt_config("'patch_size' is larger than 'image_size'");
  auto known = activation_from_name(activation);
  if (!known) return known.error();
  config.activation = *known;
  config.n_kv_heads = config.n_heads;
  config.causal = false;
  config.attention_output_bias = config.feed_forward_bias = config.norm_bias = true;
  // The reference's last hidden state is what leaves the last block; the norm belongs to the classifiers.
  config.final_norm = false;
  config.has_output = false;
  config.max_tokens = front.n_tokens();
  model.names = block_names(prefix);
  model.patches = front;
  return model;
}

/// Errors: Corrupt.
Result<FamilyModel> with_classifiers(Result<FamilyModel> model, const Json& json,
                                     std::vector<std::string> classifiers) {
  if (!model) return model;
  if (!classifiers.empty()) {
    auto classes = class_names(json);
    if (!classes) return classes.error();
    model->patches->classes = std::move(*classes);
    model->patches->classifiers = std::move(classifiers);
  }
  model->extra = patch_tensors_of(*model->patches, model->config.d_model);
  return model;
}

}  // namespace

Result<FamilyModel> read_vit_config(const Json& json) {
  const bool classifies = json["architectures"][0] == "ViTForImageClassification";
  return with_classifiers(read_blocks(json, "vit.", 1), json,
                          classifies ? std::vector<std::string>{"classifier"} : std::vector<std::string>());
}

Result<FamilyModel> read_deit_config(const Json& json) {
  const std::string architecture = json["architectures"][0];
  std::vector<std::string> classifiers;
  if (architecture == "DeiTForImageClassification") classifiers = {"classifier"};
  if (architecture == "DeiTForImageClassificationWithTeacher") {
    classifiers = {"cls_classifier", "distillation_classifier"};
  }
  return with_classifiers(read_blocks(json, "deit.", 2), json, std::move(classifiers));
}

}  // namespace headscope
