#pragma once

#include <filesystem>

#include "base/result.h"
#include "document/document.h"

namespace headscope {

/// A document from its file, or from a picture that Headscope saved. Errors: those of load_document and
/// read_embedded_document; Unsupported (a picture that carries none).
Result<Document> open_document(const std::filesystem::path& path);

/// What the program shows when nothing else was asked for: assets/documents/default.headscope.
Result<Document> default_document();

}  // namespace headscope
