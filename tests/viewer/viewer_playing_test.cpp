#include <gtest/gtest.h>

#include <algorithm>

#include "viewer/viewer.h"
#include "viewer/viewer_fixture.h"

namespace headscope {
namespace {

class ViewerPlayingTest : public testing_support::ViewerFixture {};

TEST_F(ViewerPlayingTest, playing_reads_token_by_token_and_stops_on_the_last) {
  auto viewer = settled("a b c d");
  dispatch(*viewer, "play", 10);
  EXPECT_EQ(viewer->shown().selection.query, 0);
  ASSERT_TRUE(viewer->update(10.5).next);
  viewer->update(11.0);
  EXPECT_EQ(viewer->shown().selection.query, 1);
  EXPECT_FALSE(viewer->document().selection.query) << "the playhead is not part of the document";
  viewer->update(13.5);
  EXPECT_EQ(viewer->shown().selection.query, 3);
  viewer->update(14.0);
  EXPECT_FALSE(viewer->playback().playing());
  EXPECT_EQ(viewer->document().selection.query, 3);
  viewer->update(20);
  EXPECT_FALSE(viewer->update(21).redraw);
}

TEST_F(ViewerPlayingTest, speed_pause_and_seek) {
  auto viewer = settled("a b c d");
  dispatch(*viewer, "set-speed 4", 10);
  dispatch(*viewer, "play", 10);
  viewer->update(10.25);
  EXPECT_EQ(viewer->timeline(10.25).current, 1);
  dispatch(*viewer, "pause", 10.3);
  EXPECT_EQ(viewer->document().selection.query, 1);
  dispatch(*viewer, "seek end", 11);
  EXPECT_EQ(viewer->document().selection.query, 3);
  dispatch(*viewer, "seek 0", 12);
  EXPECT_EQ(viewer->timeline(12).current, 0);
  EXPECT_EQ(viewer->timeline(12).steps.size(), 4u);
}

TEST_F(ViewerPlayingTest, a_change_of_speed_keeps_the_position) {
  Playback playback;
  playback.play(0, 10, 0);
  playback.set_speed(4, 2.5);
  EXPECT_EQ(playback.step(2.5), 2);
  EXPECT_EQ(playback.step(2.625), 3);
  EXPECT_NEAR(playback.next_change(2.5), 2.625, 1e-9);
  playback.set_speed(100, 3);
  EXPECT_FLOAT_EQ(playback.speed(), 4);
}

TEST_F(ViewerPlayingTest, heads_layers_and_edits_play_too) {
  auto viewer = settled("a b c d");
  dispatch(*viewer, "set-play-mode heads", 1);
  EXPECT_EQ(viewer->timeline(1).steps.size(), 8u);
  dispatch(*viewer, "seek 3", 1);
  EXPECT_EQ(viewer->document().selection.heads.front(), (HeadRef{1, 1}));
  dispatch(*viewer, "set-play-mode layers", 4);
  dispatch(*viewer, "seek 2", 4);
  EXPECT_EQ(viewer->document().selection.heads.front(), (HeadRef{2, 1}));
  dispatch(*viewer, "set-text \"a b\"", 8);
  dispatch(*viewer, "set-play-mode edits", 9);
  const int n_states = viewer->history().n_states();
  dispatch(*viewer, "play", 10);
  EXPECT_EQ(viewer->history().cursor(), 0);
  for (Seconds now = 10; now < 11 + n_states; now += 0.25) viewer->update(now);
  EXPECT_EQ(viewer->history().cursor(), n_states - 1);
  EXPECT_EQ(viewer->history().n_states(), n_states) << "walking the edits is no edit";
}

TEST_F(ViewerPlayingTest, typing_while_playing_stops_it) {
  auto viewer = settled("a b c d");
  dispatch(*viewer, "play", 10);
  viewer->update(11.5);
  dispatch(*viewer, "set-text \"a b c d e\"", 11.5);
  EXPECT_FALSE(viewer->playback().playing());
  EXPECT_EQ(viewer->document().selection.query, 4) << "what was typed behind the word that was read";
}

TEST_F(ViewerPlayingTest, the_connections_of_a_word_grow_when_it_is_read) {
  auto viewer = settled("a b c d");
  dispatch(*viewer, "play", 10);
  viewer->update(11.0);
  const auto widest = [&](Seconds now) {
    float width = 0;
    const Layout layout = picture(*viewer, now);
    for (std::size_t i = 0; i < layout.ribbons.size(); ++i) {
      if (layout.ribbon_meanings[i].query == 1) width = std::max(width, layout.ribbons[i].state.width3);
    }
    return width;
  };
  float last = -1;
  for (int i = 0; i <= 6; ++i) {
    const float width = widest(11.0 + 0.1 * i);
    EXPECT_GE(width, last) << i;
    last = width;
  }
  EXPECT_GT(last, widest(11.05));
}

}  // namespace
}  // namespace headscope
