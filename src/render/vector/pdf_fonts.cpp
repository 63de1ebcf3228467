#include "render/vector/pdf_fonts.h"

#include <mutex>

#include <cairo-ft.h>

namespace headscope {

namespace {

/// Cairo may keep a face after everyone else has let go of it, so FreeType stays to the end of the program.
FT_Library freetype() {
  static const FT_Library library = [] {
    FT_Library made = nullptr;
    return FT_Init_FreeType(&made) == 0 ? made : nullptr;
  }();
  return library;
}

/// FreeType's library may be used by one thread at a time.
std::mutex& freetype_mutex() {
  static std::mutex mutex;
  return mutex;
}

void done_with(void* face) {
  const std::lock_guard lock(freetype_mutex());
  FT_Done_Face(static_cast<FT_Face>(face));
}

}  // namespace

PdfFonts::~PdfFonts() {
  for (const auto& [font, face] : faces_)
    if (face) cairo_font_face_destroy(face);
}

cairo_font_face_t* PdfFonts::face(FontId font) {
  const auto [known, inserted] = faces_.try_emplace(font, nullptr);
  if (!inserted) return known->second;
  const FontLibrary::Source source = fonts_.source(font);
  FT_Face file = nullptr;
  if (source.path.empty() || !freetype()) return nullptr;
  {
    const std::lock_guard lock(freetype_mutex());
    if (FT_New_Face(freetype(), source.path.c_str(), source.face_index, &file) != 0) return nullptr;
  }
  cairo_font_face_t* face =
      cairo_ft_font_face_create_for_ft_face(file, FT_LOAD_NO_HINTING | FT_LOAD_NO_BITMAP);
  static const cairo_user_data_key_t key{};
  if (cairo_font_face_set_user_data(face, &key, file, done_with) != CAIRO_STATUS_SUCCESS) {
    cairo_font_face_destroy(face);
    done_with(file);
    return nullptr;
  }
  return known->second = face;
}

}  // namespace headscope
