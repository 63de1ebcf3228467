#include <gtest/gtest.h>

#include <atomic>
#include <cmath>
#include <latch>

#include "compute/trace_service.h"
#include "models/random_model.h"

namespace headscope {
namespace {

/// A real transformer that counts its layers and can be held after one of them.
class CountingModel final : public Model {
 public:
  explicit CountingModel(ModelPtr model) : model_(std::move(model)) {}
  const std::string& name() const override { return model_->name(); }
  const TraceShape& shape() const override { return model_->shape(); }
  int max_tokens() const override { return model_->max_tokens(); }
  const Tokenizer& tokenizer() const override { return model_->tokenizer(); }
  Result<TracePtr> trace(const std::string& text, const TraceOptions& options) const override {
    TraceOptions counted = options;
    int n_layers = 0;
    counted.on_layer = [&](TracePtr so_far, float progress) {
      layers_of(text) = ++n_layers;
      if (options.on_layer) options.on_layer(std::move(so_far), progress);
      if (after_layer) after_layer(text, n_layers);
    };
    return model_->trace(text, counted);
  }
  std::atomic<int>& layers_of(const std::string& text) const {
    return text.size() > 100 ? long_layers : short_layers;
  }

  std::function<void(const std::string& text, int n_layers)> after_layer;
  mutable std::atomic<int> long_layers{0}, short_layers{0};

 private:
  ModelPtr model_;
};

TEST(Cancel, a_transformer_of_many_layers_stops_after_the_one_it_is_in) {
  TransformerConfig config = gpt2_small_config();
  config.n_layers = 24;
  config.n_heads = config.n_kv_heads = 4;
  config.head_dim = 32;
  config.d_model = 128;
  config.d_feed_forward = 512;
  config.vocab_size = 1000;
  config.max_tokens = 512;
  config.score_scale = 1 / std::sqrt(32.0f);
  const auto model = std::make_shared<CountingModel>(random_model(config));

  std::string long_text = "1";
  for (int i = 2; i < 300; ++i) long_text += " " + std::to_string(i);
  std::latch in_layer_3(1), asked_again(1);
  model->after_layer = [&](const std::string& text, int n_layers) {
    if (text == long_text && n_layers == 3) in_layer_3.count_down(), asked_again.wait();
  };
  TraceServiceOptions options;
  options.load = [&](const std::string&, const LoadOptions&) -> Result<ModelPtr> { return ModelPtr(model); };
  TraceService service(options);
  service.request({"random", long_text, {}}, 0);
  in_layer_3.wait();
  service.request({"random", "1 2 3", {}}, 0);
  asked_again.count_down();
  service.wait();
  ASSERT_TRUE(service.state().trace);
  EXPECT_EQ(service.state().trace->n_tokens(), 3);
  EXPECT_LE(model->long_layers, 4) << "it went on although nobody waits for it";
  EXPECT_GE(model->long_layers, 3);
  EXPECT_EQ(model->short_layers, 24);
}

}  // namespace
}  // namespace headscope
