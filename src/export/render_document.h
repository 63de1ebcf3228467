#pragma once

#include <filesystem>
#include <string>

#include "base/result.h"
#include "export/animation.h"
#include "io/image.h"

/// A document as one picture, by the same draw as the window's.
namespace headscope {

/// One picture of a document. Errors: those of the renderer.
Result<Image> render_still(const Document& document, const AttentionTrace& trace, Renderer& renderer,
                           FontLibrary& fonts, const PictureOptions& options);

/// The same as a PNG file that carries the document, the readout and the program's version, so that Headscope
/// can open the picture again. The file is whole or not there. Errors: also those of write_png.
Status render_png(const std::filesystem::path& path, const Document& document, const AttentionTrace& trace,
                  Renderer& renderer, FontLibrary& fonts, const PictureOptions& options);

/// The key under which a PNG carries its document (document_text).
inline constexpr const char* kDocumentKey = "Headscope document";

/// What stands beside the pixels in a PNG: the program, and of the rest what is not empty.
ImageTexts picture_texts(const std::string& title, const std::string& description,
                         const std::string& document);

}  // namespace headscope
