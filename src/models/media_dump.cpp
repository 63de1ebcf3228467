#include "models/media_dump.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace headscope {
namespace {

/// The numbers of a tensor of `n_axes` axes, none of them empty. Errors: Corrupt.
Result<std::vector<float>> read_numbers(const TensorView& tensor, std::size_t n_axes,
                                        const std::string& axes) {
  const bool fits = tensor.shape.size() == n_axes && std::ranges::all_of(tensor.shape, [](std::int64_t n) {
                      return n > 0 && n <= std::numeric_limits<int>::max();
                    });
  if (!fits) {
    return Error{ErrorCode::Corrupt,
                 "tensor '" + tensor.name + "' must be " + axes + ", found " + shape_text(tensor.shape),
                 "Write the inputs of one picture or sound, without a batch axis"};
  }
  auto numbers = to_float(tensor);
  if (!numbers) return numbers.error();
  if (std::ranges::all_of(*numbers, [](float value) { return std::isfinite(value); })) return numbers;
  return Error{ErrorCode::Corrupt, "tensor '" + tensor.name + "' holds a number that is not finite",
               "Prepare the inputs again"};
}

}  // namespace

Result<MediaInputPtr> read_media_tensors(const SafetensorsFile& file) {
  const TensorView *pixels = file.find("pixel_values"), *features = file.find("input_features");
  if (!pixels && !features) return MediaInputPtr();
  if (pixels && features) {
    return Error{ErrorCode::Unsupported, "no model reads both 'pixel_values' and 'input_features'",
                 "Give the inputs of one model"};
  }
  auto input = std::make_shared<MediaInput>();
  if (pixels) {
    auto numbers = read_numbers(*pixels, 3, "[channels, height, width]");
    if (!numbers) return numbers.error();
    const auto size = [&](std::size_t axis) { return static_cast<int>(pixels->shape[axis]); };
    input->pixels = {size(0), size(1), size(2), std::move(*numbers)};
  } else {
    auto numbers = read_numbers(*features, 2, "[n_mels, n_frames]");
    if (!numbers) return numbers.error();
    input->features = Eigen::Map<const Matrix>(numbers->data(), features->shape[0], features->shape[1]);
  }
  return MediaInputPtr(std::move(input));
}

}  // namespace headscope
