#include "export/embedded_document.h"

#include <gtest/gtest.h>

#include "io/image.h"
#include "models/model.h"
#include "render/vector/vector_picture.h"
#include "scene/layout.h"
#include "scene/morph.h"
#include "scene/test_fonts.h"
#include "scene/text.h"

namespace headscope {
namespace {

const std::string kDocument = "{\n  \"text\": \"a < b & c > \\\"d\\\" ' Žofie שלום \\u0007\"\n}\n";

/// The library that shaped the labels is the one that draws them.
Scene scene() {
  auto layout = std::make_shared<Layout>();
  layout->boxes.push_back({1, {{10, 10, 50, 20}, 4, 1, rgb(0x123456), rgb(0xFFFFFF, 0.5f)}});
  layout->box_meanings.emplace_back();
  layout->labels.push_back({2, {{12, 24}, 14, rgb(0xFFFFFF)}});
  layout->label_runs.push_back(fonts().shape("dog & cat", FontRole::Words));
  Scene made;
  made.morph = still(layout);
  return made;
}

std::string pdf() {
  const Result<std::string> plain = render_pdf(scene(), {200, 100}, fonts(), {"Title", "Words", ""}, 150);
  EXPECT_TRUE(plain.ok());
  const Result<std::string> whole = attach_to_pdf(*plain, kDocument);
  EXPECT_TRUE(whole.ok()) << whole.error().message;
  return *whole;
}

TEST(SvgDocument, comes_back_as_it_was) {
  const std::string svg = render_svg(scene(), {200, 100}, fonts(), {"T", "D", kDocument});
  const Result<std::string> read = document_in_svg(svg, "a.svg");
  ASSERT_TRUE(read.ok()) << read.error().message;
  EXPECT_EQ(*read, kDocument);
  EXPECT_EQ(document_in_svg(render_svg(scene(), {200, 100}, fonts(), {}), "a.svg").error().code,
            ErrorCode::Unsupported);
}

TEST(SvgDocument, cut_anywhere_inside_is_a_sentence) {
  const std::string svg = render_svg(scene(), {200, 100}, fonts(), {"T", "D", kDocument});
  const std::size_t end = svg.find("</headscope:document>") + 20;
  for (std::size_t n = 0; n < end; ++n) EXPECT_FALSE(document_in_svg(svg.substr(0, n), "a.svg").ok()) << n;
}

TEST(PdfDocument, comes_back_as_it_was_and_the_old_bytes_stay) {
  const Result<std::string> plain = render_pdf(scene(), {200, 100}, fonts(), {"Title", "Words", ""}, 150);
  const Result<std::string> whole = attach_to_pdf(*plain, kDocument);
  ASSERT_TRUE(whole.ok());
  EXPECT_EQ(whole->substr(0, plain->size()), *plain);
  const Result<std::string> read = document_in_pdf(*whole, "a.pdf");
  ASSERT_TRUE(read.ok()) << read.error().message;
  EXPECT_EQ(*read, kDocument);
  EXPECT_EQ(document_in_pdf(*plain, "a.pdf").error().code, ErrorCode::Unsupported);
}

TEST(PdfDocument, cut_anywhere_inside_is_a_sentence) {
  const std::string whole = pdf();
  const std::size_t end = whole.find("\nendstream", whole.find("/HeadscopeDocument")) + 9;
  for (std::size_t n = 0; n < end; n += 7)
    EXPECT_FALSE(document_in_pdf(whole.substr(0, n), "a.pdf").ok()) << n;
}

TEST(PdfDocument, a_length_that_lies_is_refused) {
  for (const char* length : {"999999999", "9999999999999", "1", "", "-4"}) {
    std::string text = pdf();
    const std::string key = "/HeadscopeDocument 1 /Length ";
    const std::size_t at = text.find(key) + key.size();
    text.replace(at, text.find(' ', at) - at, length);
    const Result<std::string> read = document_in_pdf(text, "a.pdf");
    ASSERT_FALSE(read.ok()) << length;
    EXPECT_EQ(read.error().code, ErrorCode::Corrupt);
  }
}

TEST(PdfDocument, other_tables_of_objects_are_refused) {
  EXPECT_FALSE(attach_to_pdf("%PDF-1.5\nstartxref\n3\n%%EOF\n", "{}").ok());
  EXPECT_FALSE(attach_to_pdf("", "{}").ok());
}

TEST(Svg, equal_scenes_give_equal_text_and_markup_is_escaped) {
  const std::string a = render_svg(scene(), {200, 100}, fonts(), {"a < b", "", ""});
  EXPECT_EQ(a, render_svg(scene(), {200, 100}, fonts(), {"a < b", "", ""}));
  EXPECT_NE(a.find("<title>a &lt; b</title>"), std::string::npos);
  EXPECT_NE(a.find(">dog &amp; cat</text>"), std::string::npos);
}

}  // namespace
}  // namespace headscope
