#include "core/positions.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "core/position_bias.h"
#include "core/rotary.h"

namespace headscope {
namespace {

TEST(Positions, learned_rows_are_looked_up) {
  const Matrix table = Matrix::Random(5, 3);
  const std::vector<int> positions{4, 0, 4};
  const Matrix rows = learned_positions(table, positions);
  EXPECT_EQ(rows.row(0), table.row(4));
  EXPECT_EQ(rows.row(1), table.row(0));
  EXPECT_EQ(rows.row(2), table.row(4));
}

TEST(Positions, sinusoids_start_at_zero_and_one_and_turn_at_falling_speed) {
  const Matrix rows = sinusoidal_positions(10, 8);
  for (int i = 0; i < 4; ++i) {
    EXPECT_EQ(rows(0, 2 * i), 0.0f);
    EXPECT_EQ(rows(0, 2 * i + 1), 1.0f);
    const double angle = 7.0 * std::pow(10000.0, -i / 4.0);
    EXPECT_NEAR(rows(7, 2 * i), std::sin(angle), 1e-6);
    EXPECT_NEAR(rows(7, 2 * i + 1), std::cos(angle), 1e-6);
  }
  const Matrix halves = sinusoidal_positions(10, 8, SinusoidOrder::Halves);
  for (int i = 0; i < 4; ++i) {
    EXPECT_EQ(halves(7, i), rows(7, 2 * i));
    EXPECT_EQ(halves(7, 4 + i), rows(7, 2 * i + 1));
  }
  EXPECT_NEAR(sinusoidal_positions(2, 8, SinusoidOrder::WhisperHalves)(1, 3), std::sin(1e-4), 1e-9);
}

TEST(Rotary, the_product_of_a_rotated_query_and_key_depends_on_their_distance_alone) {
  for (RotaryPairing pairing : {RotaryPairing::Halves, RotaryPairing::Interleaved}) {
    const RotaryTable table = rotary_table(64, rotary_frequencies(8, 10000.0f), pairing);
    const Vector q = Vector::Random(8), k = Vector::Random(8);
    const auto product = [&](int query, int key) {
      Vector a = q, b = k;
      rotate(table, query, a.data());
      rotate(table, key, b.data());
      return a.dot(b);
    };
    EXPECT_NEAR(product(5, 2), product(45, 42), 1e-5f);
    EXPECT_GT(std::abs(product(5, 2) - product(5, 4)), 1e-3f);
    EXPECT_NEAR(product(9, 9), q.dot(k), 1e-5f);
  }
}

TEST(Rotary, pairs_are_turned_by_the_angle_of_their_frequency) {
  const RotaryTable halves = rotary_table(4, rotary_frequencies(4, 100.0f), RotaryPairing::Halves);
  Vector x(6);
  x << 1, 1, 0, 0, 5, 6;  // two pairs (0, 2) and (1, 3); the last two features are not rotated
  rotate(halves, 3, x.data());
  EXPECT_NEAR(x[0], std::cos(3.0f), 1e-6f);
  EXPECT_NEAR(x[2], std::sin(3.0f), 1e-6f);
  EXPECT_NEAR(x[1], std::cos(0.3f), 1e-6f);
  EXPECT_NEAR(x[3], std::sin(0.3f), 1e-6f);
  EXPECT_EQ(x[4], 5.0f);
  EXPECT_EQ(x[5], 6.0f);

  const RotaryTable pairs = rotary_table(4, rotary_frequencies(4, 100.0f), RotaryPairing::Interleaved);
  x << 1, 0, 1, 0, 5, 6;
  rotate(pairs, 3, x.data());
  EXPECT_NEAR(x[1], std::sin(3.0f), 1e-6f);
  EXPECT_NEAR(x[3], std::sin(0.3f), 1e-6f);
}

TEST(Rotary, rotating_back_undoes_it_and_length_stays) {
  const RotaryTable table = rotary_table(100, rotary_frequencies(16, 10000.0f), RotaryPairing::Halves);
  const Vector before = Vector::Random(20);
  Vector x = before;
  rotate(table, 77, x.data());
  EXPECT_NEAR(x.norm(), before.norm(), 1e-5f);
  rotate_back(table, 77, x.data());
  EXPECT_LE((x - before).cwiseAbs().maxCoeff<Eigen::PropagateNaN>(), 1e-6f);
}

TEST(Alibi, slopes_are_the_published_ones) {
  const std::vector<float> eight = alibi_slopes(8);
  for (int head = 0; head < 8; ++head)
    EXPECT_FLOAT_EQ(eight[static_cast<std::size_t>(head)], std::exp2(-1.0f - head));
  const std::vector<float> twelve = alibi_slopes(12);
  ASSERT_EQ(twelve.size(), 12u);
  EXPECT_FLOAT_EQ(twelve[7], std::exp2(-8.0f));
  EXPECT_FLOAT_EQ(twelve[8], std::exp2(-0.5f));
  EXPECT_FLOAT_EQ(twelve[11], std::exp2(-3.5f));
}

TEST(Alibi, the_bias_falls_linearly_with_distance) {
  const Matrix bias = alibi_bias(0.25f, 2, 4, 2);
  EXPECT_EQ(bias(0, 2), 0.0f);
  EXPECT_EQ(bias(0, 0), -0.5f);
  EXPECT_EQ(bias(1, 0), -0.75f);
}

TEST(RelativeBias, buckets_are_exact_nearby_and_logarithmic_far_away) {
  const RelativeBuckets encoder{32, 128, true};
  EXPECT_EQ(encoder.bucket(0), 0);
  EXPECT_EQ(encoder.bucket(-7), 7);
  EXPECT_EQ(encoder.bucket(7), 16 + 7);
  EXPECT_EQ(encoder.bucket(-8), 8);
  EXPECT_EQ(encoder.bucket(-127), 15);
  EXPECT_EQ(encoder.bucket(-100000), 15);
  EXPECT_EQ(encoder.bucket(100000), 31);
  const RelativeBuckets decoder{32, 128, false};
  EXPECT_EQ(decoder.bucket(5), 0);
  EXPECT_EQ(decoder.bucket(-15), 15);
  EXPECT_EQ(decoder.bucket(-16), 16);
  EXPECT_EQ(decoder.bucket(-1000), 31);
  for (int distance = 1; distance < 300; ++distance) {
    EXPECT_GE(decoder.bucket(-distance), decoder.bucket(1 - distance));
  }
}

}  // namespace
}  // namespace headscope
