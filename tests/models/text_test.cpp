// From text to tokens to a trace: what the window shows of the tokens.
#include <gtest/gtest.h>

#include "io/json.h"
#include "models/test_models.h"
#include "models/trace_dump.h"

namespace headscope {
namespace {

void expect_tiling(const AttentionTrace& trace) {
  std::size_t end = 0;
  for (const TraceToken& token : trace.tokens) {
    if (token.special) {
      EXPECT_EQ(token.begin, token.end);
      EXPECT_FALSE(token.label.empty());
      continue;
    }
    EXPECT_EQ(token.begin, end);
    EXPECT_EQ(token.text, trace.text.substr(token.begin, token.end - token.begin));
    end = token.end;
  }
  EXPECT_EQ(end, trace.text.size());
}

TEST(TextToTrace, the_texts_of_the_manifest_become_the_ids_of_the_reference) {
  auto manifest = read_json(kFixtures + "manifest.json");
  ASSERT_TRUE(manifest.ok());
  int n_texts = 0;
  for (const Json& entry : (*manifest)["models"]) {
    if (entry["name"] != "text-gpt2" && entry["name"] != "stories260K") continue;
    const ModelPtr model = loaded(kFixtures + entry["checkpoint"].get<std::string>());
    for (const Json& test_case : entry["cases"]) {
      if (!test_case.contains("text")) continue;
      auto trace = model->trace(test_case["text"].get<std::string>(), {});
      auto input = read_token_input(kFixtures + test_case["file"].get<std::string>());
      ASSERT_TRUE(trace.ok() && input.ok());
      std::vector<int> ids;
      for (const TraceToken& token : (*trace)->tokens) ids.push_back(token.id);
      EXPECT_EQ(ids, input->ids) << test_case["text"];
      expect_tiling(**trace);
      ++n_texts;
    }
  }
  EXPECT_GE(n_texts, 7);
}

std::vector<int> ids_of(const AttentionTrace& trace) {
  std::vector<int> ids;
  for (const TraceToken& token : trace.tokens) ids.push_back(token.id);
  return ids;
}

TEST(TextToTrace, sentence_pairs_and_target_texts_become_the_inputs_of_the_reference) {
  auto manifest = read_json(kFixtures + "manifest.json");
  ASSERT_TRUE(manifest.ok());
  TraceOptions options;
  options.keep_logits = true;
  int n_pairs = 0, n_targets = 0;
  for (const Json& entry : (*manifest)["models"]) {
    if (entry["name"] != "text-bert" && entry["name"] != "text-t5") continue;
    const ModelPtr model = loaded(kFixtures + entry["checkpoint"].get<std::string>());
    for (const Json& test_case : entry["cases"]) {
      TextInput input{test_case["text"].get<std::string>()};
      const bool pair = test_case.contains("text_pair"), target = test_case.contains("target_text");
      if (pair) input.second_text = test_case["text_pair"].get<std::string>();
      if (target) input.second_text = test_case["target_text"].get<std::string>();
      n_pairs += pair;
      n_targets += target;
      auto trace = model->trace_texts(input, options);
      ASSERT_TRUE(trace.ok()) << trace.error().message;
      auto ids = read_token_input(kFixtures + test_case["file"].get<std::string>());
      const TracePtr reader = target ? part_of(*trace, AttentionPart::Encoder) : *trace;
      EXPECT_EQ(ids_of(*reader), ids->ids) << test_case["text"];
      if (target) {
        EXPECT_EQ(ids_of(**trace), ids->decoder_input_ids) << test_case["target_text"];
      }
      // The same numbers as from the reference's own ids, segments included.
      auto expected = model->trace_ids(*ids, options);
      ASSERT_TRUE(expected.ok()) << expected.error().message;
      EXPECT_EQ((*trace)->logits.matrix(), (*expected)->logits.matrix()) << test_case["text"];

      EXPECT_EQ(reader->second_begin, pair ? input.text.size() : std::string::npos);
      EXPECT_EQ(reader->text, pair ? input.text + *input.second_text : input.text);
      // Behind the first separator stands the second text, and its ranges lie there.
      const std::size_t divide = pair ? reader->second_begin : reader->text.size();
      std::size_t end = 0;
      bool second = false;
      for (std::size_t i = 0; i < reader->tokens.size(); ++i) {
        const TraceToken& token = reader->tokens[i];
        second = second || (token.special && i > 0);
        EXPECT_GE(token.begin, end) << i;
        EXPECT_EQ(token.text, reader->text.substr(token.begin, token.end - token.begin));
        end = token.end;
        EXPECT_TRUE(token.special || (second ? token.begin >= divide : token.end <= divide)) << token.text;
      }
    }
  }
  EXPECT_GE(n_pairs, 1);
  EXPECT_GE(n_targets, 3);
}

TEST(TextToTrace, next_tokens_are_named_and_sorted) {
  const ModelPtr model = loaded(kModels + "stories260K");
  auto trace = model->trace("Once upon a", {});
  ASSERT_TRUE(trace.ok());
  ASSERT_EQ((*trace)->next_tokens.size(), (*trace)->tokens.size());
  const auto& next = (*trace)->next_tokens.back();
  ASSERT_EQ(next.size(), 8u);
  EXPECT_GT(next[0].probability, 0.9f) << "'Once upon a' goes on with 'time'";
  for (std::size_t i = 1; i < next.size(); ++i) EXPECT_GE(next[i - 1].probability, next[i].probability);
  EXPECT_TRUE(next[0].text.find("t") != std::string::npos) << next[0].text;
}

TEST(TextToTrace, a_model_without_tokenizer_reads_numbers) {
  const ModelPtr model = loaded(kModels + "gpt-nano-sort");
  auto trace = model->trace("2 0 1, 0", {});
  ASSERT_TRUE(trace.ok());
  EXPECT_EQ((*trace)->n_tokens(), 4);
  EXPECT_EQ((*trace)->tokens[3].text, ", 0");
  expect_tiling(**trace);
  EXPECT_EQ(model->trace("7", {}).error().code, ErrorCode::InvalidArgument);
  EXPECT_EQ(model->trace("99999999999999999999", {}).error().code, ErrorCode::InvalidArgument);
}

TEST(TextToTrace, empty_texts_and_long_ones_are_refused_in_a_sentence) {
  const ModelPtr model = loaded(kModels + "gpt-nano-sort");
  EXPECT_EQ(model->trace("", {}).error().message, "there are no tokens to read");
  EXPECT_EQ(model->trace("0 1 2 0 1 2 0 1 2 0 1 2", {}).error().message,
            "the text has 12 tokens, but 'gpt-nano-sort' reads at most 11");
  EXPECT_EQ(model->trace_ids({{0, 1, 3}, {}, {}}, {}).error().message,
            "token id 3 is outside of the vocabulary of 'gpt-nano-sort', 0 to 2");
  EXPECT_FALSE(model->trace_ids({{0, 1, 2}, {0, 1}, {}}, {}).ok());
  EXPECT_FALSE(model->trace_ids({{0, 1, 2}, {0, 1, 11}, {}}, {}).ok());
  EXPECT_FALSE(model->trace_ids({{0, 1, 2}, {}, {1}}, {}).ok());
}

TEST(TextToTrace, the_built_in_model_reads_any_text) {
  ASSERT_FALSE(built_in_models().empty());
  EXPECT_EQ(built_in_models()[0].name, "stories");
  const ModelPtr model = loaded("stories");
  ASSERT_TRUE(model);
  EXPECT_EQ(model->name(), "stories");
  EXPECT_EQ(model->info().architecture, "LlamaForCausalLM");
  EXPECT_EQ(model->info().storage, "F16");
  for (const std::string text :
       {"the dog did not cross the street because it was too tired .", "Ж\n 漢字 \xF0\x9F\x90\x95 \xFF!"}) {
    const auto trace = model->trace(text, {});
    ASSERT_TRUE(trace.ok()) << trace.error().message;
    EXPECT_EQ((*trace)->text, text);
    expect_tiling(**trace);
    EXPECT_EQ((*trace)->next_tokens.back().size(), 8u);
  }
}

TEST(TextToTrace, ids_alone_stand_for_the_text_that_they_decode_to) {
  const ModelPtr model = loaded(kModels + "stories260K");
  const TracePtr trace = traced(*model, {1, 403, 407, 261, 378});
  EXPECT_EQ(trace->tokens[0].label, "<s>");
  EXPECT_TRUE(trace->tokens[0].special);
  EXPECT_NE(trace->text.find("Once upon a time"), std::string::npos) << trace->text;
  expect_tiling(*trace);
}

}  // namespace
}  // namespace headscope
