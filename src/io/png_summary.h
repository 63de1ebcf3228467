#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "io/image.h"

namespace headscope {

/// What a PNG says before and after its pixels, with every check sum looked at and no pixel decoded.
struct PngSummary {
  int width = 0, height = 0;
  ImageTexts texts;  ///< iTXt without compression, as encode_png writes them
};

/// Errors: Corrupt: cut short, a check sum that does not fit, bytes behind the end.
Result<PngSummary> summarize_png(std::span<const std::byte> bytes, const std::string& name);

}  // namespace headscope
