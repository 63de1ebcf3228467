#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

/// The document that an exported picture carries, so that the picture opens as what it was made from. PNG: an
/// iTXt chunk. SVG: an element in its metadata. PDF: an attached file, as any PDF program lists it. The
/// readers look for our own block alone and trust nothing else in the file.
namespace headscope {

/// No document is longer; what claims to be is refused.
inline constexpr std::size_t kMaxEmbeddedBytes = std::size_t{16} << 20;

/// Attaches the document to a PDF as an incremental update (ISO 32000-1, 7.5.6): the old bytes stay as they
/// are. Errors: Unsupported: a PDF without a classic cross-reference table (Cairo writes one).
Result<std::string> attach_to_pdf(std::string pdf, std::string_view document);

/// The text of the document. `name` stands in the sentences. Errors: Unsupported (carries none), Corrupt.
Result<std::string> document_in_pdf(std::string_view bytes, const std::string& name);
Result<std::string> document_in_svg(std::string_view bytes, const std::string& name);
Result<std::string> document_in_png(std::span<const std::byte> bytes, const std::string& name);

/// Whether a file of this name may be a picture with a document in it: .png, .apng, .svg, .pdf.
bool may_carry_document(const std::filesystem::path& path);
/// Of any of them. Errors: those above, and of MappedFile::open.
Result<std::string> read_embedded_document(const std::filesystem::path& path);

}  // namespace headscope
