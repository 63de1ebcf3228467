// Encoders and encoder-decoders: what a trace of theirs holds besides the numbers.
#include <gtest/gtest.h>

#include <random>

#include "models/generate.h"
#include "models/test_models.h"

namespace headscope {
namespace {

ModelPtr fixture(const std::string& name) {
  return loaded(kFixtures + "checkpoints/" + name);
}

TracePtr traced_input(const Model& model, const TokenInput& input, const TraceOptions& options = {}) {
  auto trace = model.trace_ids(input, options);
  EXPECT_TRUE(trace.ok()) << trace.error().message;
  return trace.ok() ? *trace : nullptr;
}

TEST(Encoder, every_token_sees_every_other_and_an_edit_computes_all_again) {
  const ModelPtr model = fixture("bert-tiny");
  EXPECT_EQ(model->info().kind, ModelKind::Encoder);
  EXPECT_EQ(model->info().output, "masked token");
  EXPECT_EQ(model->second_text(), SecondText::Pair);
  const TracePtr first = traced(*model, {2, 20, 21, 22, 23, 3});
  EXPECT_FALSE(first->causal);
  EXPECT_GT(first->layers[0]->weights(0)(0, 5), 0);
  EXPECT_EQ(first->next_tokens.size(), 6u) << "a guess at every position";

  TraceOptions options;
  options.previous = first;
  const TracePtr second = traced(*model, {2, 20, 21, 22, 23, 24}, options);
  EXPECT_EQ(second->n_computed, 6);
  EXPECT_EQ(weight_difference(*second, *traced(*model, {2, 20, 21, 22, 23, 24})), 0);
  EXPECT_GT(std::abs(second->layers[0]->weights(0)(0, 0) - first->layers[0]->weights(0)(0, 0)), 0);
}

TEST(Encoder, what_a_family_does_not_read_is_refused_in_a_sentence) {
  const auto refusal = [](const std::string& name, const TokenInput& input) {
    auto trace = fixture(name)->trace_ids(input, {});
    EXPECT_FALSE(trace.ok()) << name;
    return trace.ok() ? std::string() : trace.error().message;
  };
  EXPECT_EQ(refusal("distilbert-tiny", {.ids = {5, 6}, .token_type_ids = {0, 0}}),
            "'distilbert-tiny' reads no token_type_ids");
  EXPECT_EQ(refusal("bart-tiny", {.ids = {5, 6}, .position_ids = {0, 1}}),
            "'bart-tiny' reads no position_ids");
  EXPECT_EQ(refusal("t5-tiny", {.ids = {5, 6}, .position_ids = {0, 1}}), "'t5-tiny' reads no position_ids");
  EXPECT_EQ(refusal("bert-tiny", {.ids = {5, 6}, .token_type_ids = {0, 2}}),
            "segment 2 is outside of 0 to 1");
  EXPECT_EQ(refusal("bert-tiny", {.ids = {5, 6}, .decoder_input_ids = {0}}),
            "'bert-tiny' has no decoder that reads 'decoder_input_ids'");
  EXPECT_EQ(refusal("t5-tiny", {.ids = {5, 6}, .decoder_input_ids = {128}}),
            "token id 128 is outside of the vocabulary of 't5-tiny', 0 to 127");
  EXPECT_EQ(refusal("roberta-tiny", {.ids = {5, 6}, .position_ids = {2, 42}}),
            "position 42 is outside of 0 to 41");
  const auto pair = fixture("gpt2-tiny")->trace_texts({"1 2", "3 4"}, {});
  ASSERT_FALSE(pair.ok());
  EXPECT_EQ(pair.error().message, "'gpt2-tiny' reads one text");
}

TEST(Encoder, positions_may_be_spelled_out_as_the_family_counts_them) {
  const ModelPtr bert = fixture("bert-tiny"), roberta = fixture("roberta-tiny");
  const TracePtr plain = traced(*bert, {9, 8, 7}),
                 moved = traced_input(*bert, {.ids = {9, 8, 7}, .position_ids = {3, 4, 5}});
  EXPECT_EQ(weight_difference(*plain, *traced_input(*bert, {.ids = {9, 8, 7}, .position_ids = {0, 1, 2}})),
            0);
  EXPECT_GT(weight_difference(*plain, *moved), 0);
  // Rows of RoBERTa's table: the padding token has row 1, the first real one row 2.
  EXPECT_EQ(weight_difference(*traced(*roberta, {9, 1, 8}),
                              *traced_input(*roberta, {.ids = {9, 1, 8}, .position_ids = {2, 1, 3}})),
            0);
}

TEST(Encoder, does_not_write_token_after_token) {
  const auto text = generate(*fixture("bert-tiny"), std::vector<int>{2, 20, 3}, {});
  ASSERT_FALSE(text.ok());
  EXPECT_EQ(text.error().message, "'bert-tiny' does not write token after token");
}

TEST(EncoderDecoder, a_trace_holds_three_kinds_of_attention_and_is_itself_the_decoders) {
  const ModelPtr model = fixture("bart-tiny");
  EXPECT_EQ(model->info().kind, ModelKind::EncoderDecoder);
  EXPECT_EQ(model->second_text(), SecondText::Target);
  EXPECT_EQ(model->info().encoder->n_layers, 3);
  const TracePtr trace = traced_input(*model, {.ids = {5, 6, 7, 8}, .decoder_input_ids = {2, 9, 10}});
  ASSERT_EQ(trace->parts.size(), 3u);
  const TracePtr encoder = part_of(trace, AttentionPart::Encoder),
                 cross = part_of(trace, AttentionPart::Cross);
  EXPECT_EQ(part_of(trace, AttentionPart::Self), nullptr);
  EXPECT_EQ(trace->part, AttentionPart::Decoder);
  EXPECT_EQ(trace->layers, part_of(trace, AttentionPart::Decoder)->layers);
  EXPECT_TRUE(trace->causal);
  EXPECT_FALSE(encoder->causal || cross->causal);
  EXPECT_EQ(trace->n_tokens(), 3);
  EXPECT_EQ(trace->n_keys(), 3);
  EXPECT_EQ(encoder->n_tokens(), 4);
  EXPECT_EQ(encoder->shape.n_heads, 4);
  EXPECT_EQ(cross->n_tokens(), 3);
  EXPECT_EQ(cross->n_keys(), 4);
  EXPECT_EQ(cross->layers[1]->n_query(), 3);
  EXPECT_EQ(cross->layers[1]->n_key(), 4);
  EXPECT_NEAR(cross->layers[1]->weights(5).row(2).sum(), 1, 1e-5);
  EXPECT_EQ(trace->next_tokens.size(), 3u);
}

TEST(EncoderDecoder, without_a_target_the_decoder_reads_its_start_token) {
  const ModelPtr model = fixture("marian-tiny");
  const auto trace = model->trace("5 6 7", {});
  ASSERT_TRUE(trace.ok()) << trace.error().message;
  ASSERT_EQ((*trace)->n_tokens(), 1);
  EXPECT_EQ((*trace)->tokens[0].id, 119);
  EXPECT_TRUE((*trace)->tokens[0].special);
  EXPECT_EQ(part_of(*trace, AttentionPart::Encoder)->text, "5 6 7");
  const auto more = model->trace_texts({"5 6 7", "8 9"}, {});
  ASSERT_TRUE(more.ok());
  EXPECT_EQ((*more)->n_tokens(), 3);
  EXPECT_EQ((*more)->text, "8 9");
}

TEST(EncoderDecoder, an_edit_of_the_target_leaves_the_encoders_result) {
  for (const char* name : {"t5-tiny", "bart-tiny"}) {
    const ModelPtr model = fixture(name);
    const TokenInput before{.ids = {5, 6, 7, 8}, .decoder_input_ids = {2, 9}},
        after{.ids = {5, 6, 7, 8}, .decoder_input_ids = {2, 9, 10}},
        edited{.ids = {5, 6, 9, 8}, .decoder_input_ids = {2, 9, 10}},
        padded{.ids = {5, 6, 9, 8}, .attention_mask = {1, 1, 1, 0}, .decoder_input_ids = {2, 9, 10}};
    const TracePtr first = traced_input(*model, before);
    EXPECT_EQ(first->parts[0]->n_computed, 4);
    const TracePtr second = traced_input(*model, after);
    EXPECT_EQ(second->parts[0]->n_computed, 0);
    EXPECT_EQ(second->parts[0]->layers, first->parts[0]->layers);
    for (const TokenInput& input : {after, edited, padded, edited}) {
      const TracePtr kept = traced_input(*model, input), fresh = traced_input(*fixture(name), input);
      for (std::size_t part = 0; part < 3; ++part)
        EXPECT_EQ(weight_difference(*kept->parts[part], *fresh->parts[part]), 0) << name << part;
    }
  }
}

TEST(EncoderDecoder, random_edits_of_the_target_give_what_a_full_pass_gives) {
  for (const char* name : {"t5-tiny", "bart-tiny", "marian-tiny", "text-t5"}) {
    const ModelPtr model = fixture(name), fresh = fixture(name);
    std::mt19937 random(5);
    TokenInput input{.ids = {5, 6, 7, 8}, .decoder_input_ids = {2, 9}};
    for (int step = 0; step < 60; ++step) {
      std::vector<int>& target = input.decoder_input_ids;
      const int id = 3 + static_cast<int>(random() % 90);
      const auto at = static_cast<std::ptrdiff_t>(random() % target.size());
      if (random() % 3 == 0) target.erase(target.begin() + at, target.end());
      if (random() % 4 == 0 && !target.empty()) target[static_cast<std::size_t>(at) % target.size()] = id;
      if (target.size() < 30) target.push_back(id);
      if (random() % 12 == 0) input.ids[random() % 4] = id;
      TraceOptions options;
      options.keep_weights = random() % 10 != 0;
      options.keep_hidden = step > 20;
      options.keep_logits = random() % 2 == 0;
      options.keep_last_logits = random() % 2 == 0;
      options.n_next_tokens = random() % 5 == 0 ? 0 : 8;
      if (random() % 3 == 0) options.next_tokens = TraceOptions::NextTokens::Last;
      const TracePtr kept = traced_input(*model, input, options);
      // The other model forgets what it knew before each of its passes.
      TokenInput unlike = input;
      unlike.ids.push_back(4);
      traced_input(*fresh, unlike, options);
      const TracePtr full = traced_input(*fresh, input, options);
      EXPECT_EQ(full->n_computed, full->n_tokens());
      for (std::size_t part = 0; part < 3; ++part) {
        ASSERT_EQ(weight_difference(*kept->parts[part], *full->parts[part]), 0) << name << step << part;
        for (int head = 0; head < kept->parts[part]->shape.n_heads; ++head)
          ASSERT_EQ(kept->parts[part]->layers[1]->z(head), full->parts[part]->layers[1]->z(head));
      }
      ASSERT_EQ(kept->hidden.size(), full->hidden.size());
      for (std::size_t i = 0; i < full->hidden.size(); ++i)
        ASSERT_EQ(kept->hidden[i].matrix(), full->hidden[i].matrix()) << name << step;
      ASSERT_EQ(kept->logits.matrix(), full->logits.matrix()) << name << step;
      ASSERT_EQ(kept->last_logits, full->last_logits) << name << step;
      ASSERT_EQ(kept->next_tokens.size(), full->next_tokens.size());
      for (std::size_t row = 0; row < full->next_tokens.size(); ++row) {
        // Rows that were known may say more than was asked for.
        ASSERT_GE(kept->next_tokens[row].size(), full->next_tokens[row].size());
        for (std::size_t i = 0; i < full->next_tokens[row].size(); ++i)
          ASSERT_EQ(kept->next_tokens[row][i].id, full->next_tokens[row][i].id);
      }
    }
  }
}

TEST(EncoderDecoder, layers_are_shown_as_they_are_done) {
  const ModelPtr model = fixture("t5-tiny");
  TraceOptions options;
  std::vector<std::pair<int, int>> done;
  float last = 0;
  options.on_layer = [&](const TracePtr& so_far, float progress) {
    const auto count = [&](AttentionPart part) {
      int n = 0;
      for (const auto& layer : part_of(so_far, part)->layers) n += layer != nullptr;
      return n;
    };
    EXPECT_EQ(count(AttentionPart::Decoder), count(AttentionPart::Cross));
    done.emplace_back(count(AttentionPart::Encoder), count(AttentionPart::Decoder));
    EXPECT_EQ(so_far->complete(), count(AttentionPart::Decoder) == 2);
    EXPECT_GT(progress, last);
    last = progress;
  };
  traced_input(*model, {.ids = {5, 6, 7}, .decoder_input_ids = {0, 4}}, options);
  EXPECT_EQ(done, (std::vector<std::pair<int, int>>{{1, 0}, {2, 0}, {3, 0}, {3, 1}, {3, 2}}));
  EXPECT_EQ(last, 1.0f);
}

TEST(EncoderDecoder, a_stop_is_heard) {
  const ModelPtr model = fixture("t5-tiny");
  TraceOptions options;
  std::stop_source stop;
  options.stop = stop.get_token();
  options.on_layer = [&](const TracePtr&, float) { stop.request_stop(); };
  auto trace = model->trace_ids({.ids = {5, 6, 7}, .decoder_input_ids = {0, 4}}, options);
  ASSERT_FALSE(trace.ok());
  EXPECT_EQ(trace.error().code, ErrorCode::Cancelled);
}

TEST(EncoderDecoder, weights_that_were_not_kept_are_the_same_when_asked_for) {
  TokenInput input{.ids = {}, .attention_mask = {}, .decoder_input_ids = {}};
  for (int i = 0; i < 40; ++i) {
    input.ids.push_back(3 + i * 7 % 90);
    input.attention_mask.push_back(i < 35);
    input.decoder_input_ids.push_back(3 + i * 11 % 90);
  }
  TraceOptions lean;
  lean.keep_weights = false;
  for (const char* name : {"t5-tiny", "bart-tiny", "marian-tiny"}) {
    const ModelPtr model = fixture(name);
    const TracePtr kept = traced_input(*model, input), computed = traced_input(*model, input, lean);
    for (std::size_t part = 0; part < 3; ++part) {
      EXPECT_TRUE(kept->parts[part]->layers[0]->keeps_weights());
      EXPECT_FALSE(computed->parts[part]->layers[0]->keeps_weights());
      EXPECT_LE(weight_difference(*kept->parts[part], *computed->parts[part]), 1e-6f) << name << ' ' << part;
    }
    EXPECT_EQ(kept->parts[2]->layers[0]->weights(0)(3, 37), 0) << "padding is not looked at";
    EXPECT_EQ(kept->parts[2]->layers[0]->scores(0)(3, 37), -std::numeric_limits<float>::infinity());
  }
}

}  // namespace
}  // namespace headscope
