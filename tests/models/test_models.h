#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "io/json.h"
#include "models/model.h"

namespace headscope {

inline const std::string kFixtures = HEADSCOPE_SHARED_DIR "/fixtures/";
inline const std::string kModels = HEADSCOPE_SHARED_DIR "/models/";

inline ModelPtr loaded(const std::string& folder) {
  auto model = load_model(folder);
  EXPECT_TRUE(model.ok()) << (model.ok() ? "" : model.error().message);
  return model.ok() ? *model : nullptr;
}

inline TracePtr traced(const Model& model, const std::vector<int>& ids, const TraceOptions& options = {}) {
  auto trace = model.trace_ids({ids, {}, {}}, options);
  EXPECT_TRUE(trace.ok()) << (trace.ok() ? "" : trace.error().message);
  return trace.ok() ? *trace : nullptr;
}

/// What stories260K says to a prompt, by other software, the most probable token each time.
struct GreedyStory {
  std::vector<int> prompt, continuation;
};
inline GreedyStory greedy_story() {
  auto expected = read_json(kModels + "stories260K/expected-greedy.json");
  EXPECT_TRUE(expected.ok()) << (expected.ok() ? "" : expected.error().message);
  if (!expected.ok()) return {};
  GreedyStory story{(*expected)["prompt_ids"].get<std::vector<int>>(), {}};
  const auto ids = (*expected)["greedy_ids"].get<std::vector<int>>();
  story.continuation.assign(ids.begin() + static_cast<std::ptrdiff_t>(story.prompt.size()), ids.end());
  return story;
}

/// The largest difference of any attention weight.
inline float weight_difference(const AttentionTrace& a, const AttentionTrace& b) {
  float worst = 0;
  for (std::size_t layer = 0; layer < a.layers.size(); ++layer) {
    for (int head = 0; head < a.shape.n_heads; ++head) {
      worst = std::max(
          worst, (a.layers[layer]->weights(head) - b.layers[layer]->weights(head)).cwiseAbs().maxCoeff());
    }
  }
  return worst;
}

}  // namespace headscope
