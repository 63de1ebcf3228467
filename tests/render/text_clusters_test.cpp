#include "render/vector/text_clusters.h"

#include <gtest/gtest.h>

#include <numeric>

namespace headscope {
namespace {

/// What holds of every run: each glyph is in one piece, and clusters count its bytes and glyphs.
void expect_complete(const GlyphRun& run, const std::vector<ClusterText>& pieces) {
  std::size_t glyph = 0;
  for (const ClusterText& piece : pieces) {
    EXPECT_EQ(piece.first_glyph, glyph);
    glyph += piece.n_glyphs;
    EXPECT_LE(piece.first_byte + piece.n_bytes, run.text.size());
    int bytes = 0, glyphs = 0;
    for (const TextCluster& cluster : piece.clusters) {
      bytes += cluster.n_bytes;
      glyphs += cluster.n_glyphs;
    }
    EXPECT_EQ(bytes, static_cast<int>(piece.n_bytes));
    EXPECT_EQ(glyphs, static_cast<int>(piece.n_glyphs));
    for (std::size_t i = piece.first_glyph; i < glyph; ++i) EXPECT_EQ(run.glyphs[i].font, piece.font);
  }
  EXPECT_EQ(glyph, run.glyphs.size());
}

TEST(TextClusters, left_to_right_text_is_one_piece) {
  FontLibrary fonts;
  const GlyphRunPtr run = fonts.shape("dog", FontRole::Mono);
  const std::vector<ClusterText> pieces = text_pieces(*run);
  ASSERT_EQ(pieces.size(), 1u);
  EXPECT_FALSE(pieces[0].backward);
  EXPECT_EQ(pieces[0].n_bytes, 3u);
  EXPECT_EQ(pieces[0].clusters.size(), 3u);
  expect_complete(*run, pieces);
}

TEST(TextClusters, right_to_left_text_runs_backward) {
  FontLibrary fonts;
  const GlyphRunPtr run = fonts.shape("שלום", FontRole::Mono);
  const std::vector<ClusterText> pieces = text_pieces(*run);
  ASSERT_EQ(pieces.size(), 1u);
  EXPECT_TRUE(pieces[0].backward);
  expect_complete(*run, pieces);
}

TEST(TextClusters, every_script_is_complete) {
  FontLibrary fonts;
  for (const char* text : {"a שלום b", "Žofie", "e\u0301\u0302", "नमस्ते", "中文 and 日本", "👍🏽",
                           "\x01\x02", "", "العربية 123"}) {
    const GlyphRunPtr run = fonts.shape(text, FontRole::Words);
    expect_complete(*run, text_pieces(*run));
  }
}

}  // namespace
}  // namespace headscope
