#include "models/write_text.h"

#include <gtest/gtest.h>

#include "models/test_models.h"

namespace headscope {
namespace {

ModelPtr fixture_model(const std::string& name) {
  return loaded(kFixtures + "checkpoints/" + name);
}

int most_probable_of(const Vector& logits) {
  Eigen::Index best = 0;
  logits.maxCoeff(&best);
  return static_cast<int>(best);
}

TEST(WriteText, a_decoder_goes_on_as_the_reference_does) {
  const ModelPtr model = loaded(kModels + "stories260K");
  const auto [prompt, ids] = greedy_story();
  const auto writing = write_text(*model, {.ids = prompt}, static_cast<int>(ids.size()), {});
  ASSERT_TRUE(writing.ok()) << writing.error().message;
  EXPECT_EQ(writing->ids, ids);
  EXPECT_EQ(writing->trace->n_tokens(), static_cast<int>(prompt.size() + ids.size()));
  EXPECT_FALSE(writing->ended);

  // Word by word, through text, it is the same story.
  std::string text;
  for (int i = 0; i < 40; ++i) {
    const auto trace = model->trace(text, {});
    ASSERT_TRUE(trace.ok());
    const auto next = next_written(*model, **trace);
    ASSERT_TRUE(next.ok()) << next.error().message;
    EXPECT_EQ(next->id, ids[static_cast<std::size_t>(i)]);
    EXPECT_TRUE(next->reads_back);
    text = next->text;
  }
  EXPECT_TRUE(writing->text.starts_with(text) || writing->text.starts_with(" " + text)) << text;
}

TEST(WriteText, an_encoder_decoder_writes_its_most_probable_tokens_and_ends_before_the_end_token) {
  for (const char* name : {"bart-tiny", "t5-tiny", "marian-tiny"}) {
    const ModelPtr model = fixture_model(name);
    const std::vector<int> ends = model->info().end_ids;
    ASSERT_EQ(ends.size(), 1u) << name;
    TokenInput input{.ids = {5, 6, 7, 8, 9}};
    const auto writing = write_text(*model, input, 12, {});
    ASSERT_TRUE(writing.ok()) << writing.error().message;
    EXPECT_TRUE(writing->ids.size() == 12 || writing->ended);
    // Held against full passes of a model that has seen nothing before.
    const ModelPtr fresh = fixture_model(name);
    TraceOptions options;
    options.keep_last_logits = true;
    input.decoder_input_ids = {(*fresh->trace_ids(input, {}))->tokens[0].id};
    for (const int id : writing->ids) {
      const auto trace = fresh->trace_ids(input, options);
      ASSERT_TRUE(trace.ok());
      EXPECT_EQ(most_probable_of((*trace)->last_logits), id) << name;
      input.decoder_input_ids.push_back(id);
    }
    if (writing->ended) {
      EXPECT_EQ(most_probable_of((*fresh->trace_ids(input, options))->last_logits), ends[0]);
    }
    const auto whole = fixture_model(name)->trace_ids(input, {});
    for (std::size_t part = 0; part < 3; ++part)
      EXPECT_EQ(weight_difference(*writing->trace->parts[part], *(*whole)->parts[part]), 0) << name << part;
  }
}

TEST(WriteText, a_typed_space_and_one_that_the_token_brings_are_one) {
  const ModelPtr model = loaded("stories");
  const auto plain = model->trace("the dog", {}), spaced = model->trace("the dog ", {});
  ASSERT_TRUE(plain.ok() && spaced.ok());
  const auto one = next_written(*model, **plain), other = next_written(*model, **spaced);
  ASSERT_TRUE(one.ok() && other.ok());
  EXPECT_EQ(one->text.substr(0, 8), "the dog ");
  EXPECT_EQ(other->text.find("  "), std::string::npos) << other->text;
}

TEST(WriteText, what_cannot_go_on_says_why) {
  const auto sentence = [](const auto& result) {
    return result.ok() ? std::string() : result.error().message;
  };
  EXPECT_EQ(sentence(write_text(*fixture_model("bert-tiny"), {.ids = {5, 6}}, 3, {})),
            "'bert-tiny' does not write token after token");
  EXPECT_EQ(
      sentence(write_text(*fixture_model("gpt2-tiny"), {.ids = {5, 6}, .attention_mask = {0, 1}}, 3, {})),
      "a text with padding or positions of its own is not gone on with");
  const ModelPtr gpt2 = fixture_model("gpt2-tiny");
  TokenInput full;
  for (int i = 0; i < gpt2->max_tokens() - 2; ++i) full.ids.push_back(5 + i % 7);
  const auto writing = write_text(*gpt2, full, 100, {});
  ASSERT_TRUE(writing.ok()) << writing.error().message;
  EXPECT_TRUE(writing->ended || writing->trace->n_tokens() == gpt2->max_tokens());
  full.ids.resize(static_cast<std::size_t>(gpt2->max_tokens()), 5);
  EXPECT_NE(sentence(write_text(*gpt2, full, 1, {})).find("has no position behind"), std::string::npos);
}

TEST(WriteText, each_position_is_computed_once) {
  const ModelPtr model = fixture_model("bart-tiny");
  const TokenInput input{.ids = {5, 6, 7, 8}, .decoder_input_ids = {2, 9, 10}};
  TokenInput longer = input;
  longer.decoder_input_ids.push_back(11);
  EXPECT_EQ((*model->trace_ids(input, {}))->n_computed, 3);
  const TracePtr grown = *model->trace_ids(longer, {});
  EXPECT_EQ(grown->n_computed, 1);
  EXPECT_EQ(part_of(grown, AttentionPart::Encoder)->n_computed, 0);
  EXPECT_EQ(part_of(grown, AttentionPart::Cross)->n_computed, 1);
  EXPECT_EQ((*model->trace_ids(input, {}))->n_computed, 0) << "taken back, nothing is left to compute";
  TokenInput other = longer;
  other.ids[1] = 20;
  EXPECT_EQ((*model->trace_ids(other, {}))->n_computed, 4) << "another source, another decoder";
}

}  // namespace
}  // namespace headscope
