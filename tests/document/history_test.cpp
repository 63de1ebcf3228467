#include "document/history.h"

#include <gtest/gtest.h>

#include "document/command.h"
#include "document/reduce.h"

namespace headscope {
namespace {

Document with_text(const std::string& text) {
  Document document;
  document.text = text;
  return document;
}

Document with_threshold(float threshold) {
  Document document;
  document.view.weight_threshold = threshold;
  return document;
}

TEST(History, undo_and_redo_walk_over_equal_documents) {
  History history(with_text("a"));
  ASSERT_TRUE(history.push(with_text("b"), "a → b", "", 0));
  ASSERT_TRUE(history.push(with_text("c"), "b → c", "", 0));
  EXPECT_EQ(history.n_states(), 3);
  EXPECT_TRUE(history.undo());
  EXPECT_EQ(history.document(), with_text("b"));
  EXPECT_TRUE(history.undo());
  EXPECT_EQ(history.document(), with_text("a"));
  EXPECT_FALSE(history.undo());
  EXPECT_TRUE(history.go_to(2));
  EXPECT_EQ(history.document(), with_text("c"));
  EXPECT_FALSE(history.redo());
  EXPECT_EQ(history.name(2), "b → c");
}

TEST(History, a_change_after_an_undo_drops_what_was_undone) {
  History history(with_text("a"));
  history.push(with_text("b"), "", "", 0);
  history.push(with_text("c"), "", "", 0);
  history.go_to(0);
  history.push(with_text("d"), "", "", 0);
  EXPECT_EQ(history.n_states(), 2);
  EXPECT_FALSE(history.can_redo());
}

TEST(History, an_equal_document_is_no_step) {
  History history(with_text("a"));
  EXPECT_FALSE(history.push(with_text("a"), "", "", 0));
  EXPECT_EQ(history.n_states(), 1);
}

TEST(History, a_burst_of_one_kind_is_one_step_until_a_pause) {
  History history(with_text(""));
  history.push(with_text("d"), "+ d", "text", 0.0);
  history.push(with_text("do"), "+ do", "text", 0.9);
  history.push(with_text("dog"), "+ dog", "text", 1.8);
  EXPECT_EQ(history.n_states(), 2);
  EXPECT_EQ(history.name(1), "+ dog");
  history.push(with_text("dogs"), "", "text", 1.8 + kBurstPause + 0.1);
  EXPECT_EQ(history.n_states(), 3);
  history.undo();
  EXPECT_EQ(history.document().text, "dog");
  history.undo();
  EXPECT_EQ(history.document().text, "");
}

TEST(History, another_kind_or_an_undo_ends_a_burst) {
  History history;
  history.push(with_text("a"), "", "text", 0);
  Document threshold = with_text("a");
  threshold.view.weight_threshold = 0.5f;
  history.push(threshold, "", "threshold", 0.1);
  Document more = threshold;
  more.text = "ab";
  history.push(more, "", "text", 0.2);
  EXPECT_EQ(history.n_states(), 4);
  history.undo();
  history.redo();
  more.text = "abc";
  history.push(more, "", "text", 0.3);
  EXPECT_EQ(history.n_states(), 5);
}

TEST(History, a_drag_is_one_step_however_slow) {
  History history;
  history.hold(true);
  for (int i = 1; i <= 10; ++i)
    history.push(with_threshold(0.05f * static_cast<float>(i)), "", "threshold", 5.0 * i);
  history.hold(false);
  EXPECT_EQ(history.n_states(), 2);
  history.push(with_threshold(0.9f), "", "threshold", 50.1);
  EXPECT_EQ(history.n_states(), 3);
}

TEST(History, a_burst_that_comes_back_to_its_beginning_leaves_no_step) {
  History history(with_text("dog"));
  history.push(with_text("dogs"), "", "text", 0);
  EXPECT_EQ(history.burst_base("text", 0.5), with_text("dog"));
  EXPECT_TRUE(history.push(with_text("dog"), "", "text", 0.5));
  EXPECT_EQ(history.n_states(), 1);
  EXPECT_EQ(history.document().text, "dog");
}

TEST(History, every_action_undoes_to_an_equal_document) {
  const CommandContext context{.n_tokens = 13, .n_layers = 6, .n_heads = 8, .n_columns = 4, .first_patch = 1};
  const char* lines[] = {"set-text \"hello there\"",
                         "set-second-text \"and then\"",
                         "set-input \"my cat.png\"",
                         "set-model other",
                         "set-part decoder",
                         "select-head 2.5",
                         "toggle-head 1.1",
                         "select-heads all",
                         "select-layer 4",
                         "choose-head 3",
                         "step-head -1",
                         "step-layer +1",
                         "set-head-mix mean",
                         "set-query 7",
                         "step -2",
                         "step-row +1",
                         "set-key 3",
                         "pin 9 1",
                         "release-key",
                         "release",
                         "set-view matrix",
                         "set-threshold 0.25",
                         "step-threshold 0.5",
                         "set-top-k 4",
                         "set-cumulative-mass 0.5",
                         "set-scale log",
                         "set-hide-first on",
                         "set-hide-special on",
                         "set-renormalize on",
                         "set-merge-words on",
                         "set-labels off",
                         "set-theme light",
                         "set-palette okabe-ito",
                         "set-matrix-colors head",
                         "set-present on",
                         "set-title \"T\"",
                         "set-subtitle \"S\"",
                         "reset-view",
                         "set-caption \"C\"",
                         "look-at token 5",
                         "camera-zoom 3",
                         "camera-move 0.1 0",
                         "spotlight token 5 edge 7 2",
                         "note edge 7 2 \"it → dog\"",
                         "notes-clear",
                         "set-temperature 0.2",
                         "story-start",
                         "story-add \"set-query 3; set-view arcs\"",
                         "story-edit 2 \"set-query 4\"",
                         "story-duplicate 2",
                         "story-rename 2 \"N\"",
                         "story-caption 2 \"D\"",
                         "story-retime 2 0.5 2 linear 0.1",
                         "story-move 3 1",
                         "story-shift -1 3",
                         "story-delete 2",
                         "auto-story words",
                         "story-clear"};
  std::size_t n_actions = 0;
  for (const CommandSpec& spec : command_specs()) n_actions += spec.changes_document;
  ASSERT_EQ(std::size(lines), n_actions) << "an action is missing from this test";
  History history;
  std::vector<Document> states = {history.document()};
  for (const char* line : lines) {
    const Action action = std::get<Action>(*parse_command(line));
    const Result<Document> next = reduce(history.document(), action, context);
    ASSERT_TRUE(next.ok()) << line;
    ASSERT_TRUE(history.push(*next, line, "", 0)) << line << " changed nothing";
    states.push_back(*next);
  }
  for (int i = history.n_states() - 1; i > 0; --i) {
    ASSERT_EQ(history.document(), states[i]) << history.name(i);
    ASSERT_TRUE(history.undo());
  }
  EXPECT_EQ(history.document(), states[0]);
  for (std::size_t i = 1; i < states.size(); ++i) {
    ASSERT_TRUE(history.redo());
    EXPECT_EQ(history.document(), states[i]);
  }
}

}  // namespace
}  // namespace headscope
