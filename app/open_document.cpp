#include "open_document.h"

#include "base/paths.h"
#include "document/document_json.h"
#include "export/embedded_document.h"

namespace headscope {

Result<Document> open_document(const std::filesystem::path& path) {
  if (!may_carry_document(path)) return load_document(path);
  const Result<std::string> text = read_embedded_document(path);
  if (!text) return text.error();
  return parse_document(*text, path.string());
}

Result<Document> default_document() {
  return load_document(assets_dir() / "documents" / "default.headscope");
}

}  // namespace headscope
