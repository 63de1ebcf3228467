#pragma once

#include <deque>
#include <map>
#include <string>
#include <unordered_map>

#include <fontconfig/fontconfig.h>
#include <ft2build.h>
#include <hb.h>
#include FT_FREETYPE_H
#include <unicode/uscript.h>

#include "scene/text.h"

/// Which font file draws which code point: fontconfig finds it, FreeType and HarfBuzz open it. Inside of
/// FontLibrary, which holds its lock around every call.
namespace headscope {

struct FontFile {
  std::string path, family;
  int face_index = 0;
  hb_font_t* hb = nullptr;  ///< scaled to units_per_em
  FT_Face ft = nullptr;     ///< opened when first rasterised
  float units_per_em = 1000;
  float ascent = 0.95f, descent = 0.25f, cap_height = 0.72f;  ///< em
};

class FontFiles {
 public:
  FontFiles();
  ~FontFiles();
  FontFiles(const FontFiles&) = delete;
  FontFiles& operator=(const FontFiles&) = delete;

  /// The font of a role; kCodePointBoxes when the machine has no font at all.
  FontId primary(FontRole role, FontWeight weight);
  /// The best font that has a glyph for `code_point`, or kCodePointBoxes.
  FontId fallback(char32_t code_point, UScriptCode script, FontWeight weight);
  bool covers(FontId font, char32_t code_point) const;
  /// REQUIRES: font != kCodePointBoxes.
  FontFile& file(FontId font) { return files_[font - 1]; }
  const FontFile& file(FontId font) const { return files_[font - 1]; }
  /// Null when FreeType cannot read the file.
  FT_Face face(FontId font);

 private:
  FontId open(FcPattern* match);
  FontId match(const std::vector<std::string>& families, FontWeight weight, char32_t code_point);

  FcConfig* config_ = nullptr;
  FT_Library freetype_ = nullptr;
  std::deque<FontFile> files_;                             // FontId - 1
  std::map<std::pair<std::string, int>, FontId> by_path_;  // 0: cannot be opened
  std::map<std::pair<FontRole, FontWeight>, FontId> primary_;
  std::map<std::pair<int, bool>, FontId> by_script_;         // the last hit of a script: tried first
  std::unordered_map<std::uint32_t, FontId> by_code_point_;  // bit 31: bold
};

}  // namespace headscope
