#pragma once

#include <map>

#include <cairo.h>

#include "scene/text.h"

namespace headscope {

/// Cairo's faces for the fonts of a library, opened when first used. Inside of src/render/vector.
class PdfFonts {
 public:
  explicit PdfFonts(FontLibrary& fonts) : fonts_(fonts) {}
  ~PdfFonts();
  PdfFonts(const PdfFonts&) = delete;
  PdfFonts& operator=(const PdfFonts&) = delete;

  /// Null: its file cannot be read; its glyphs are drawn as outlines then.
  cairo_font_face_t* face(FontId font);

 private:
  FontLibrary& fonts_;
  std::map<FontId, cairo_font_face_t*> faces_;
};

}  // namespace headscope
