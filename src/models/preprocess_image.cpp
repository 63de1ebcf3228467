#include "models/preprocess_image.h"

#include <cstring>
#include <string_view>

#include "io/quote.h"

namespace headscope {
namespace {

constexpr int kMaxSide = 16384;
const char* const kFile = "preprocessor_config.json";

Error unsupported(const std::string& what) {
  return {ErrorCode::Unsupported, std::string(kFile) + ": " + what + " is not supported",
          "Write pixel_values with the model's own software and give them by --inputs"};
}

/// 224, or {"height": 224, "width": 224}. Errors: Corrupt, Unsupported.
Result<PictureSize> read_size(const Json& config, const char* key) {
  const Json& value = config[key];
  if (value.is_object()) {
    if (!value.contains("height") || !value.contains("width")) {
      return unsupported(std::string("'") + key + "' without height and width");
    }
    JsonFields fields(value, std::string(kFile) + ", " + key);
    const PictureSize size{static_cast<int>(fields.integer("width", 1, kMaxSide)),
                           static_cast<int>(fields.integer("height", 1, kMaxSide))};
    if (!fields.status()) return fields.status().error();
    return size;
  }
  JsonFields fields(config, kFile);
  const int side = static_cast<int>(fields.integer(key, 1, kMaxSide));
  if (!fields.status()) return fields.status().error();
  return PictureSize{side, side};
}

/// One number for each channel. Errors: Corrupt.
Result<std::array<float, 3>> read_channels(const Json& config, const char* key, bool positive) {
  std::array<float, 3> values{};
  const Json& list = config[key];
  bool fine = list.is_array() && list.size() == values.size();
  for (std::size_t c = 0; fine && c < values.size(); ++c) {
    fine = list[c].is_number();
    if (fine) values[c] = list[c].get<float>();
    fine = fine && std::abs(values[c]) < 1e6f && (!positive || values[c] > 1e-6f);
  }
  if (fine) return values;
  return Error{ErrorCode::Corrupt,
               std::string(kFile) + ": '" + key + "' must be a list of three " +
                   (positive ? "positive " : "") + "numbers",
               "Check that the file belongs to this checkpoint"};
}

bool is_known_processor(std::string_view name) {
  for (const std::string_view family : {"ViT", "DeiT"}) {
    for (const std::string_view kind : {"ImageProcessor", "ImageProcessorFast", "FeatureExtractor"}) {
      if (name == std::string(family) + std::string(kind)) return true;
    }
  }
  return false;
}

}  // namespace

ImageRecipe ImageRecipe::vit(int image_size) {
  ImageRecipe recipe;
  recipe.size = PictureSize{image_size, image_size};
  recipe.mean = recipe.std = {0.5f, 0.5f, 0.5f};
  return recipe;
}

ImageRecipe ImageRecipe::deit(int image_size) {
  ImageRecipe recipe;
  recipe.size = PictureSize{image_size * 8 / 7, image_size * 8 / 7};
  recipe.filter = ResizeFilter::Bicubic;
  recipe.crop = PictureSize{image_size, image_size};
  recipe.mean = {0.485f, 0.456f, 0.406f};
  recipe.std = {0.229f, 0.224f, 0.225f};
  return recipe;
}

Result<ImageRecipe> read_image_recipe(const Json& config, const ImageRecipe& defaults) {
  if (!config.is_object()) {
    return Error{ErrorCode::Corrupt, std::string(kFile) + " must be an object",
                 "Check that the file belongs to this checkpoint"};
  }
  JsonFields fields(config, kFile);
  std::string processor = fields.string("image_processor_type", "");
  if (processor.empty()) processor = fields.string("feature_extractor_type", "ViTImageProcessor");
  const bool resizes = fields.boolean("do_resize", true),
             crops = fields.boolean("do_center_crop", defaults.crop.has_value());
  const bool scales = fields.boolean("do_rescale", true), normalizes = fields.boolean("do_normalize", true);
  ImageRecipe recipe = defaults;
  recipe.filter =
      static_cast<ResizeFilter>(fields.integer("resample", 0, 5, static_cast<int>(defaults.filter)));
  recipe.scale = scales ? fields.number("rescale_factor", 1e-6, 1e6, defaults.scale) : 1.0;
  if (!fields.status()) return fields.status().error();
  if (!is_known_processor(processor)) return unsupported("the image processor " + quote(processor));

  if (resizes && fields.has("size")) {
    auto size = read_size(config, "size");
    if (!size) return size.error();
    recipe.size = *size;
  }
  if (crops && fields.has("crop_size")) {
    auto crop = read_size(config, "crop_size");
    if (!crop) return crop.error();
    recipe.crop = *crop;
  }
  if (crops && !recipe.crop) return unsupported("'do_center_crop' without 'crop_size'");
  for (const auto& [key, into] :
       {std::pair{"image_mean", &recipe.mean}, std::pair{"image_std", &recipe.std}}) {
    if (!normalizes || !fields.has(key)) continue;
    auto values = read_channels(config, key, into == &recipe.std);
    if (!values) return values.error();
    *into = *values;
  }
  if (!resizes) recipe.size.reset();
  if (!crops) recipe.crop.reset();
  if (!normalizes) recipe.mean = recipe.std = std::nullopt;
  return recipe;
}

Result<Image> prepared_image(const Image& image, const ImageRecipe& recipe) {
  Image sized = recipe.size && *recipe.size != PictureSize{image.width, image.height}
                    ? resize(image, recipe.size->width, recipe.size->height, recipe.filter)
                    : image;
  if (!recipe.crop) return sized;
  const PictureSize crop = *recipe.crop;
  if (crop.width > sized.width || crop.height > sized.height) {
    return Error{ErrorCode::Unsupported,
                 "the middle of " + std::to_string(crop.width) + " × " + std::to_string(crop.height) +
                     " pixels cannot be cut out of a picture of " + std::to_string(sized.width) + " × " +
                     std::to_string(sized.height),
                 "Use a larger picture"};
  }
  const int left = (sized.width - crop.width) / 2, top = (sized.height - crop.height) / 2;
  Image cut{crop.width, crop.height, {}};
  for (int y = 0; y < crop.height; ++y) {
    const auto row = sized.rgba.begin() + (static_cast<std::ptrdiff_t>(top + y) * sized.width + left) * 4;
    cut.rgba.insert(cut.rgba.end(), row, row + static_cast<std::ptrdiff_t>(crop.width) * 4);
  }
  return cut;
}

PixelValues pixel_values(const Image& prepared, const ImageRecipe& recipe) {
  PixelValues pixels{3, prepared.height, prepared.width, {}};
  const std::size_t n = static_cast<std::size_t>(prepared.width) * static_cast<std::size_t>(prepared.height);
  pixels.values.reserve(3 * n);
  for (std::size_t c = 0; c < 3; ++c) {
    const float mean = recipe.mean ? (*recipe.mean)[c] : 0.0f, std = recipe.std ? (*recipe.std)[c] : 1.0f;
    for (std::size_t i = 0; i < n; ++i) {
      const auto value = static_cast<float>(prepared.rgba[i * 4 + c] * recipe.scale);
      pixels.values.push_back((value - mean) / std);
    }
  }
  return pixels;
}

}  // namespace headscope
