#include "export/render_document.h"

#include <memory>

#include "base/version.h"
#include "document/document_json.h"

namespace headscope {

namespace {

/// The trace that is there already, whatever is asked.
TraceOf always(const AttentionTrace& trace) {
  // Borrowed: Animation::make keeps nothing of it.
  return [&trace](const Document&) -> Result<TracePtr> { return TracePtr(std::shared_ptr<void>(), &trace); };
}

struct Still {
  Image image;
  std::string readout;
};

Result<Still> draw_still(const Document& document, const AttentionTrace& trace, Renderer& renderer,
                         FontLibrary& fonts, const PictureOptions& options) {
  const Moment moment{document, 0, 0};
  const Result<Animation> animation = Animation::make(std::span(&moment, 1), always(trace), fonts, options);
  if (!animation) return animation.error();
  const Scene scene = animation->scene_at(0);
  Result<Image> image = renderer.render_to_image(scene, options.size);
  if (!image) return image.error();
  return Still{std::move(*image), scene.morph->to->readout};
}

}  // namespace

Result<Image> render_still(const Document& document, const AttentionTrace& trace, Renderer& renderer,
                           FontLibrary& fonts, const PictureOptions& options) {
  Result<Still> still = draw_still(document, trace, renderer, fonts, options);
  if (!still) return still.error();
  return std::move(still->image);
}

Status render_png(const std::filesystem::path& path, const Document& document, const AttentionTrace& trace,
                  Renderer& renderer, FontLibrary& fonts, const PictureOptions& options) {
  const Result<Still> still = draw_still(document, trace, renderer, fonts, options);
  if (!still) return still.error();
  return write_png(path, still->image, picture_texts("", still->readout, document_text(document)));
}

ImageTexts picture_texts(const std::string& title, const std::string& description,
                         const std::string& document) {
  ImageTexts texts = {{"Software", std::string("Headscope ") + kVersion}};
  if (!title.empty()) texts.emplace_back("Title", title);
  if (!description.empty()) texts.emplace_back("Description", description);
  if (!document.empty()) texts.emplace_back(kDocumentKey, document);
  return texts;
}

}  // namespace headscope
