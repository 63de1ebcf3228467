#include <cstdio>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "document/command.h"
#include "scene/explain.h"
#include "viewer_fixture.h"

namespace headscope {
namespace {

using ViewerStoryTest = testing_support::ViewerFixture;

TEST_F(ViewerStoryTest, recorded_commands_become_steps_and_undo_takes_them_back) {
  auto viewer = settled("one two three");
  dispatch(*viewer, "record on", 0);
  EXPECT_TRUE(viewer->recording());
  dispatch(*viewer, "set-query 1", 1);
  dispatch(*viewer, "set-view arcs", 10);
  dispatch(*viewer, "step +1", 20);
  dispatch(*viewer, "step -1", 20.2);
  dispatch(*viewer, "step -1", 20.4);
  const auto& steps = viewer->document().story->steps;
  ASSERT_EQ(steps.size(), 4u);  // the start, and a walk is one step
  EXPECT_EQ(steps[1].commands, (std::vector<std::string>{"set-query 1"}));
  EXPECT_EQ(steps[2].commands, (std::vector<std::string>{"set-view arcs"}));
  EXPECT_EQ(steps[3].commands, (std::vector<std::string>{"set-query 0"}));
  dispatch(*viewer, "undo", 30);
  EXPECT_EQ(viewer->document().story->n_steps(), 3);
  EXPECT_EQ(viewer->document().selection.query, 1);
  dispatch(*viewer, "record off", 31);
  dispatch(*viewer, "set-view matrix", 32);
  EXPECT_EQ(viewer->document().story->n_steps(), 3);
}

std::string rounded(float value, int digits) {
  char text[32];
  std::snprintf(text, sizeof text, "%.*f", digits, static_cast<double>(value));
  return text;
}

TEST_F(ViewerStoryTest, the_story_of_one_weight_tells_the_inspectors_numbers) {
  auto viewer = settled("one two three four");
  dispatch(*viewer, "select-head 0.0", 0);
  dispatch(*viewer, "set-query 2", 1);
  viewer->settle(1);
  viewer->update(1);
  const int key = explain_token(*viewer->trace(), {0, 0}, 2).strongest_key;
  const EdgeNumbers numbers = explain_edge(*viewer->trace(), {0, 0}, 2, key);
  dispatch(*viewer, "auto-story mechanism", 2);
  const auto& steps = viewer->document().story->steps;
  ASSERT_EQ(steps.size(), 8u);
  EXPECT_EQ(steps[1].commands, (std::vector<std::string>{"spotlight edge 2 " + std::to_string(key)}));
  EXPECT_THAT(steps[2].caption, testing::EndsWith("q · k = " + rounded(numbers.dot, 2) + "."));
  EXPECT_THAT(steps[3].caption, testing::EndsWith(": " + rounded(numbers.score, 2) + "."));
  EXPECT_THAT(steps[4].caption, testing::HasSubstr("= " + rounded(numbers.exp, 3)));
  EXPECT_THAT(steps[5].caption, testing::EndsWith("Together: " + rounded(numbers.row_sum, 3) + "."));
  EXPECT_THAT(steps[6].caption, testing::HasSubstr("= " + rounded(numbers.weight, 3)));
  // What the steps say is shown, and the story is a document like any other.
  viewer->settle(3);
  viewer->update(3);
  EXPECT_EQ(viewer->timeline(3).story->picture.n_moments(), 8);
}

TEST_F(ViewerStoryTest, a_story_plays_to_its_end_and_stands_there) {
  auto viewer = settled("one two three");
  dispatch(*viewer, "auto-story words", 0);
  viewer->settle(0);
  viewer->update(0);
  ASSERT_EQ(viewer->document().story->n_steps(), 3);
  EXPECT_EQ(viewer->document().story->steps[1].name, "two");
  const double end = viewer->timeline(0).story->picture.duration_secs();
  dispatch(*viewer, "play", 1);
  ASSERT_TRUE(viewer->playing());
  double last = -1;
  for (double now = 1; now < 1 + end + 0.2; now += 0.05) {
    viewer->update(now);
    const double position = viewer->timeline(now).position;
    EXPECT_GE(position, last);
    last = position;
  }
  EXPECT_FALSE(viewer->playing());
  EXPECT_EQ(last, 2);
  EXPECT_EQ(viewer->document().selection.query, 2);
  EXPECT_EQ(viewer->shown().selection.query, 2);
}

TEST_F(ViewerStoryTest, playing_scrubbing_back_and_one_moment_alone_are_the_same_picture) {
  auto viewer = settled("one two three four");
  dispatch(*viewer, "auto-story words", 0);
  viewer->settle(0);
  viewer->update(0);
  const MovingPicture& picture = viewer->timeline(0).story->picture;
  dispatch(*viewer, "seek 0", 0);
  dispatch(*viewer, "play", 0);
  const double middle = picture.begin_secs(2) + 0.25 * (picture.arrival_secs(2) - picture.begin_secs(2));
  for (double now = 0; now < middle; now += 0.1) viewer->update(now);
  viewer->update(middle);
  const Scene played = viewer->scene(middle), alone = picture.scene_at(middle);
  EXPECT_EQ(played.morph, alone.morph);
  EXPECT_NEAR(played.mix, alone.mix, 1e-6);
  EXPECT_EQ(played.camera, alone.camera);
  dispatch(*viewer, "seek end", 9);
  dispatch(*viewer, "seek 1.25", 10);
  const Scene scrubbed = viewer->scene(10);
  EXPECT_EQ(scrubbed.morph, alone.morph);
  EXPECT_NEAR(scrubbed.mix, alone.mix, 1e-6);
}

TEST_F(ViewerStoryTest, a_change_goes_on_from_the_picture_of_the_story) {
  auto viewer = settled("one two three four");
  dispatch(*viewer, "auto-story words", 0);
  viewer->settle(0);
  viewer->update(0);
  dispatch(*viewer, "seek 1.5", 1);
  const Layout before = picture(*viewer, 1);
  dispatch(*viewer, "set-view arcs", 1);
  viewer->update(1);
  const Layout after = picture(*viewer, 1);
  ASSERT_EQ(before.boxes.size(), after.boxes.size());
  for (std::size_t i = 0; i < before.boxes.size(); ++i)
    EXPECT_EQ(before.boxes[i].state, after.boxes[i].state);
  EXPECT_EQ(viewer->document().view.kind, ViewKind::Arcs);
}

TEST_F(ViewerStoryTest, the_clicker_goes_through_the_steps) {
  auto viewer = settled("one two three four");
  dispatch(*viewer, "auto-story words", 0);
  viewer->settle(0);
  viewer->update(0);
  dispatch(*viewer, "step +1", 1);
  for (double now = 1; now < 3; now += 0.05) viewer->update(now);
  EXPECT_FALSE(viewer->playing());
  EXPECT_EQ(viewer->document().selection.query, 1);
  dispatch(*viewer, "step -1", 4);
  viewer->update(4);
  EXPECT_EQ(viewer->document().selection.query, 0);
}

TEST_F(ViewerStoryTest, steps_are_named_by_the_one_on_show) {
  auto viewer = settled("one two three four");
  dispatch(*viewer, "auto-story words", 0);
  viewer->settle(0);
  viewer->update(0);
  dispatch(*viewer, "seek 2", 1);
  dispatch(*viewer, "story-caption 0 \"here\"", 2);
  EXPECT_EQ(viewer->document().story->steps[2].caption, "here");
  dispatch(*viewer, "story-shift -1", 3);
  EXPECT_EQ(viewer->document().story->steps[1].caption, "here");
  viewer->settle(4);
  dispatch(*viewer, "story-delete", 5);
  EXPECT_EQ(viewer->document().story->n_steps(), 3);
  for (const StoryStep& step : viewer->document().story->steps) EXPECT_EQ(step.caption, "");
}

TEST_F(ViewerStoryTest, edits_make_a_story) {
  auto viewer = settled("one two three");
  dispatch(*viewer, "set-query 1", 1);
  dispatch(*viewer, "set-view arcs", 10);
  dispatch(*viewer, "story-from-history", 20);
  ASSERT_EQ(viewer->document().story->n_steps(), 3);
  viewer->settle(21);
  viewer->update(21);
  EXPECT_EQ(viewer->document().view.kind, ViewKind::Arcs);
  dispatch(*viewer, "undo", 22);
  EXPECT_TRUE(viewer->document().story->empty());
}

TEST_F(ViewerStoryTest, a_story_with_a_missing_model_says_so_and_shows_its_captions) {
  auto viewer = settled("one two three");
  dispatch(*viewer, "auto-story words", 0);
  dispatch(*viewer, "story-add \"set-model none\"", 1);
  dispatch(*viewer, "story-caption 4 \"a word about it\"", 2);
  viewer->settle(3);
  viewer->update(3);
  bool told = false;
  for (const Error& error : viewer->take_errors())
    told = told || error.message.find("none") != std::string::npos;
  EXPECT_TRUE(told);
  const Layout& layout = *viewer->timeline(3).story->picture.layout_of(3);
  bool shown = false;
  for (const GlyphRunPtr& run : layout.label_runs) shown = shown || run->text == "a word about it";
  EXPECT_TRUE(shown);
}

TEST_F(ViewerStoryTest, scrubbing_the_words_shows_what_lies_between_them) {
  auto viewer = settled("one two three four");
  dispatch(*viewer, "seek 1", 1);
  viewer->settle(1);
  viewer->hold(true, 2);
  dispatch(*viewer, "seek 1.5", 2);
  viewer->update(2);
  const Scene between = viewer->scene(2);
  EXPECT_GT(between.mix, 0.1f);
  EXPECT_LT(between.mix, 0.9f);
  EXPECT_NEAR(viewer->timeline(2).position, 1.5, 1e-9);
  dispatch(*viewer, "seek 1.25", 3);
  viewer->update(3);
  EXPECT_EQ(viewer->scene(3).morph, between.morph);
  EXPECT_LT(viewer->scene(3).mix, between.mix);
  viewer->hold(false, 4);
  viewer->settle(6);
  EXPECT_EQ(viewer->scene(6).mix, 1);
  EXPECT_EQ(viewer->document().selection.query, 1);
}

}  // namespace
}  // namespace headscope
