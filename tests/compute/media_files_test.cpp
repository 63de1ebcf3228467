#include "compute/media_files.h"

#include <gtest/gtest.h>

#include <fstream>

#include "compute/trace_service.h"
#include "compute/trace_source.h"

namespace headscope {
namespace {

namespace fs = std::filesystem;

const std::string kFixtures = HEADSCOPE_SHARED_DIR "/fixtures/";
const std::string kPictures = kFixtures + "expected/vit-tiny/";
const std::string kSound = kFixtures + "expected/whisper-tiny-random/wav-chirp.wav";

Document looking(const std::string& input) {
  Document document;
  document.model = kFixtures + "checkpoints/vit-tiny";
  document.input = input;
  return document;
}

TEST(MediaFiles, a_picture_is_traced_for_its_document) {
  TraceSource traces;
  const Result<TracePtr> trace = traces.trace(looking(kPictures + "png-resized.png"));
  ASSERT_TRUE(trace.ok()) << trace.error().message;
  EXPECT_EQ((*trace)->n_tokens(), 17);
  EXPECT_EQ((*trace)->tokens[0].label, "[CLS]");
  EXPECT_EQ((*trace)->tokens[16].label, "patch 4,4");
  ASSERT_TRUE((*trace)->media && (*trace)->media->picture);
  EXPECT_EQ((*trace)->media->picture->n_rows, 4);
  ASSERT_FALSE((*trace)->next_tokens.empty());
  EXPECT_EQ((*trace)->next_tokens[0].size(), 8u);  // classes
}

TEST(MediaFiles, a_model_that_looks_says_that_it_wants_a_picture) {
  TraceSource traces;
  const Result<TracePtr> none = traces.trace(looking(""));
  ASSERT_FALSE(none.ok());
  EXPECT_EQ(none.error().code, ErrorCode::NotFound);
  EXPECT_NE(none.error().message.find("looks at pictures"), std::string::npos);
  for (const std::string& wrong : {kSound, kPictures + "none.png", kFixtures + "manifest.json"}) {
    const Result<TracePtr> trace = traces.trace(looking(wrong));
    ASSERT_FALSE(trace.ok()) << wrong;
    EXPECT_FALSE(trace.error().hint.empty()) << wrong;
  }
}

TEST(MediaFiles, a_sound_is_heard_beside_the_text) {
  Document document;
  document.model = kFixtures + "checkpoints/whisper-tiny-random";
  document.input = kSound;
  document.text = "5 7 9";
  TraceSource traces;
  const Result<TracePtr> trace = traces.trace(document);
  ASSERT_TRUE(trace.ok()) << trace.error().message;
  EXPECT_EQ((*trace)->n_tokens(), 4);  // the start token first
  const TracePtr cross = part_of(*trace, AttentionPart::Cross);
  ASSERT_TRUE(cross);
  EXPECT_EQ(cross->n_keys(), 50);
  EXPECT_TRUE(cross->media && cross->media->sound);
}

TEST(MediaFiles, a_file_that_changed_is_read_again) {
  const fs::path file = fs::path(testing::TempDir()) / "media_files_test.png";
  fs::copy_file(kPictures + "png-resized.png", file, fs::copy_options::overwrite_existing);
  TraceSource traces;
  const TracePtr first = *traces.trace(looking(file.string()));
  EXPECT_EQ(*traces.trace(looking(file.string())), first) << "the same file is computed once";
  fs::copy_file(kPictures + "png-same-size.png", file, fs::copy_options::overwrite_existing);
  fs::last_write_time(file, fs::last_write_time(file) + std::chrono::seconds(5));
  const TracePtr second = *traces.trace(looking(file.string()));
  EXPECT_NE(second->media->picture->rgba, first->media->picture->rgba);
  fs::remove(file);
}

TEST(MediaFiles, a_text_model_leaves_the_input_unread) {
  Document document;
  document.text = "the dog";
  document.input = "nowhere.png";
  TraceSource traces;
  EXPECT_TRUE(traces.trace(document).ok());
}

TEST(MediaFiles, the_service_computes_it_on_its_own_thread) {
  TraceService service;
  service.request(trace_request(looking("")), 0);
  service.wait();
  ASSERT_TRUE(service.state().error);
  EXPECT_TRUE(service.state().model) << "the model is known, so that the window can offer what it wants";
  service.request(trace_request(looking(kPictures + "png-resized.png")), 1);
  service.wait();
  ASSERT_TRUE(service.state().trace);
  EXPECT_TRUE(service.state().trace->complete());
}

}  // namespace
}  // namespace headscope
