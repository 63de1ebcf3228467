#pragma once

#include <array>
#include <optional>
#include <vector>

#include "base/result.h"
#include "io/image.h"
#include "io/json.h"
#include "models/resize.h"

namespace headscope {

/// What a model for pictures reads: `values` is [n_channels, height, width], channels red, green, blue.
struct PixelValues {
  int n_channels = 0, height = 0, width = 0;
  std::vector<float> values;
};

struct PictureSize {
  int width = 0, height = 0;
  bool operator==(const PictureSize&) const = default;
};

/// How a picture becomes pixel values: resize, cut out the middle, scale, normalise; each step where it is
/// set.
struct ImageRecipe {
  std::optional<PictureSize> size;
  ResizeFilter filter = ResizeFilter::Bilinear;
  std::optional<PictureSize> crop;
  double scale = 1.0 / 255;  ///< of a level, 0 to 255
  std::optional<std::array<float, 3>> mean, std;

  /// As the image processor of ViT does it when no file says otherwise.
  static ImageRecipe vit(int image_size);
  /// As the image processor of DeiT does: resized by 8/7 with a cubic filter, then the middle of it.
  static ImageRecipe deit(int image_size);
};

/// preprocessor_config.json over a family's own recipe. Errors: Corrupt; Unsupported (another kind of image
/// processor or a setting, by name).
Result<ImageRecipe> read_image_recipe(const Json& config, const ImageRecipe& defaults);

/// The picture as the model sees it, in levels: resized and cut. Errors: Unsupported (the cut is larger than
/// what there is).
Result<Image> prepared_image(const Image& image, const ImageRecipe& recipe);

/// Scaled and normalised in float32 as the published processors do.
PixelValues pixel_values(const Image& prepared, const ImageRecipe& recipe);

}  // namespace headscope
