#include "viewer/viewer_fixture.h"

#include "document/document_json.h"

/// Models that read two texts, with the checkpoints of the fixtures.
namespace headscope::testing_support {
namespace {

class ViewerTextsTest : public ViewerFixture {
 protected:
  std::unique_ptr<Viewer> showing(const std::string& model, const std::string& text,
                                  const std::string& second) {
    ViewerOptions wanted = options(text);
    wanted.document.model = HEADSCOPE_SHARED_DIR "/fixtures/checkpoints/" + model;
    wanted.document.second_text = second;
    wanted.service.load = load_model_with;
    auto viewer = std::make_unique<Viewer>(std::move(wanted), 0);
    viewer->set_stage(1000, 700, 1, 0);
    viewer->settle(0);
    viewer->update(0);
    return viewer;
  }
  static std::string words(const std::vector<TraceToken>& tokens) {
    std::string all;
    for (const TraceToken& token : tokens) all += token.special ? "<" + token.label + ">" : token.text;
    return all;
  }
};

TEST_F(ViewerTextsTest, an_encoder_decoder_shows_the_part_that_is_chosen) {
  const auto viewer = showing("text-t5", "the dog slept", "der Hund");
  EXPECT_EQ(viewer->trace()->part, AttentionPart::Encoder);
  EXPECT_EQ(words(viewer->trace()->tokens), "the dog slept<</s>>");
  const TracePtr computed = viewer->trace_state().trace;
  dispatch(*viewer, "set-part cross", 1);
  viewer->settle(1);
  EXPECT_EQ(viewer->trace_state().trace, computed) << "nothing is computed again";
  EXPECT_EQ(viewer->trace()->part, AttentionPart::Cross);
  EXPECT_EQ(words(viewer->trace()->tokens), "<<s>>der Hund");
  EXPECT_EQ(words(viewer->trace()->keys()), "the dog slept<</s>>");
  const CommandContext context = viewer->context();
  EXPECT_EQ(context.n_tokens, viewer->trace()->n_tokens());
  EXPECT_EQ(context.n_keys, viewer->trace()->n_keys());
  EXPECT_NE(context.n_tokens, context.n_keys);
  // Steps go over who looks; a key is counted by itself.
  dispatch(*viewer, "step -1", 2);
  EXPECT_EQ(viewer->document().selection.query, context.n_tokens - 1);
  dispatch(*viewer, "set-key " + std::to_string(context.n_keys - 1), 2);
  EXPECT_FALSE(viewer->dispatch("set-key " + std::to_string(context.n_keys), 2).ok());
  viewer->settle(3);
  EXPECT_EQ(viewer->timeline(3).steps.size(), static_cast<std::size_t>(context.n_tokens));
  dispatch(*viewer, "set-part encoder", 4);
  EXPECT_FALSE(viewer->document().selection.query);
  EXPECT_EQ(viewer->document().selection.key, context.n_keys - 1) << "the same tokens are looked at";
}

TEST_F(ViewerTextsTest, typing_in_either_field_recomputes_and_the_last_one_counts) {
  const auto viewer = showing("text-t5", "the dog slept", "");
  dispatch(*viewer, "set-part decoder", 1);
  dispatch(*viewer, "set-second-text \"der\"", 1.1);
  dispatch(*viewer, "set-text \"the cat slept\"", 1.2);
  dispatch(*viewer, "set-second-text \"der Hund\"", 1.3);
  viewer->settle(2);
  EXPECT_EQ(words(viewer->trace()->tokens), "<<s>>der Hund");
  EXPECT_EQ(viewer->trace_state().trace->parts[0]->text, "the cat slept");
  dispatch(*viewer, "undo", 3);
  viewer->settle(3);
  EXPECT_EQ(words(viewer->trace()->tokens), "<<s>>der");
}

TEST_F(ViewerTextsTest, a_decoder_writes_on_and_one_undo_takes_it_back) {
  const auto viewer = showing("bart-tiny", "5 6 7 8", "9");
  dispatch(*viewer, "set-part decoder", 1);
  viewer->settle(1);
  const int first = viewer->trace()->next_tokens.back()[0].id;
  dispatch(*viewer, "write", 2);
  EXPECT_FALSE(viewer->writing()) << "one token was asked for";
  EXPECT_EQ(viewer->document().second_text, "9 " + std::to_string(first));
  EXPECT_EQ(viewer->document().text, "5 6 7 8");
  viewer->settle(2);
  EXPECT_EQ(viewer->trace()->tokens.back().id, first);

  dispatch(*viewer, "write 5", 10);
  EXPECT_TRUE(viewer->writing());
  viewer->settle(20);
  EXPECT_FALSE(viewer->writing());
  const std::string written = viewer->document().second_text;
  const TracePtr trace = viewer->trace();
  ASSERT_GT(trace->n_tokens(), 3);
  // Each word is the most probable one after those before it.
  for (int i = 2; i + 1 < trace->n_tokens(); ++i) {
    EXPECT_EQ(trace->next_tokens[static_cast<std::size_t>(i)][0].id,
              trace->tokens[static_cast<std::size_t>(i) + 1].id);
  }
  dispatch(*viewer, "undo", 60);
  EXPECT_EQ(viewer->document().second_text, "9 " + std::to_string(first)) << "the run is one step";
  dispatch(*viewer, "undo", 61);
  EXPECT_EQ(viewer->document().second_text, "9");
  dispatch(*viewer, "redo", 62);
  dispatch(*viewer, "redo", 63);
  EXPECT_EQ(viewer->document().second_text, written);
}

TEST_F(ViewerTextsTest, who_types_or_escapes_while_the_model_writes_takes_the_pen) {
  const auto viewer = showing("bart-tiny", "5 6 7 8", "9");
  dispatch(*viewer, "write 100", 2);
  EXPECT_TRUE(viewer->writing());
  dispatch(*viewer, "set-second-text \"10 11\"", 3);
  viewer->settle(3);
  EXPECT_FALSE(viewer->writing());
  EXPECT_EQ(viewer->document().second_text, "10 11");
  dispatch(*viewer, "write 100", 4);
  const std::string so_far = viewer->document().second_text;
  dispatch(*viewer, "escape", 4);
  viewer->settle(4);
  EXPECT_EQ(viewer->document().second_text, so_far);
}

TEST_F(ViewerTextsTest, a_model_that_does_not_write_says_so) {
  const auto viewer = showing("text-bert", "the dog slept", "");
  const Status status = viewer->dispatch("write", 2);
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().message, "'text-bert' does not write token after token");
  EXPECT_FALSE(viewer->writing());
}

TEST_F(ViewerTextsTest, a_second_sentence_becomes_a_pair) {
  const auto viewer = showing("text-bert", "the dog slept", "");
  const int one = viewer->trace()->n_tokens();
  dispatch(*viewer, "set-second-text \"it was tired\"", 1);
  viewer->settle(1);
  EXPECT_GT(viewer->trace()->n_tokens(), one + 1);
  EXPECT_EQ(viewer->trace()->second_begin, std::string("the dog slept").size());
  // A step stays with its word when the other sentence grows.
  dispatch(*viewer, "set-query " + std::to_string(one + 1), 2);
  const std::string word = viewer->trace()->tokens[static_cast<std::size_t>(one + 1)].text;
  dispatch(*viewer, "set-text \"the old dog slept\"", 3);
  viewer->settle(3);
  const auto query = static_cast<std::size_t>(*viewer->document().selection.query);
  EXPECT_EQ(viewer->trace()->tokens[query].text, word);
  EXPECT_GT(query, static_cast<std::size_t>(one + 1));
}

TEST_F(ViewerTextsTest, words_and_added_tokens_come_and_go_without_computing) {
  const auto viewer = showing("text-bert", "unbelievable dogs slept", "");
  const int n_all = viewer->trace()->n_tokens();
  int dogs = 0;
  while (viewer->trace()->tokens[static_cast<std::size_t>(dogs)].begin < 13) ++dogs;
  dispatch(*viewer, "set-query " + std::to_string(dogs), 1);
  const TracePtr computed = viewer->trace_state().trace;
  dispatch(*viewer, "set-merge-words on", 2);
  viewer->settle(2);
  EXPECT_EQ(words(viewer->trace()->tokens), "<[CLS]>unbelievabledogsslept<[SEP]>");
  EXPECT_EQ(viewer->document().selection.query, 2) << "the step is still on its word";
  dispatch(*viewer, "set-hide-special on", 3);
  viewer->settle(3);
  EXPECT_EQ(words(viewer->trace()->tokens), "unbelievabledogsslept");
  EXPECT_EQ(viewer->document().selection.query, 1);
  EXPECT_EQ(viewer->trace_of_tokens()->n_tokens(), n_all);
  dispatch(*viewer, "set-merge-words off", 4);
  dispatch(*viewer, "set-hide-special off", 4);
  viewer->settle(4);
  EXPECT_EQ(viewer->document().selection.query, dogs);
  EXPECT_EQ(viewer->trace_state().trace, computed);
}

TEST_F(ViewerTextsTest, a_model_with_one_stack_has_no_parts_to_choose) {
  const auto viewer = showing("text-gpt2", "the dog", "");
  const Status refused = viewer->dispatch("set-part cross", 1);
  ASSERT_FALSE(refused.ok());
  EXPECT_NE(refused.error().message.find("one kind of attention"), std::string::npos);
}

TEST_F(ViewerTextsTest, a_click_in_cross_attention_knows_its_side) {
  const auto viewer = showing("text-t5", "the dog slept", "der Hund");
  dispatch(*viewer, "set-part cross", 1);
  viewer->settle(1);
  const Layout l = picture(*viewer, 2);
  for (std::size_t i = 0; i < l.boxes.size(); ++i) {
    const Meaning& m = l.box_meanings[i];
    if (m.kind != Meaning::Kind::Token) continue;
    ASSERT_TRUE(viewer->click(l.boxes[i].state.rect.center(), 3).ok());
    const Selection& selection = viewer->document().selection;
    EXPECT_EQ(m.query_side ? selection.query : selection.key, m.query_side ? m.query : m.key);
    dispatch(*viewer, "set-query none", 4);
    dispatch(*viewer, "set-key none", 4);
    viewer->settle(5);
  }
}

}  // namespace
}  // namespace headscope::testing_support
