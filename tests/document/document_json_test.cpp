#include "document/document_json.h"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>

namespace headscope {
namespace {

Document rich_document() {
  Document document;
  document.model = "models/my model";
  document.text = "the \"dog\" 中\n\t\xF0\x9F\x98\x80";
  document.input = "pictures/my cat.png";
  document.interventions = {{"weights 2.5 7 3", 0.25f}, {"mask 0.0", -1e-20f}};
  document.second_text = "a second — one";
  document.selection = {ShownPart::Cross, {{0, 1}, {2, 5}}, HeadMix::Max, 7, 3};
  document.view.kind = ViewKind::Matrix;
  document.view.weight_threshold = std::nextafter(0.05f, 1.0f);
  document.view.top_k = 5;
  document.view.cumulative_mass = 0.75f;
  document.view.scale = WeightScale::RowMax;
  document.view.hide_first_token = document.view.hide_special_tokens = document.view.renormalize = true;
  document.view.merge_words = true;
  document.view.show_labels = false;
  document.view.theme = Theme::Light;
  document.view.palette = Palette::OkabeIto;
  document.view.matrix_colors = MatrixColors::Head;
  document.view.present = true;
  document.view.title = "Who is it?";
  document.view.subtitle = "…";
  return document;
}

TEST(DocumentJson, every_field_comes_back) {
  for (const Document& document : {Document{}, rich_document()}) {
    const Result<Document> again = parse_document(document_text(document), "test");
    ASSERT_TRUE(again.ok()) << again.error().message;
    EXPECT_EQ(*again, document);
  }
  // Written the way people write numbers.
  EXPECT_NE(document_text(Document{}).find("\"cumulative_mass\": 0.9,"), std::string::npos);
}

TEST(DocumentJson, unknown_fields_are_kept_and_written_again) {
  const std::string text =
      R"({"headscope": 7, "chapter": [1, {"a": null}], "text": "hi", "view": {"kind": "arcs", "glow": 0.5},
          "selection": {"lens": "x"}, "model": "stories"})";
  const Result<Document> document = parse_document(text, "test");
  ASSERT_TRUE(document.ok()) << document.error().message;
  EXPECT_EQ(document->view.kind, ViewKind::Arcs);
  Document changed = *document;
  changed.text = "ho";
  const std::string written = document_text(changed);
  for (const char* kept : {"\"chapter\"", "\"glow\": 0.5", "\"lens\": \"x\"", "\"text\": \"ho\""}) {
    EXPECT_NE(written.find(kept), std::string::npos) << kept << written;
  }
  EXPECT_EQ(*parse_document(written, "again"), changed);
}

TEST(DocumentJson, missing_fields_have_their_defaults) {
  EXPECT_EQ(*parse_document("{\"headscope\": 1}", "test"), Document{});
}

TEST(DocumentJson, hostile_input_is_refused_in_a_sentence) {
  const std::string deep =
      "{\"headscope\": 1, \"x\": " + std::string(1000, '[') + std::string(1000, ']') + "}";
  const std::string long_text = "{\"headscope\": 1, \"text\": \"" + std::string(500'000, 'a') + "\"}";
  const std::vector<std::string> hostile = {
      "",
      "{",
      "[]",
      "null",
      "\"headscope\"",
      "{}",
      "{\"model\": \"stories\"}",
      "\xFF\xFE",
      R"({"headscope": 0})",
      R"({"headscope": "1"})",
      R"({"headscope": -1})",
      R"({"headscope": 1e99})",
      R"({"headscope": 1} x)",
      R"({"headscope": 1, "headscope": 1})",
      R"({"headscope": 1, "text": 5})",
      R"({"headscope": 1, "text": "\ud800"})",
      R"({"headscope": 1, "text": ["a"]})",
      R"({"headscope": 1, "model": ""})",
      R"({"headscope": 1, "model": {}})",
      R"({"headscope": 1, "selection": []})",
      R"({"headscope": 1, "selection": {"heads": []}})",
      R"({"headscope": 1, "selection": {"heads": "all"}})",
      R"({"headscope": 1, "selection": {"heads": [1]}})",
      R"({"headscope": 1, "selection": {"heads": ["1"]}})",
      R"({"headscope": 1, "selection": {"heads": ["-1.2"]}})",
      R"({"headscope": 1, "selection": {"heads": ["2000000.0"]}})",
      R"({"headscope": 1, "selection": {"heads": ["99999999999999.0"]}})",
      R"({"headscope": 1, "selection": {"query": -1}})",
      R"({"headscope": 1, "selection": {"query": 1.5}})",
      R"({"headscope": 1, "selection": {"key": 4294967296}})",
      R"({"headscope": 1, "selection": {"mix": "none"}})",
      R"({"headscope": 1, "view": 1})",
      R"({"headscope": 1, "view": {"kind": "circles"}})",
      R"({"headscope": 1, "view": {"kind": 2}})",
      R"({"headscope": 1, "view": {"weight_threshold": 2}})",
      R"({"headscope": 1, "view": {"weight_threshold": 1e999}})",
      R"({"headscope": 1, "view": {"cumulative_mass": 0}})",
      R"({"headscope": 1, "view": {"top_k": -1}})",
      R"({"headscope": 1, "view": {"present": "yes"}})",
      R"({"headscope": 1, "view": {"title": 1}})",
      R"({"headscope": 1, "interventions": {}})",
      R"({"headscope": 1, "interventions": [1]})",
      R"({"headscope": 1, "interventions": [{"target": "x"}]})",
      R"({"headscope": 1, "interventions": [{"value": 1}]})",
      R"({"headscope": 1, "interventions": [{"target": "x", "value": 1e300}]})",
      deep,
      long_text};
  for (const std::string& text : hostile) {
    const Result<Document> document = parse_document(text, "bad.headscope");
    ASSERT_FALSE(document.ok()) << text.substr(0, 100);
    EXPECT_NE(document.error().message.find("bad.headscope"), std::string::npos) << document.error().message;
    EXPECT_FALSE(document.error().hint.empty());
    EXPECT_LT(document.error().message.size(), 400u);
  }
}

TEST(DocumentJson, an_input_is_found_beside_its_document_wherever_both_are_moved) {
  namespace fs = std::filesystem;
  const fs::path folder = fs::temp_directory_path() / "headscope_input_test";
  fs::remove_all(folder);
  fs::create_directories(folder / "a" / "pictures");
  std::ofstream(folder / "a" / "pictures" / "cat.png") << "x";
  Document document;
  document.input = (folder / "a" / "pictures" / "cat.png").string();
  Story story;
  story.start = document.state();
  story.steps.push_back({});
  document.story = std::move(story);
  ASSERT_TRUE(save_document(document, folder / "a" / "cat.headscope").ok());
  fs::rename(folder / "a", folder / "b");
  const Result<Document> moved = load_document(folder / "b" / "cat.headscope");
  ASSERT_TRUE(moved.ok()) << moved.error().message;
  const std::string there = (folder / "b" / "pictures" / "cat.png").string();
  EXPECT_EQ(moved->input, there);
  EXPECT_EQ(moved->story->start.input, there);
  fs::remove(folder / "b" / "pictures" / "cat.png");
  EXPECT_EQ(load_document(folder / "b" / "cat.headscope")->input, "pictures/cat.png");
  fs::remove_all(folder);
}

TEST(DocumentJson, a_document_survives_its_file) {
  const std::filesystem::path path =
      std::filesystem::path(testing::TempDir()) / "document_json_test.headscope";
  ASSERT_TRUE(save_document(rich_document(), path).ok());
  const Result<Document> loaded = load_document(path);
  ASSERT_TRUE(loaded.ok()) << loaded.error().message;
  EXPECT_EQ(*loaded, rich_document());
  std::filesystem::remove(path);
  EXPECT_EQ(load_document(path).error().code, ErrorCode::NotFound);
}

}  // namespace
}  // namespace headscope
