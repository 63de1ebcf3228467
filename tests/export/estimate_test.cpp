#include "export/estimate.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace headscope {
namespace {

/// Every tenth second something moves, as in a story that stands between its steps.
bool moves(int number) {
  return number % 100 < 10;
}

TEST(Estimates, moving_and_standing_frames_are_measured_apart) {
  const SamplePlan plan = plan_samples({0, 1000}, moves, 3);
  EXPECT_EQ(plan.moving.n_frames, 100);
  EXPECT_EQ(plan.standing.n_frames, 900);
  EXPECT_EQ(plan.moving.first.size(), 3u);
  EXPECT_EQ(plan.standing.first.size(), 3u);
  for (const int number : plan.moving.runs) EXPECT_TRUE(moves(number)) << number;
  for (const int number : plan.standing.runs) EXPECT_FALSE(moves(number)) << number;
  for (const SamplePlan::Kind* kind : {&plan.moving, &plan.standing}) {
    EXPECT_TRUE(std::is_sorted(kind->runs.begin(), kind->runs.end()));
    EXPECT_GT(kind->runs.size(), kind->first.size());
    EXPECT_LE(kind->runs.size(), 3u * kRunLength);
    for (const int first : kind->first)
      EXPECT_TRUE(std::binary_search(kind->runs.begin(), kind->runs.end(), first));
  }
}

TEST(Estimates, an_animation_of_one_kind_or_of_one_frame_has_no_other_samples) {
  const SamplePlan moving = plan_samples(
      {5, 45}, [](int) { return true; }, 3);
  EXPECT_EQ(moving.moving.n_frames, 40);
  EXPECT_EQ(moving.standing.n_frames, 0);
  EXPECT_TRUE(moving.standing.runs.empty());
  const SamplePlan one = plan_samples(
      {7, 8}, [](int) { return false; }, 3);
  EXPECT_EQ(one.standing.first, std::vector<int>{7});
  EXPECT_EQ(one.standing.runs, std::vector<int>{7});
}

TEST(Estimates, a_long_animation_is_asked_a_bounded_number_of_times) {
  int asked = 0;
  const SamplePlan plan = plan_samples(
      {0, 10'000'000},
      [&](int number) {
        ++asked;
        return moves(number);
      },
      3);
  EXPECT_LE(asked, kMostAsked + 100);
  EXPECT_EQ(plan.moving.n_frames + plan.standing.n_frames, 10'000'000);
}

TEST(Estimates, continue_the_line_of_what_was_measured) {
  // A first frame takes 1000 bytes and a tenth of a second, each that follows 50 and a hundredth.
  const Measured first{2, 2000, 0.2}, runs{12, 2500, 0.3};
  const ExportEstimate estimate = extrapolate(first, runs, 101);
  EXPECT_DOUBLE_EQ(estimate.bytes, 1000 + 100 * 50);
  EXPECT_DOUBLE_EQ(estimate.secs, 0.1 + 100 * 0.01);
  EXPECT_EQ(extrapolate(first, runs, 0).bytes, 0);
  // Runs that took less, on a machine that had other things to do, are no reason for less than nothing.
  EXPECT_DOUBLE_EQ(extrapolate(first, {12, 1500, 0.1}, 101).secs, 0.1);
  // Where nothing follows a first frame, all cost what it costs.
  EXPECT_DOUBLE_EQ(extrapolate(first, first, 4).bytes, 4000);
}

TEST(Estimates, are_told_in_round_numbers) {
  EXPECT_EQ(bytes_in_words(0), "0 B");
  EXPECT_EQ(bytes_in_words(999.6), "1.0 kB");
  EXPECT_EQ(bytes_in_words(820'400), "820 kB");
  EXPECT_EQ(bytes_in_words(3.21e6), "3.2 MB");
  EXPECT_EQ(bytes_in_words(4.5e10), "45 GB");
  EXPECT_EQ(secs_in_words(0.2), "under 1 s");
  EXPECT_EQ(secs_in_words(8.4), "8 s");
  EXPECT_EQ(secs_in_words(180), "3 min");
  EXPECT_EQ(secs_in_words(3600 * 2 + 600), "2 h 10 min");
  EXPECT_EQ(in_words({3.2e6, 40}), "about 3.2 MB, 40 s");
}

}  // namespace
}  // namespace headscope
