#include "io/png_summary.h"

#include <libdeflate.h>

#include <string_view>

#include "io/png_writer.h"
#include "io/quote.h"

namespace headscope {

namespace {

std::uint32_t big_endian(std::string_view bytes) {
  std::uint32_t value = 0;
  for (const char c : bytes.substr(0, 4)) value = value << 8 | static_cast<unsigned char>(c);
  return value;
}

/// Key, five zeros, text; anything else is left to readers that know more.
void read_text(std::string_view data, ImageTexts& texts) {
  const std::size_t end = data.find('\0');
  constexpr std::string_view kPlain("\0\0\0\0\0", 5);
  if (end == std::string_view::npos || data.substr(end, kPlain.size()) != kPlain) return;
  texts.emplace_back(data.substr(0, end), data.substr(end + kPlain.size()));
}

}  // namespace

Result<PngSummary> summarize_png(std::span<const std::byte> bytes, const std::string& name) {
  const auto corrupt = [&](const std::string& what) {
    return Error{ErrorCode::Corrupt, quote(name, 300) + " is not a whole PNG: " + what,
                 "Export or save the picture again"};
  };
  std::string_view rest(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (rest.substr(0, kPngSignature.size()) != kPngSignature)
    return corrupt("it does not begin with the PNG signature");
  rest.remove_prefix(kPngSignature.size());
  PngSummary summary;
  constexpr std::size_t kAroundData = 12;  // length, type, check sum
  for (bool first = true; rest.size() >= kAroundData; first = false) {
    const std::size_t length = big_endian(rest);
    if (length > rest.size() - kAroundData) return corrupt("it is cut short");
    const std::string_view type = rest.substr(4, 4), data = rest.substr(8, length);
    if (libdeflate_crc32(0, type.data(), length + 4) != big_endian(rest.substr(8 + length)))
      return corrupt("the check sum of a chunk does not fit");
    rest.remove_prefix(kAroundData + length);
    if (first) {
      if (type != "IHDR" || length != 13) return corrupt("its header is missing");
      const std::uint32_t width = big_endian(data), height = big_endian(data.substr(4));
      if (width == 0 || height == 0 || width > 1'000'000 || height > 1'000'000)
        return corrupt("its size makes no sense");
      summary.width = static_cast<int>(width);
      summary.height = static_cast<int>(height);
    }
    if (type == "iTXt") read_text(data, summary.texts);
    if (type == "IEND")
      return rest.empty() ? Result<PngSummary>(std::move(summary)) : corrupt("bytes follow its end");
  }
  return corrupt("it is cut short");
}

}  // namespace headscope
