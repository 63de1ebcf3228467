#include "scene/shaping.h"

#include <algorithm>
#include <cassert>

#include <unicode/ubidi.h>
#include <unicode/ubrk.h>
#include <unicode/uchar.h>
#include <unicode/ustring.h>

#include "base/utf8.h"
#include "scene/code_point_box.h"

namespace headscope {
namespace {

/// A stretch of UTF-16 that one font, one script and one direction draws.
struct Item {
  int begin = 0, end = 0;  // UTF-16
  FontId font = kCodePointBoxes;
  UScriptCode script = USCRIPT_COMMON;
  UBiDiLevel level = 0;
};

struct Utf16 {
  std::u16string text;
  std::vector<std::uint32_t> byte;  // [text.size() + 1] where each unit's code point begins in the UTF-8
};

Utf16 to_utf16(const std::string& text) {
  Utf16 out;
  for (const CodePoint& c : code_points(text)) {
    const bool pair = c.value > 0xFFFF;
    const char32_t v = c.value - 0x10000;
    if (pair) out.text.push_back(static_cast<char16_t>(0xD800 + (v >> 10)));
    out.text.push_back(static_cast<char16_t>(pair ? 0xDC00 + (v & 0x3FF) : c.value));
    out.byte.insert(out.byte.end(), pair ? 2 : 1, static_cast<std::uint32_t>(c.begin));
  }
  out.byte.push_back(static_cast<std::uint32_t>(text.size()));
  return out;
}

bool needs_glyph(UChar32 c) {
  return !u_hasBinaryProperty(c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT);
}

/// The font of one grapheme cluster: the role's own when it has every code point, else one for its base.
FontId font_of(const std::u16string& text, int begin, int end, UScriptCode script, FontRole role,
               FontWeight weight, FontFiles& fonts) {
  const FontId primary = fonts.primary(role, weight);
  bool covered = true;
  UChar32 base = 0;
  for (int i = begin; i < end;) {
    UChar32 c;
    U16_NEXT(text.data(), i, end, c);
    if (u_charType(c) == U_CONTROL_CHAR) return kCodePointBoxes;
    if (!needs_glyph(c)) continue;
    if (!base) base = c;
    covered = covered && fonts.covers(primary, static_cast<char32_t>(c));
  }
  if (covered) return primary;
  if (const FontId own = fonts.fallback(static_cast<char32_t>(base), script, weight); own != kCodePointBoxes)
    return own;
  return fonts.covers(primary, static_cast<char32_t>(base)) ? primary : kCodePointBoxes;
}

/// Cuts `text` into items, in logical order; their ranges tile it.
std::vector<Item> itemize(const std::u16string& text, const UBiDiLevel* levels, FontRole role,
                          FontWeight weight, FontFiles& fonts) {
  const int size = static_cast<int>(text.size());
  UErrorCode status = U_ZERO_ERROR;
  UBreakIterator* clusters = ubrk_open(UBRK_CHARACTER, "", text.data(), size, &status);
  std::vector<Item> items;
  UScriptCode running = USCRIPT_COMMON;
  for (int begin = 0; begin < size;) {
    const int next = U_SUCCESS(status) ? ubrk_following(clusters, begin) : begin + 1;
    const int end = next == UBRK_DONE ? size : next;
    UScriptCode script = USCRIPT_COMMON;
    for (int i = begin; i < end && script <= USCRIPT_INHERITED;) {
      UChar32 c;
      U16_NEXT(text.data(), i, end, c);
      UErrorCode error = U_ZERO_ERROR;
      script = uscript_getScript(c, &error);
      if (U_FAILURE(error)) script = USCRIPT_COMMON;
    }
    const FontId font = font_of(text, begin, end, script, role, weight, fonts);
    if (script > USCRIPT_INHERITED) running = script;
    const UScriptCode shown = script > USCRIPT_INHERITED ? script : running;
    Item* last = items.empty() ? nullptr : &items.back();
    if (last && last->font == font && last->level == levels[begin] &&
        (last->script == shown || last->script <= USCRIPT_INHERITED)) {
      last->end = end;
      last->script = shown;
    } else {
      items.push_back({begin, end, font, shown, levels[begin]});
    }
    begin = end;
  }
  if (clusters) ubrk_close(clusters);
  return items;
}

/// Appends the glyphs of code points as boxes, in logical order (or reversed).
void append_boxes(const Utf16& utf16, const Item& item, GlyphRun& run) {
  std::vector<PlacedGlyph> boxes;
  for (int i = item.begin; i < item.end;) {
    const std::uint32_t cluster = utf16.byte[static_cast<std::size_t>(i)];
    UChar32 c;
    U16_NEXT(utf16.text.data(), i, item.end, c);
    if (!needs_glyph(c)) continue;
    const auto code_point = static_cast<std::uint32_t>(c);
    boxes.push_back({kCodePointBoxes, code_point, 0, 0, code_point_box_advance(code_point), cluster});
  }
  if (item.level & 1) std::reverse(boxes.begin(), boxes.end());
  for (PlacedGlyph& box : boxes) {
    box.x = run.width;
    run.width += box.advance;
    ++run.n_missing;
    run.glyphs.push_back(box);
  }
}

void append_shaped(const Utf16& utf16, const Item& item, bool primary, FontFiles& fonts, GlyphRun& run) {
  const FontFile& file = fonts.file(item.font);
  hb_buffer_t* buffer = hb_buffer_create();
  // Each mark keeps its own place, so that a missing one is named and not its base.
  hb_buffer_set_cluster_level(buffer, HB_BUFFER_CLUSTER_LEVEL_MONOTONE_CHARACTERS);
  const auto* text = reinterpret_cast<const std::uint16_t*>(utf16.text.data());
  hb_buffer_add_utf16(buffer, text, static_cast<int>(utf16.text.size()), static_cast<unsigned>(item.begin),
                      item.end - item.begin);
  hb_buffer_set_direction(buffer, item.level & 1 ? HB_DIRECTION_RTL : HB_DIRECTION_LTR);
  const char* script = uscript_getShortName(item.script);
  if (item.script > USCRIPT_INHERITED && script)
    hb_buffer_set_script(buffer, hb_script_from_string(script, -1));
  hb_buffer_guess_segment_properties(buffer);
  // Programming ligatures of the text fonts would change what a token looks like: "->" is two signs.
  const hb_feature_t plain[] = {{HB_TAG('c', 'a', 'l', 't'), 0, 0, ~0u},
                                {HB_TAG('l', 'i', 'g', 'a'), 0, 0, ~0u}};
  hb_shape(file.hb, buffer, plain, primary ? 2 : 0);

  unsigned count = 0;
  const hb_glyph_info_t* infos = hb_buffer_get_glyph_infos(buffer, &count);
  const hb_glyph_position_t* positions = hb_buffer_get_glyph_positions(buffer, &count);
  const float em = 1 / file.units_per_em;
  for (unsigned i = 0; i < count; ++i) {
    const auto at = static_cast<int>(infos[i].cluster);
    PlacedGlyph glyph;
    glyph.cluster = utf16.byte[static_cast<std::size_t>(at)];
    if (infos[i].codepoint == 0) {  // .notdef: show what is missing
      int next = at;
      UChar32 c;
      U16_NEXT(utf16.text.data(), next, static_cast<int>(utf16.text.size()), c);
      if (!needs_glyph(c)) continue;
      glyph.glyph = static_cast<std::uint32_t>(c);
      glyph.x = run.width;
      glyph.advance = code_point_box_advance(glyph.glyph);
      ++run.n_missing;
    } else {
      glyph.font = item.font;
      glyph.glyph = infos[i].codepoint;
      glyph.x = run.width + em * static_cast<float>(positions[i].x_offset);
      glyph.y = -em * static_cast<float>(positions[i].y_offset);
      glyph.advance = em * static_cast<float>(positions[i].x_advance);
    }
    run.width += glyph.advance;
    run.glyphs.push_back(glyph);
  }
  hb_buffer_destroy(buffer);
  run.ascent = std::max(run.ascent, std::min(file.ascent, 1.4f));
  run.descent = std::max(run.descent, std::min(file.descent, 0.6f));
}

}  // namespace

GlyphRun shape_line(std::string text, FontRole role, FontWeight weight, FontFiles& fonts) {
  GlyphRun run;
  run.role = role;
  run.weight = weight;
  const FontId primary = fonts.primary(role, weight);
  const FontFile fallback_metrics;
  const FontFile& metrics = primary == kCodePointBoxes ? fallback_metrics : fonts.file(primary);
  run.ascent = metrics.ascent;
  run.descent = metrics.descent;
  run.cap_height = metrics.cap_height;

  const Utf16 utf16 = to_utf16(text);
  run.text = std::move(text);
  const int size = static_cast<int>(utf16.text.size());
  if (size == 0) return run;

  UErrorCode status = U_ZERO_ERROR;
  UBiDi* bidi = ubidi_open();
  ubidi_setPara(bidi, utf16.text.data(), size, UBIDI_DEFAULT_LTR, nullptr, &status);
  const UBiDiLevel* levels = ubidi_getLevels(bidi, &status);
  assert(U_SUCCESS(status));  // no more than memory can fail here
  const std::vector<Item> items = itemize(utf16.text, levels, role, weight, fonts);
  std::vector<UBiDiLevel> item_levels;
  for (const Item& item : items) item_levels.push_back(item.level);
  std::vector<std::int32_t> order(items.size());
  ubidi_reorderVisual(item_levels.data(), static_cast<std::int32_t>(items.size()), order.data());
  for (const std::int32_t index : order) {
    const Item& item = items[static_cast<std::size_t>(index)];
    if (item.font == kCodePointBoxes)
      append_boxes(utf16, item, run);
    else
      append_shaped(utf16, item, item.font == primary, fonts, run);
  }
  ubidi_close(bidi);
  return run;
}

}  // namespace headscope
