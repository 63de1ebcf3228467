#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.h"
#include "document/document.h"

/// The document as a `.headscope` file: one JSON object with "headscope": 1 (the version of the format),
/// "model", "text", "selection", "view" and "interventions". A field that is missing has its default; one
/// that this version does not know is kept and written again.
namespace headscope {

inline constexpr int kDocumentVersion = 1;

/// Equal documents give equal text.
std::string document_text(const Document& document);

/// `name` is what errors call the text. Errors: Corrupt (not JSON, a wrong type, a value out of range),
/// Unsupported (not a document of Headscope).
Result<Document> parse_document(std::string_view text, std::string_view name);

/// Models that lie beside the file are found there (model_reference.h). Errors: those of parse_document,
/// NotFound, Io.
Result<Document> load_document(const std::filesystem::path& path);

/// The file is the old one or the new one, never half of it. Errors: NotFound (no such folder), Io.
Status save_document(const Document& document, const std::filesystem::path& path);

}  // namespace headscope
