#include "models/picture_model.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numeric>

#include "core/norm.h"
#include "models/model_instance.h"

namespace headscope {
namespace {

Error no_picture(const std::string& name) {
  return {ErrorCode::Unsupported, "'" + name + "' looks at pictures, not at text",
          "Give a picture as PNG or JPEG: headscope attend --image FILE"};
}

TracePicture picture_of(const Image& image, const PatchFront& front) {
  return {image.width,    image.height, image.rgba, front.patches_a_side(), front.patches_a_side(),
          front.n_special};
}

TraceMediaPtr media_of(TracePicture picture) {
  auto media = std::make_shared<TraceMedia>();
  media->picture = std::make_unique<const TracePicture>(std::move(picture));
  return media;
}

std::size_t bytes_of_weights(const TransformerConfig& config, int n_tokens) {
  const auto n = static_cast<std::size_t>(n_tokens);
  return n * n * static_cast<std::size_t>(config.n_heads) * static_cast<std::size_t>(config.n_layers) *
         sizeof(float);
}

}  // namespace

PictureModel::PictureModel(std::string name, ModelInfo info, PatchFront front, PatchParams params,
                           Transformer transformer, Result<ImageRecipe> recipe)
    : name_(std::move(name)),
      info_(std::move(info)),
      front_(std::move(front)),
      params_(std::move(params)),
      instance_(next_model_instance()),
      tokenizer_(front_.n_tokens()),
      recipe_(std::move(recipe)),
      transformer_(std::move(transformer)) {
  const TransformerConfig& config = transformer_.config();
  shape_ = {config.n_layers, config.n_heads, config.n_kv_heads,
            config.head_dim, config.d_model, front_.n_classes()};
  info_.kind = ModelKind::Encoder;
  info_.output = front_.classifiers.empty() ? "none" : "class of the picture";
}

Result<MediaInputPtr> PictureModel::read_media(const std::filesystem::path& path) const {
  if (!recipe_) return recipe_.error();
  const Result<Image> image = read_picture(path);
  if (!image) return image.error();
  const Result<Image> prepared = prepared_image(*image, *recipe_);
  if (!prepared) return prepared.error();
  auto input = std::make_shared<MediaInput>();
  input->pixels = pixel_values(*prepared, *recipe_);
  input->shown = media_of(picture_of(*prepared, front_));
  return MediaInputPtr(std::move(input));
}

Result<TracePtr> PictureModel::trace(const std::string&, const TraceOptions&) const {
  return no_picture(name_);
}

TraceMediaPtr PictureModel::shown(const MediaInput& input) const {
  if (input.shown) return input.shown;
  // Only the numbers are known: they are turned back into levels, as far as they have any.
  const PixelValues& pixels = input.pixels;
  const ImageRecipe recipe = recipe_ ? *recipe_ : ImageRecipe::vit(front_.image_size);
  const std::size_t n = static_cast<std::size_t>(pixels.width) * static_cast<std::size_t>(pixels.height);
  Image image{pixels.width, pixels.height, std::vector<std::uint8_t>(n * 4, 255)};
  for (std::size_t i = 0; i < n * 3; ++i) {
    const std::size_t c = i % 3,
                      channel = std::min<std::size_t>(c, static_cast<std::size_t>(pixels.n_channels) - 1);
    const float mean = recipe.mean ? (*recipe.mean)[c] : 0, std = recipe.std ? (*recipe.std)[c] : 1;
    const double level = (pixels.values[channel * n + i / 3] * std + mean) / recipe.scale;
    image.rgba[i / 3 * 4 + c] =
        static_cast<std::uint8_t>(std::clamp(std::lround(std::clamp(level, -1.0, 256.0)), 0L, 255L));
  }
  return media_of(picture_of(image, front_));
}

std::vector<TraceToken> PictureModel::tokens() const {
  std::vector<TraceToken> tokens(static_cast<std::size_t>(front_.n_tokens()));
  const int side = front_.patches_a_side();
  for (int i = 0; i < front_.n_tokens(); ++i) {
    TraceToken& token = tokens[static_cast<std::size_t>(i)];
    const int patch = i - front_.n_special;
    token.id = i;
    token.special = patch < 0;
    if (patch < 0) {
      token.label = i == 0 ? "[CLS]" : "[DIST]";
    } else {
      token.label = "patch " + std::to_string(patch / side + 1) + "," + std::to_string(patch % side + 1);
    }
  }
  return tokens;
}

Matrix PictureModel::class_logits(const Matrix& hidden) const {
  const int d = static_cast<int>(hidden.cols());
  Matrix sum = Matrix::Zero(1, front_.n_classes());
  for (std::size_t i = 0; i < params_.classifiers.size(); ++i) {
    Vector normed(d);
    layer_norm(hidden.row(static_cast<Eigen::Index>(i)).data(), d, 1, d, params_.norm.gain_or_null(),
               params_.norm.bias_or_null(), transformer_.config().norm_epsilon, normed.data(), d);
    PackedLinear::Options options;
    options.accumulate = true;
    params_.classifiers[i].apply(normed.data(), d, 1, sum.data(), front_.n_classes(), transformer_.pool(),
                                 options);
  }
  // Two classifiers, one on each of the first tokens, are averaged (DeiT with a teacher).
  return sum / static_cast<float>(params_.classifiers.size());
}

std::vector<TokenProbability> PictureModel::most_probable_classes(const Matrix& logits, int n) const {
  std::vector<int> order(front_.classes.size());
  std::iota(order.begin(), order.end(), 0);
  n = std::min(n, front_.n_classes());
  std::partial_sort(order.begin(), order.begin() + n, order.end(), [&](int a, int b) {
    return logits(0, a) != logits(0, b) ? logits(0, a) > logits(0, b) : a < b;
  });
  const float peak = logits.maxCoeff(), total = (logits.array() - peak).exp().sum();
  std::vector<TokenProbability> best;
  for (int i = 0; i < n; ++i) {
    const int id = order[static_cast<std::size_t>(i)];
    best.push_back(
        {id, front_.classes[static_cast<std::size_t>(id)], std::exp(logits(0, id) - peak) / total});
  }
  return best;
}

Result<TracePtr> PictureModel::trace_ids(const TokenInput& input, const TraceOptions& options) const {
  const auto start = std::chrono::steady_clock::now();
  if (!input.media || input.media->pixels.values.empty()) return no_picture(name_);
  if (!input.ids.empty() || !input.decoder_input_ids.empty()) {
    return Error{ErrorCode::Unsupported, "'" + name_ + "' reads a picture alone: it takes no token ids",
                 "Give pixel_values alone"};
  }
  const PixelValues& pixels = input.media->pixels;
  if (pixels.n_channels != front_.n_channels || pixels.height != front_.image_size ||
      pixels.width != front_.image_size) {
    const auto size = [](int c, int h, int w) {
      return "[" + std::to_string(c) + ", " + std::to_string(h) + ", " + std::to_string(w) + "]";
    };
    return Error{ErrorCode::InvalidArgument,
                 "'" + name_ + "' reads pixel values of shape " +
                     size(front_.n_channels, front_.image_size, front_.image_size) + ", found " +
                     size(pixels.n_channels, pixels.height, pixels.width),
                 "Prepare the picture for this model"};
  }
  const std::lock_guard lock(mutex_);
  const TransformerConfig& config = transformer_.config();
  AttentionTrace trace;
  trace.model_name = name_;
  trace.model_instance = instance_;
  trace.shape = shape_;
  trace.causal = false;
  trace.tokens = tokens();
  trace.media = shown(*input.media);
  trace.layers.resize(static_cast<std::size_t>(config.n_layers));
  trace.n_computed = front_.n_tokens();
  const auto elapsed_ms = [&] {
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
  };

  const Matrix embedded = embed_patches(pixels, front_, params_, transformer_.pool());
  const bool classifies = !params_.classifiers.empty() &&
                          (options.n_next_tokens > 0 || options.keep_logits || options.keep_last_logits);
  ForwardRequest request;
  request.embedded = &embedded;
  request.keep_weights =
      options.keep_weights && bytes_of_weights(config, front_.n_tokens()) <= options.max_weight_bytes;
  request.keep_hidden = options.keep_hidden;
  request.final_hidden = classifies;
  request.stop = options.stop;
  request.on_attention = [&](int layer, const LayerRowsPtr& rows, const CrossRowsPtr&) {
    trace.layers[static_cast<std::size_t>(layer)] =
        std::make_shared<const LayerRecord>(config.heads(), transformer_.score_rule(layer, nullptr),
                                            std::vector<SharedLayerRows>{{rows, rows->n}});
    if (!options.on_layer) return;
    trace.compute_ms = elapsed_ms();
    options.on_layer(std::make_shared<const AttentionTrace>(trace),
                     static_cast<float>(layer + 1) / static_cast<float>(config.n_layers));
  };
  auto forward = transformer_.forward(request);
  if (!forward) return forward.error();
  if (classifies) {
    Matrix logits = class_logits(forward->final_hidden);
    if (options.n_next_tokens > 0) {
      trace.next_tokens.resize(trace.tokens.size());
      trace.next_tokens[0] = most_probable_classes(logits, options.n_next_tokens);
    }
    if (options.keep_last_logits) trace.last_logits = logits.row(0).transpose();
    if (options.keep_logits) trace.logits = SharedRows().with(std::move(logits));
  }
  for (Matrix& rows : forward->hidden) trace.hidden.push_back(SharedRows().with(std::move(rows)));
  trace.compute_ms = elapsed_ms();
  return std::make_shared<const AttentionTrace>(std::move(trace));
}

}  // namespace headscope
