#include "scene/connections.h"

#include <algorithm>
#include <functional>
#include <numeric>
#include <optional>

#include <gtest/gtest.h>

#include "scene/fake_trace.h"
#include "scene/weight_scale.h"

namespace headscope {
namespace {

using testing::random_trace;
using testing::some_words;
using testing::trace_with;

Matrix three_rows() {
  Matrix w(3, 3);
  w << 1, 0, 0, 0.75f, 0.25f, 0, 0.5f, 0.125f, 0.375f;
  return w;
}

TEST(KeepKeys, cumulative_mass_is_reached_by_the_fewest_keys) {
  const AttentionTrace trace = random_trace(some_words(40), 2, 3);
  std::vector<int> kept;
  for (const float goal : {0.5f, 0.9f, 0.99f})
    for (int query = 0; query < 40; ++query) {
      std::vector<float> row(40);
      trace.layers[1]->weights_row(2, query, row);
      keep_keys(row, {0, 0, goal}, kept);
      float sum = 0, least = 1;
      for (const int key : kept) {
        sum += row[static_cast<std::size_t>(key)];
        least = std::min(least, row[static_cast<std::size_t>(key)]);
      }
      EXPECT_GE(sum, goal - 1e-5f);
      EXPECT_LT(sum - least, goal) << "one key fewer would do";
      EXPECT_TRUE(std::is_sorted(kept.begin(), kept.end()));
    }
}

TEST(KeepKeys, threshold_and_top_k_cut_further) {
  const std::vector<float> row = {0.1f, 0.4f, 0.2f, 0.3f, 0.0f};
  std::vector<int> kept;
  keep_keys(row, {0.2f, 0, 1}, kept);
  EXPECT_EQ(kept, (std::vector<int>{1, 2, 3}));
  keep_keys(row, {0, 2, 1}, kept);
  EXPECT_EQ(kept, (std::vector<int>{1, 3}));
  keep_keys(row, {0.35f, 3, 0.99f}, kept);
  EXPECT_EQ(kept, (std::vector<int>{1}));
  keep_keys(row, {0, 0, 1}, kept);
  EXPECT_EQ(kept.size(), 4u) << "a weight of 0 is no connection";
}

TEST(Connections, the_readout_counts_what_is_drawn) {
  Document document;
  document.view.cumulative_mass = 1;
  const AttentionTrace trace = trace_with({"a", " b", " c"}, {three_rows()});
  EXPECT_EQ(readout(find_connections(document, trace, {.rule = {0, 0, 1}})),
            "6 of 6 connections, 100 % of the weight");
  EXPECT_EQ(readout(find_connections(document, trace, {.rule = {0.3f, 0, 1}})),
            "4 of 6 connections, 87.5 % of the weight");
  document.selection.query = 1;
  EXPECT_EQ(readout(find_connections(document, trace, {.rule = {0.5f, 0, 1}})),
            "2 of 3 connections, 87.5 % of the weight");
  EXPECT_EQ(readout(find_connections(document, trace, {.rule = {0.5f, 0, 1}, .active_row_only = true})),
            "1 of 2 connections, 75.0 % of the weight");
}

TEST(Connections, thirteen_tokens_have_ninety_one_connections) {
  Document document;
  const Connections all = find_connections(document, random_trace(some_words(13), 1, 1), {.rule = {0, 0, 1}});
  EXPECT_EQ(all.n_total, 91);
  EXPECT_NEAR(all.mass_total, 13, 1e-3);
}

TEST(Connections, rows_after_the_query_are_not_drawn) {
  Document document;
  document.selection.query = 4;
  const Connections c = find_connections(document, random_trace(some_words(9), 1, 1), {.rule = {0, 0, 1}});
  for (const Connection& edge : c.edges) {
    EXPECT_LE(edge.query, 4);
    EXPECT_EQ(edge.lit, edge.query == 4);
  }
  EXPECT_EQ(c.n_total, 15);
}

TEST(Connections, a_hidden_token_is_renormalised_only_when_said) {
  Document document;
  document.view.hide_first_token = true;
  const AttentionTrace trace = trace_with({"a", " b", " c"}, {three_rows()});
  Connections c = find_connections(document, trace, {.rule = {0, 0, 1}});
  ASSERT_EQ(c.edges.size(), 3u);
  EXPECT_FLOAT_EQ(c.edges[0].weight, 0.25f);
  EXPECT_EQ(readout(c), "3 of 6 connections, 25.0 % of the weight");
  document.view.renormalize = true;
  c = find_connections(document, trace, {.rule = {0, 0, 1}});
  EXPECT_FLOAT_EQ(c.edges[0].weight, 1.0f);
  EXPECT_FLOAT_EQ(c.edges[1].weight + c.edges[2].weight, 1.0f);
}

TEST(Connections, mixes_combine_the_heads) {
  Matrix other = three_rows();
  other.row(1) << 0.25f, 0.75f, 0;
  const AttentionTrace trace = trace_with({"a", " b", " c"}, {three_rows(), other});
  Document document;
  document.selection.heads = {{0, 0}, {0, 1}};
  const auto weight = [&](HeadMix mix, float& full) {
    document.selection.mix = mix;
    const Connections c = find_connections(document, trace, {.rule = {0, 0, 1}});
    EXPECT_EQ(c.strands.size(), 1u);
    full = c.full_weight;
    return c.edges.at(1).weight;  // query 1, key 0
  };
  float full = 0;
  EXPECT_FLOAT_EQ(weight(HeadMix::Mean, full), 0.5f);
  EXPECT_FLOAT_EQ(full, 1);
  EXPECT_FLOAT_EQ(weight(HeadMix::Max, full), 0.75f);
  EXPECT_FLOAT_EQ(weight(HeadMix::Sum, full), 1.0f);
  EXPECT_FLOAT_EQ(full, 2) << "the largest sum is drawn at full width";
}

TEST(Connections, a_limit_keeps_the_active_row_and_says_so) {
  Document document;
  document.selection.query = 49;
  const Connections c =
      find_connections(document, random_trace(some_words(60), 1, 1), {.rule = {0, 0, 1}, .max_edges = 200});
  EXPECT_LE(c.edges.size(), 200u);
  EXPECT_EQ(std::count_if(c.edges.begin(), c.edges.end(), [](const Connection& e) { return e.query == 49; }),
            50);
  EXPECT_EQ(c.n_shown, static_cast<int>(c.edges.size()));
  EXPECT_EQ(c.n_total, 50 * 51 / 2);
}

/// The edges that `max_edges` leaves, told by the rule and not by how it is done.
std::vector<Connection> strongest(std::vector<Connection> edges, int active, std::size_t most) {
  std::vector<float> others;
  for (const Connection& c : edges)
    if (c.query != active) others.push_back(c.weight);
  const std::size_t room = most - std::min(most, edges.size() - others.size());
  if (edges.size() <= most || room >= others.size()) return edges;
  std::sort(others.begin(), others.end(), std::greater<>());
  std::erase_if(edges, [&](const Connection& c) { return c.query != active && c.weight <= others[room]; });
  return edges;
}

TEST(Connections, a_limit_leaves_the_strongest_under_every_rule) {
  const AttentionTrace trace = random_trace(some_words(160), 1, 3);
  Document document;
  document.selection.heads = {{0, 0}, {0, 2}};
  for (const std::optional<int> query : {std::optional<int>(), std::optional<int>(90)}) {
    document.selection.query = query;
    for (const KeepRule& rule :
         {KeepRule{0, 0, 1}, {0, 0, 0.9f}, {0, 0, 0.4f}, {0.02f, 0, 1}, {0, 5, 1}, {0.004f, 12, 0.8f}}) {
      const Connections all = find_connections(document, trace, {.rule = rule, .max_edges = 1'000'000});
      for (const int most : {40, 300, 2000}) {
        const Connections some = find_connections(document, trace, {.rule = rule, .max_edges = most});
        const std::vector<Connection> expected =
            strongest(all.edges, query.value_or(-1), static_cast<std::size_t>(most));
        ASSERT_EQ(some.edges.size(), expected.size()) << most << " of " << all.edges.size();
        double mass = 0;
        for (std::size_t i = 0; i < expected.size(); ++i) {
          EXPECT_EQ(some.edges[i].query, expected[i].query);
          EXPECT_EQ(some.edges[i].key, expected[i].key);
          EXPECT_EQ(some.edges[i].strand, expected[i].strand);
          mass += expected[i].weight;
        }
        EXPECT_EQ(some.n_shown, static_cast<int>(expected.size()));
        EXPECT_NEAR(some.mass_shown, mass, 1e-4);
        EXPECT_EQ(some.n_total, all.n_total);
      }
    }
  }
}

/// Weights that are computed when they are asked for, as those of a long text.
class UnkeptLayer final : public testing::FakeLayer {
 public:
  using FakeLayer::FakeLayer;
  bool keeps_weights() const override { return false; }
};

TEST(Connections, weights_that_are_not_kept_give_the_same) {
  std::vector<Matrix> weights;
  const AttentionTrace kept = random_trace(some_words(150), 1, 3);
  for (int head = 0; head < 3; ++head) weights.push_back(kept.layers[0]->weights(head));
  AttentionTrace unkept = kept;
  unkept.layers[0] = std::make_shared<UnkeptLayer>(weights);
  Document document;
  document.selection.heads = {{0, 0}, {0, 1}, {0, 2}};
  for (const HeadMix mix : {HeadMix::Separate, HeadMix::Mean, HeadMix::Max, HeadMix::Sum}) {
    document.selection.mix = mix;
    const Connections a = find_connections(document, kept, {.rule = {0, 0, 0.9f}, .max_edges = 100'000});
    const Connections b = find_connections(document, unkept, {.rule = {0, 0, 0.9f}, .max_edges = 100'000});
    ASSERT_EQ(a.edges.size(), b.edges.size());
    for (std::size_t i = 0; i < a.edges.size(); ++i) ASSERT_EQ(a.edges[i].weight, b.edges[i].weight) << i;
    EXPECT_EQ(readout(a), readout(b));
  }
}

TEST(Connections, matrices_hold_every_weight_and_nothing_where_masked) {
  Document document;
  const AttentionTrace trace = trace_with({"a", " b", " c"}, {three_rows()});
  const Connections c = find_connections(document, trace, {.rule = {0, 0, 1}, .as_matrices = true});
  ASSERT_EQ(c.matrices.size(), 1u);
  EXPECT_EQ(c.matrices[0]->values, (std::vector<float>{1, -1, -1, 0.75f, 0.25f, -1, 0.5f, 0.125f, 0.375f}));
  EXPECT_EQ(c.n_shown, 6);
  EXPECT_EQ(c.matrices[0]->id,
            find_connections(document, trace, {.rule = {0, 0, 1}, .as_matrices = true}).matrices[0]->id);
}

TEST(Connections, heads_that_do_not_exist_or_are_not_computed_are_left_out) {
  AttentionTrace trace = random_trace(some_words(3), 3, 2);
  trace.layers[2] = nullptr;
  Document document;
  document.selection.heads = {{0, 1}, {0, 7}, {2, 0}, {9, 0}};
  EXPECT_EQ(find_strands(document, trace).size(), 1u);
}

TEST(WeightScale, every_scale_rises_from_nothing_to_full) {
  for (const WeightScale scale :
       {WeightScale::Linear, WeightScale::SquareRoot, WeightScale::Log, WeightScale::RowMax}) {
    EXPECT_FLOAT_EQ(scaled_weight(0, 1, 1, scale), 0);
    EXPECT_FLOAT_EQ(scaled_weight(1, 1, 1, scale), 1);
    float before = 0;
    for (float w = 0; w <= 1; w += 0.01f) {
      EXPECT_GE(scaled_weight(w, 1, 1, scale), before);
      before = scaled_weight(w, 1, 1, scale);
    }
  }
  EXPECT_FLOAT_EQ(scaled_weight(0.2f, 0.4f, 1, WeightScale::RowMax), 0.5f);
}

}  // namespace
}  // namespace headscope
