#include "scene/text.h"

#include <algorithm>
#include <set>

#include <gtest/gtest.h>

#include "scene/test_fonts.h"

namespace headscope {
namespace {

GlyphRunPtr words(std::string_view text) {
  return fonts().shape(text, FontRole::Words);
}
GlyphRunPtr mono(std::string_view text) {
  return fonts().shape(text, FontRole::Mono);
}

TEST(Text, every_script_of_the_table_finds_a_font) {
  for (const char* text :
       {"Straße", "Ελληνικά", "Кириллица", "漢字かなカナ", "한국어", "العربية", "עברית", "नमस्ते", "ไทย",
        "தமிழ்", "ქართული", "Հայերեն", "e\u0301", "🙂", "👩‍🚀", "→ ∑ √ ⏎ · …"}) {
    EXPECT_EQ(words(text)->n_missing, 0) << text;
    EXPECT_EQ(mono(text)->n_missing, 0) << text;
    for (const PlacedGlyph& glyph : words(text)->glyphs)
      EXPECT_NE(glyph.glyph, 0u) << text << " has a .notdef";
    EXPECT_GT(words(text)->width, 0.1f) << text;
  }
}

TEST(Text, right_to_left_words_run_right_to_left) {
  const GlyphRunPtr run = words("שלום");
  ASSERT_EQ(run->glyphs.size(), 4u);
  EXPECT_GT(run->glyphs.front().cluster, run->glyphs.back().cluster);
  for (std::size_t i = 1; i < run->glyphs.size(); ++i) EXPECT_GE(run->glyphs[i].x, run->glyphs[i - 1].x);
}

TEST(Text, mixed_directions_keep_the_order_of_reading) {
  const GlyphRunPtr run = words("ab שלום cd");
  EXPECT_EQ(run->glyphs.front().cluster, 0u);
  EXPECT_EQ(run->text[run->glyphs.back().cluster], 'd');
}

TEST(Text, arabic_letters_join) {
  // Shaped together the letters take their initial, medial and final forms: other glyphs than alone.
  std::set<std::uint32_t> alone, together;
  for (const char* letter : {"ب", "ي", "ت"}) alone.insert(words(letter)->glyphs.at(0).glyph);
  for (const PlacedGlyph& glyph : words("بيت")->glyphs) together.insert(glyph.glyph);
  EXPECT_NE(alone, together);
}

TEST(Text, devanagari_vowel_sign_i_stands_before_its_consonant) {
  const GlyphRunPtr run = words("कि");
  ASSERT_GE(run->glyphs.size(), 2u);
  EXPECT_NE(run->glyphs[0].glyph, words("क")->glyphs[0].glyph);
  EXPECT_EQ(run->glyphs[0].cluster, run->glyphs[1].cluster);
}

TEST(Text, a_combining_mark_takes_no_room) {
  EXPECT_NEAR(words("x\u0323")->width, words("x")->width, 0.02f);
  EXPECT_EQ(words("x\u0323")->n_missing, 0);
}

TEST(Text, a_missing_glyph_shows_its_code_point) {
  const GlyphRunPtr run = words("a\U000F1234b");
  ASSERT_EQ(run->glyphs.size(), 3u);
  EXPECT_EQ(run->n_missing, 1);
  EXPECT_EQ(run->glyphs[1].font, kCodePointBoxes);
  EXPECT_EQ(run->glyphs[1].glyph, 0xF1234u);
  EXPECT_GT(run->glyphs[1].advance, 0.4f);
  const GlyphBitmap box = fonts().rasterize(kCodePointBoxes, 0xF1234, 16);
  EXPECT_GT(std::count_if(box.coverage.begin(), box.coverage.end(), [](auto c) { return c > 40; }), 30);
  EXPECT_FALSE(fonts().outline(kCodePointBoxes, 0xF1234).verbs.empty());
}

TEST(Text, a_mark_that_its_base_font_lacks_is_not_dropped) {
  const GlyphRunPtr run = words("a\U0001E08F");  // a mark of Unicode 15, younger than the fonts
  EXPECT_EQ(run->n_missing, 1);
  EXPECT_EQ(run->glyphs.back().font, kCodePointBoxes);
  EXPECT_EQ(run->glyphs.back().glyph, 0x1E08Fu);
}

TEST(Text, different_code_points_have_different_boxes) {
  EXPECT_NE(fonts().rasterize(kCodePointBoxes, 0xE000, 24).coverage,
            fonts().rasterize(kCodePointBoxes, 0xE001, 24).coverage);
}

TEST(Text, control_characters_are_boxes_and_nothing_is_dropped) {
  const GlyphRunPtr run = words(std::string_view("a\0b\x1F", 4));
  EXPECT_EQ(run->glyphs.size(), 4u);
  EXPECT_EQ(run->n_missing, 2);
}

TEST(Text, ill_formed_bytes_become_replacement_characters) {
  EXPECT_EQ(words("a\xFF\xC3")->text, "a\uFFFD\uFFFD");
  EXPECT_EQ(words("\xED\xA0\x80")->n_missing, 0);
}

TEST(Text, programming_signs_do_not_join) {
  // JetBrains Mono draws "->" and "!=" as one sign unless told not to; a token must look as it is written.
  for (const char* text : {"->", "!=", "=>", "fi"}) {
    const GlyphRunPtr run = mono(text);
    ASSERT_EQ(run->glyphs.size(), 2u) << text;
    EXPECT_EQ(run->glyphs[0].glyph, mono(std::string(1, text[0]))->glyphs[0].glyph) << text;
  }
}

TEST(Text, digits_of_the_mono_font_are_equally_wide) {
  EXPECT_FLOAT_EQ(mono("1111")->width, mono("0.89")->width);
}

TEST(Text, the_same_text_is_shaped_once) {
  EXPECT_EQ(words("cached"), words("cached"));
  EXPECT_NE(words("cached"), mono("cached"));
  EXPECT_NE(fonts().shape("cached", FontRole::Words, FontWeight::Bold), words("cached"));
}

TEST(Text, empty_text_has_metrics_and_no_glyphs) {
  EXPECT_TRUE(words("")->glyphs.empty());
  EXPECT_GT(words("")->ascent, 0.5f);
}

TEST(Text, a_bitmap_lies_where_the_outline_is) {
  const PlacedGlyph glyph = words("H")->glyphs.at(0);
  const GlyphBitmap bitmap = fonts().rasterize(glyph.font, glyph.glyph, 100);
  const GlyphOutline outline = fonts().outline(glyph.font, glyph.glyph);
  float left = 1e9f, top = 1e9f, right = -1e9f, bottom = -1e9f;
  for (const Vec2 p : outline.points) {
    left = std::min(left, p.x), right = std::max(right, p.x);
    top = std::min(top, p.y), bottom = std::max(bottom, p.y);
  }
  EXPECT_NEAR(static_cast<float>(bitmap.left), 100 * left, 1.0f);
  EXPECT_NEAR(static_cast<float>(bitmap.top), -100 * top, 1.0f);
  EXPECT_NEAR(static_cast<float>(bitmap.width), 100 * (right - left), 2.0f);
  EXPECT_NEAR(static_cast<float>(bitmap.height), 100 * (bottom - top), 2.0f);
}

TEST(Text, half_a_pixel_moves_the_coverage) {
  const PlacedGlyph glyph = words("l")->glyphs.at(0);
  const GlyphBitmap at_zero = fonts().rasterize(glyph.font, glyph.glyph, 15, 0);
  const GlyphBitmap at_half = fonts().rasterize(glyph.font, glyph.glyph, 15, 0.5f);
  EXPECT_NE(at_zero.coverage, at_half.coverage);
}

}  // namespace
}  // namespace headscope
