#include "document/reduce.h"

#include <gtest/gtest.h>

#include "document/command.h"
#include "document/command_context.h"

namespace headscope {
namespace {

Document after(const Document& document, const std::string& line, const CommandContext& context = kContext) {
  const Result<Command> command = parse_command(line);
  EXPECT_TRUE(command.ok()) << line;
  Result<Document> next = reduce(document, std::get<Action>(*command), context);
  EXPECT_TRUE(next.ok()) << line << ": " << (next.ok() ? "" : next.error().message);
  return next.ok() ? *next : document;
}

bool refused(const Document& document, const std::string& line) {
  return !reduce(document, std::get<Action>(*parse_command(line)), kContext).ok();
}

using Heads = std::vector<HeadRef>;

TEST(Reduce, selecting_heads_keeps_them_sorted_unique_and_never_empty) {
  Document d = after({}, "select-heads 2.5 0.1 2.5");
  EXPECT_EQ(d.selection.heads, (Heads{{0, 1}, {2, 5}}));
  d = after(d, "toggle-head 1.0");
  EXPECT_EQ(d.selection.heads, (Heads{{0, 1}, {1, 0}, {2, 5}}));
  d = after(after(d, "toggle-head 0.1"), "toggle-head 2.5");
  EXPECT_EQ(after(d, "toggle-head 1.0").selection.heads, (Heads{{1, 0}}));
  EXPECT_EQ(after(d, "select-heads all").selection.heads.size(), 48u);
  EXPECT_EQ(after(d, "select-layer 3").selection.heads.size(), 8u);
}

TEST(Reduce, what_is_not_there_is_refused) {
  for (const char* line : {"select-head 6.0", "select-head 0.8", "select-heads 0.0 7.0", "toggle-head 6.7",
                           "select-layer 6", "set-query 13", "set-key 13", "pin 13 0", "pin 0 13"}) {
    EXPECT_TRUE(refused({}, line)) << line;
  }
}

TEST(Reduce, steps_stay_inside_the_sentence) {
  Document d = after({}, "step +1");
  EXPECT_EQ(d.selection.query, 0);
  EXPECT_EQ(after(d, "step -1").selection.query, 0);
  EXPECT_EQ(after(d, "step +100").selection.query, 12);
  EXPECT_EQ(after({}, "step -1").selection.query, 12);
  EXPECT_EQ(after(d, "step +1000000", {}).selection.query, 1'000'000);
}

TEST(Reduce, head_steps_walk_through_all_layers) {
  EXPECT_EQ(after(after({}, "select-head 0.7"), "step-head +1").selection.heads, (Heads{{1, 0}}));
  EXPECT_EQ(after(after({}, "select-head 5.7"), "step-head +1").selection.heads, (Heads{{5, 7}}));
  const Document two = after({}, "select-heads 0.1 2.5");
  EXPECT_EQ(after(two, "step-layer +9").selection.heads, (Heads{{3, 1}, {5, 5}}));
  EXPECT_EQ(after(two, "step-layer -1").selection.heads, (Heads{{0, 1}, {2, 5}}));
}

TEST(Reduce, release_lets_go_of_the_key_then_of_the_query) {
  Document d = after({}, "pin 7 3");
  EXPECT_EQ(d.selection.query, 7);
  EXPECT_EQ(d.selection.key, 3);
  d = after(d, "release");
  EXPECT_EQ(d.selection.query, 7);
  EXPECT_FALSE(d.selection.key);
  EXPECT_FALSE(after(d, "release").selection.query);
}

TEST(Reduce, next_goes_around) {
  Document d;
  for (int i = 0; i < 4; ++i) d = after(d, "set-view next");
  EXPECT_EQ(d, Document{});
  EXPECT_EQ(after(after(d, "set-theme"), "set-theme next"), d);
  EXPECT_EQ(after(after(d, "set-labels"), "set-labels toggle"), d);
}

TEST(Reduce, reset_view_keeps_what_is_not_a_filter) {
  Document d;
  for (const char* line : {"set-threshold 0.2", "set-top-k 3", "set-hide-first on", "set-scale log",
                           "set-theme light", "set-view arcs", "set-title \"T\""}) {
    d = after(d, line);
  }
  d = after(d, "reset-view");
  Document wanted;
  wanted.view.theme = Theme::Light;
  wanted.view.kind = ViewKind::Arcs;
  wanted.view.title = "T";
  EXPECT_EQ(d, wanted);
}

TEST(Reduce, text_is_cleaned) {
  const auto text = [](const std::string& raw) {
    Result<Document> next = reduce({}, SetText{raw}, kContext);
    return next.ok() ? next->text : "refused";
  };
  EXPECT_EQ(text(std::string("a\0b", 3)), "ab");
  EXPECT_EQ(text("a\xFFz"), "a\uFFFDz");
  EXPECT_EQ(text("\xED\xA0\x80"), "\uFFFD\uFFFD\uFFFD");
  EXPECT_EQ(text(""), "");
  EXPECT_EQ(text("a\r\nb\tc"), "a\r\nb\tc");
}

TEST(Reduce, a_text_of_a_megabyte_is_refused_in_a_sentence) {
  const Result<Document> next = reduce({}, SetText{std::string(1 << 20, 'a')}, kContext);
  ASSERT_FALSE(next.ok());
  EXPECT_EQ(next.error().message, "the text has more than 100000 characters (1048576 bytes)");
  std::string wide;
  for (std::size_t i = 0; i < kMaxTextCharacters; ++i) wide += "中";
  EXPECT_TRUE(reduce({}, SetText{wide}, kContext).ok());
  EXPECT_FALSE(reduce({}, SetText{wide + "a"}, kContext).ok());
}

TEST(Reduce, another_part_keeps_the_tokens_that_both_have) {
  Document d = after(after({}, "set-part decoder"), "pin 9 1");
  d = after(d, "set-part cross");
  EXPECT_EQ(d.selection.query, 9);
  EXPECT_FALSE(d.selection.key);
  d = after(after(d, "set-key 3"), "set-part encoder");
  EXPECT_FALSE(d.selection.query);
  EXPECT_EQ(d.selection.key, 3);
  EXPECT_EQ(after(after(d, "set-part next"), "set-part").selection.part, ShownPart::Cross);
}

TEST(Reduce, keys_are_counted_by_themselves) {
  const CommandContext cross{.n_tokens = 3, .n_layers = 1, .n_heads = 1, .n_keys = 8};
  EXPECT_EQ(after({}, "pin 2 7", cross).selection.key, 7);
  for (const Action& action : {Action{PinEdge{3, 1}}, Action{PinEdge{1, 8}}, Action{SetKey{8}}})
    EXPECT_FALSE(reduce({}, action, cross).ok());
  Document d;
  d.selection.query = d.selection.key = 100;
  EXPECT_EQ(within(d, cross).selection.query, 2);
  EXPECT_EQ(within(d, cross).selection.key, 7);
}

TEST(Reduce, within_brings_a_stale_selection_back_inside) {
  Document d = after({}, "select-heads 2.5 4.7");
  d = after(d, "pin 12 11");
  const Document small = within(d, {.n_tokens = 3, .n_layers = 4, .n_heads = 6});
  EXPECT_EQ(small.selection.heads, (Heads{{2, 5}}));
  EXPECT_EQ(small.selection.query, 2);
  EXPECT_EQ(small.selection.key, 2);
  EXPECT_EQ(within(d, {.n_tokens = 3, .n_layers = 1, .n_heads = 2}).selection.heads, (Heads{{0, 1}}));
  EXPECT_EQ(within(d, kContext), d);
}

TEST(Reduce, steps_have_readable_names) {
  const auto name = [](const char* from, const char* to) {
    Document before, now;
    before.text = from;
    now.text = to;
    return step_name(before, now, SetText{to});
  };
  EXPECT_EQ(name("cross the street because", "cross the animal because"), "street → animal");
  EXPECT_EQ(name("too tired", "too tired ."), "+ .");
  EXPECT_EQ(name("was too tired", "was tired"), "− too");
  EXPECT_EQ(name("a dot", "a dog"), "dot → dog");
  EXPECT_EQ(name("", "hello"), "+ hello");
  EXPECT_EQ(name("a b", "a  b"), "spaces");
  EXPECT_EQ(name("sat sat", "sat sat sat"), "+ sat");
  EXPECT_EQ(step_name({}, {}, SelectHead{{2, 5}}), "head 2·5");
  Document fifth;
  fifth.selection.query = 4;
  EXPECT_EQ(step_name({}, fifth, Step{1}), "token 4");
  EXPECT_EQ(step_name(fifth, {}, SetQuery{}), "all tokens");
  EXPECT_EQ(step_name({}, {}, StepHead{1}), "head 0·0");
  EXPECT_EQ(step_name({}, {}, SetThreshold{0.05f}), "threshold 0.05");
  Document arcs, light;
  arcs.view.kind = ViewKind::Arcs;
  EXPECT_EQ(step_name({}, arcs, SetView{}), "view arcs") << "where the next one is";
  arcs.view.show_labels = false;
  light.view = arcs.view;
  light.view.show_labels = true;
  EXPECT_EQ(step_name(arcs, light, SetLabels{Switch::Toggle}), "labels on");
}

TEST(Reduce, the_first_input_is_looked_at_and_the_last_one_no_longer) {
  Document document;
  const auto given = [](const Document& before, const std::string& file) {
    return *reduce(before, SetInput{file}, {});
  };
  document = given(document, "cat.png");
  EXPECT_EQ(document.input, "cat.png");
  EXPECT_EQ(document.view.kind, ViewKind::Picture);
  EXPECT_EQ(document.selection.part, ShownPart::Cross);
  // Another one leaves the view as it was chosen since.
  document = *reduce(document, SetView{ViewKind::Matrix}, {});
  document = given(document, "dog.png");
  EXPECT_EQ(document.view.kind, ViewKind::Matrix);
  document = *reduce(document, SetView{ViewKind::Picture}, {});
  EXPECT_EQ(given(document, "").view.kind, ViewKind::Columns);
}

TEST(Reduce, going_round_the_views_meets_the_picture_where_there_is_one) {
  Document document;
  const auto views = [](Document at) {
    int n = 0;
    do at = *reduce(at, SetView{}, {}), ++n;
    while (at.view.kind != ViewKind::Columns);
    return n;
  };
  EXPECT_EQ(views(document), 4);
  document.input = "cat.png";
  EXPECT_EQ(views(document), 5);
}

TEST(Reduce, over_a_picture_up_and_down_go_by_rows_and_stay_inside) {
  // [CLS] and 3 rows of 4 patches.
  CommandContext picture = kContext;
  picture.n_tokens = 13;
  picture.n_columns = 4;
  picture.first_patch = 1;
  const auto patch_after = [&](std::optional<int> query, const char* line) {
    Document document;
    document.selection.query = query;
    return after(document, line, picture).selection.query;
  };
  EXPECT_EQ(patch_after(3, "step-row +1"), 7);
  EXPECT_EQ(patch_after(7, "step-row -1"), 3);
  EXPECT_EQ(patch_after(3, "step-row -1"), 3);
  EXPECT_EQ(patch_after(12, "step-row +1"), 12);
  EXPECT_EQ(patch_after(2, "step-row +9"), 10);
  EXPECT_EQ(patch_after({}, "step-row +1"), 1);
  EXPECT_EQ(patch_after({}, "step-row -1"), 9);
  EXPECT_EQ(patch_after(0, "step-row +1"), 1) << "from the class token to the first row";
  const auto refused = reduce({}, Action{StepRow{1}}, kContext);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().message, "there are no rows of patches");
}

}  // namespace
}  // namespace headscope
