#include <cstring>

#include "io/image.h"
#include "io/mapped_file.h"
#include "io/quote.h"

namespace headscope {

Result<Image> read_picture(const std::filesystem::path& path) {
  const Result<MappedFile> file = MappedFile::open(path);
  if (!file) return file.error();
  const std::string_view text = file->text();
  if (text.starts_with("\x89PNG")) {
    auto png = decode_png(file->bytes(), path.string());
    if (!png) return png.error();
    return std::move(png->image);
  }
  if (text.starts_with("\xFF\xD8")) return decode_jpeg(file->bytes(), path.string());
  return Error{ErrorCode::Unsupported, quote(path.string(), 300) + " is neither a PNG nor a JPEG",
               "Save the picture as PNG or JPEG"};
}

}  // namespace headscope
