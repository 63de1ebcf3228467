#include "open_document.h"

#include "base/paths.h"
#include "document/document_json.h"
#include "export/render_document.h"
#include "io/image.h"
#include "io/quote.h"

namespace headscope {

Result<Document> open_document(const std::filesystem::path& path) {
  if (path.extension() != ".png") return load_document(path);
  const Result<DecodedImage> picture = read_png(path);
  if (!picture) return picture.error();
  for (const auto& [key, text] : picture->texts) {
    if (key == kDocumentKey) return parse_document(text, path.string());
  }
  return Error{ErrorCode::Unsupported, quote(path.string(), 300) + " carries no document",
               "Open a picture that Headscope saved"};
}

Result<Document> default_document() {
  return load_document(assets_dir() / "documents" / "default.headscope");
}

}  // namespace headscope
