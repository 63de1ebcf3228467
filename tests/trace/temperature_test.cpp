#include "trace/temperature.h"

#include <gtest/gtest.h>

#include <cmath>

#include "scene/fake_trace.h"

namespace headscope {
namespace {

using testing::random_trace;
using testing::some_words;

TracePtr some_trace() {
  return std::make_shared<const AttentionTrace>(random_trace(some_words(9), 2, 3));
}

TEST(Temperature, one_is_the_trace_itself) {
  const TracePtr trace = some_trace();
  EXPECT_EQ(at_temperature(trace, 1), trace);
}

TEST(Temperature, weights_are_the_softmax_of_divided_scores) {
  const TracePtr trace = some_trace();
  for (const float temperature : {0.2f, 0.5f, 2.0f, 20.0f}) {
    const TracePtr tempered = at_temperature(trace, temperature);
    const AttentionLayer &layer = *tempered->layers[1], &model = *trace->layers[1];
    const Matrix scores = model.scores(2), weights = layer.weights(2);
    std::vector<float> row(9);
    for (int query = 0; query < 9; ++query) {
      double sum = 0;
      for (int key = 0; key <= query; ++key) sum += std::exp(double{scores(query, key)} / temperature);
      layer.weights_row(2, query, row);
      for (int key = 0; key < 9; ++key) {
        const double expected = key > query ? 0 : std::exp(double{scores(query, key)} / temperature) / sum;
        EXPECT_NEAR(weights(query, key), expected, 1e-5);
        EXPECT_EQ(weights(query, key), row[static_cast<std::size_t>(key)]);
        if (key > query) {
          EXPECT_EQ(weights(query, key), 0.0f);
        }
      }
      // The arithmetic behind a weight still adds up.
      EXPECT_NEAR(layer.scores(2)(query, 0),
                  layer.scale() * model.query(2).row(query).dot(model.key(2).row(0)), 1e-4);
    }
    const Matrix z = layer.z(2);
    EXPECT_LT((z - weights * model.value(2)).cwiseAbs().maxCoeff(), 1e-5f);
  }
}

TEST(Temperature, cold_is_sharp_and_hot_is_even) {
  const TracePtr trace = some_trace();
  const float cold = at_temperature(trace, 0.05f)->layers[0]->weights(0).row(8).maxCoeff();
  const float model = trace->layers[0]->weights(0).row(8).maxCoeff();
  const float hot = at_temperature(trace, 20)->layers[0]->weights(0).row(8).maxCoeff();
  EXPECT_GT(cold, model);
  EXPECT_GT(model, hot);
  EXPECT_LT(hot, 0.2f);
}

}  // namespace
}  // namespace headscope
