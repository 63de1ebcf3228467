#include "scene/font_files.h"

#include <algorithm>

#include <hb-ot.h>
#include <unicode/uchar.h>

namespace headscope {
namespace {

int fontconfig_weight(FontWeight weight) {
  switch (weight) {
    case FontWeight::Regular:
      return FC_WEIGHT_REGULAR;
    case FontWeight::Medium:
      return FC_WEIGHT_MEDIUM;
    case FontWeight::SemiBold:
      return FC_WEIGHT_DEMIBOLD;
    case FontWeight::Bold:
      return FC_WEIGHT_BOLD;
  }
  return FC_WEIGHT_REGULAR;
}

/// The families to prefer for a script, best first. Noto names its fonts after ICU's names of scripts.
std::vector<std::string> preferred_families(char32_t code_point, UScriptCode script) {
  const auto c = static_cast<UChar32>(code_point);
  std::vector<std::string> families;
  switch (script) {
    case USCRIPT_COMMON:
    case USCRIPT_INHERITED:
      if (u_hasBinaryProperty(c, UCHAR_EXTENDED_PICTOGRAPHIC) || u_hasBinaryProperty(c, UCHAR_EMOJI))
        families = {"Noto Emoji", "Symbola"};
      families.insert(families.end(), {"Noto Sans Symbols", "Noto Sans Symbols 2", "Noto Sans Math"});
      break;
    case USCRIPT_HAN:
      families = {"Noto Sans CJK SC"};
      break;
    case USCRIPT_HIRAGANA:
    case USCRIPT_KATAKANA:
      families = {"Noto Sans CJK JP"};
      break;
    case USCRIPT_HANGUL:
      families = {"Noto Sans CJK KR"};
      break;
    default: {
      std::string name = uscript_getName(script) ? uscript_getName(script) : "";
      std::replace(name.begin(), name.end(), '_', ' ');
      if (!name.empty()) families.push_back("Noto Sans " + name);
    }
  }
  families.insert(families.end(), {"Noto Sans", "DejaVu Sans", "sans-serif"});
  return families;
}

}  // namespace

FontFiles::FontFiles() : config_(FcInitLoadConfigAndFonts()) {
  if (FT_Init_FreeType(&freetype_) != 0) freetype_ = nullptr;
}

FontFiles::~FontFiles() {
  for (FontFile& file : files_) {
    if (file.ft) FT_Done_Face(file.ft);
    hb_font_destroy(file.hb);
  }
  if (freetype_) FT_Done_FreeType(freetype_);
  if (config_) FcConfigDestroy(config_);
}

FontId FontFiles::open(FcPattern* match) {
  FcChar8* path = nullptr;
  FcChar8* family = nullptr;
  int index = 0;
  if (FcPatternGetString(match, FC_FILE, 0, &path) != FcResultMatch) return kCodePointBoxes;
  FcPatternGetInteger(match, FC_INDEX, 0, &index);
  FcPatternGetString(match, FC_FAMILY, 0, &family);
  const std::string file_path = reinterpret_cast<const char*>(path);
  const auto [known, inserted] = by_path_.try_emplace({file_path, index}, kCodePointBoxes);
  if (!inserted) return known->second;

  hb_blob_t* blob = hb_blob_create_from_file_or_fail(file_path.c_str());
  if (!blob) return kCodePointBoxes;
  hb_face_t* face = hb_face_create(blob, static_cast<unsigned>(index));
  hb_blob_destroy(blob);
  if (hb_face_get_glyph_count(face) == 0) {
    hb_face_destroy(face);
    return kCodePointBoxes;
  }
  FontFile file;
  file.path = file_path;
  file.family = family ? reinterpret_cast<const char*>(family) : "";
  file.face_index = index;
  file.hb = hb_font_create(face);
  const auto upem = static_cast<int>(hb_face_get_upem(face));
  hb_face_destroy(face);
  hb_font_set_scale(file.hb, upem, upem);
  file.units_per_em = static_cast<float>(upem);
  hb_font_extents_t extents;
  if (hb_font_get_h_extents(file.hb, &extents)) {
    file.ascent = static_cast<float>(extents.ascender) / file.units_per_em;
    file.descent = static_cast<float>(-extents.descender) / file.units_per_em;
  }
  hb_position_t cap = 0;
  if (hb_ot_metrics_get_position(file.hb, HB_OT_METRICS_TAG_CAP_HEIGHT, &cap) && cap > 0)
    file.cap_height = static_cast<float>(cap) / file.units_per_em;
  files_.push_back(std::move(file));
  return known->second = static_cast<FontId>(files_.size());
}

FontId FontFiles::match(const std::vector<std::string>& families, FontWeight weight, char32_t code_point) {
  if (!config_) return kCodePointBoxes;
  FcPattern* pattern = FcPatternCreate();
  for (const std::string& family : families)
    FcPatternAddString(pattern, FC_FAMILY, reinterpret_cast<const FcChar8*>(family.c_str()));
  FcPatternAddInteger(pattern, FC_WEIGHT, fontconfig_weight(weight));
  FcPatternAddInteger(pattern, FC_SLANT, FC_SLANT_ROMAN);
  FcPatternAddBool(pattern, FC_SCALABLE, FcTrue);
  FcPatternAddBool(pattern, FC_OUTLINE, FcTrue);
  FcPatternAddBool(pattern, FC_COLOR, FcFalse);
  FcPatternAddBool(pattern, FC_VARIABLE, FcFalse);
  if (code_point) {
    FcCharSet* set = FcCharSetCreate();
    FcCharSetAddChar(set, code_point);
    FcPatternAddCharSet(pattern, FC_CHARSET, set);
    FcCharSetDestroy(set);
  }
  FcConfigSubstitute(config_, pattern, FcMatchPattern);
  FcDefaultSubstitute(pattern);
  FcResult result = FcResultNoMatch;
  FcPattern* found = FcFontMatch(config_, pattern, &result);
  FcPatternDestroy(pattern);
  if (!found) return kCodePointBoxes;
  FcBool color = FcFalse;
  FcPatternGetBool(found, FC_COLOR, 0, &color);
  const FontId font = color ? kCodePointBoxes : open(found);
  FcPatternDestroy(found);
  return font;
}

FontId FontFiles::primary(FontRole role, FontWeight weight) {
  const auto [known, inserted] = primary_.try_emplace({role, weight}, kCodePointBoxes);
  if (!inserted) return known->second;
  const std::vector<std::string> words = {"Inter", "Noto Sans", "DejaVu Sans", "sans-serif"};
  const std::vector<std::string> mono = {"JetBrains Mono", "Noto Sans Mono", "DejaVu Sans Mono", "monospace"};
  return known->second = match(role == FontRole::Words ? words : mono, weight, 0);
}

FontId FontFiles::fallback(char32_t code_point, UScriptCode script, FontWeight weight) {
  const bool bold = weight >= FontWeight::SemiBold;
  const auto key = static_cast<std::uint32_t>(code_point) | (bold ? 1u << 31 : 0u);
  if (const auto known = by_code_point_.find(key); known != by_code_point_.end()) return known->second;
  FontId& last = by_script_[{static_cast<int>(script), bold}];
  FontId font = kCodePointBoxes;
  // Common has too many kinds of signs for the last hit to be a good guess.
  if (script != USCRIPT_COMMON && script != USCRIPT_INHERITED && covers(last, code_point)) {
    font = last;
  } else {
    font = match(preferred_families(code_point, script), bold ? FontWeight::Bold : FontWeight::Regular,
                 code_point);
    if (!covers(font, code_point)) font = kCodePointBoxes;
    if (font != kCodePointBoxes) last = font;
  }
  by_code_point_.emplace(key, font);
  return font;
}

bool FontFiles::covers(FontId font, char32_t code_point) const {
  if (font == kCodePointBoxes) return false;
  hb_codepoint_t glyph = 0;
  return hb_font_get_nominal_glyph(file(font).hb, code_point, &glyph) && glyph != 0;
}

FT_Face FontFiles::face(FontId font) {
  FontFile& f = file(font);
  if (!f.ft && freetype_ && FT_New_Face(freetype_, f.path.c_str(), f.face_index, &f.ft) != 0) f.ft = nullptr;
  return f.ft;
}

}  // namespace headscope
