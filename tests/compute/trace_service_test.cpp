#include "compute/trace_service.h"

#include <gtest/gtest.h>

#include <latch>
#include <mutex>
#include <thread>

#include "compute/fake_model.h"
#include "compute/trace_cache.h"
#include "compute/trace_status.h"

namespace headscope {
namespace {

using testing_support::FakeModel;

TraceRequest request_of(const std::string& text, const std::string& model = "fake") {
  return {model, text, {}};
}

struct Fixture {
  std::shared_ptr<FakeModel> model = std::make_shared<FakeModel>("fake", 4, 2);
  std::atomic<int> n_loads{0}, n_wakes{0};

  TraceServiceOptions options(std::size_t cache_bytes = 1 << 20) {
    TraceServiceOptions result;
    result.load = [this](const std::string& name, const LoadOptions&) -> Result<ModelPtr> {
      ++n_loads;
      if (name == "none") return Error{ErrorCode::NotFound, "there is no model 'none'", "Try stories"};
      return ModelPtr(model);
    };
    result.wake = [this] { ++n_wakes; };
    result.cache_bytes = cache_bytes;
    return result;
  }
};

TEST(TraceService, a_request_gives_a_complete_trace) {
  Fixture f;
  TraceService service(f.options());
  service.request(request_of("a b c"), 5.0);
  EXPECT_TRUE(service.state().computing);
  EXPECT_EQ(service.state().since, 5.0);
  service.wait();
  ASSERT_TRUE(service.state().trace);
  EXPECT_TRUE(service.state().trace->complete());
  EXPECT_EQ(service.state().trace->n_tokens(), 3);
  EXPECT_EQ(service.state().model, f.model);
  EXPECT_FALSE(service.state().computing);
  EXPECT_GT(f.n_wakes, 0);
}

TEST(TraceService, an_equal_request_computes_nothing) {
  Fixture f;
  TraceService service(f.options());
  service.request(request_of("a b"), 0);
  service.wait();
  service.request(request_of("a b"), 1);
  EXPECT_FALSE(service.state().computing);
  service.wait();
  EXPECT_EQ(service.n_computed(), 1);
}

TEST(TraceService, what_was_computed_before_comes_from_the_cache) {
  Fixture f;
  TraceService service(f.options());
  for (const char* text : {"a b", "a c", "a b"}) {
    service.request(request_of(text), 0);
    service.wait();
    EXPECT_EQ(service.state().trace->text, text);
  }
  EXPECT_EQ(service.n_computed(), 2);
  EXPECT_EQ(f.model->n_layers_computed, 8);
  EXPECT_EQ(f.n_loads, 1);
}

TEST(TraceService, the_latest_request_wins_and_the_running_one_stops_within_one_layer) {
  Fixture f;
  std::latch in_layer_1(1), go_on(1);
  std::atomic<bool> held{false};
  f.model->before_layer = [&](int layer, const std::stop_token&) {
    if (layer == 1 && !held.exchange(true)) {
      in_layer_1.count_down();
      go_on.wait();
    }
  };
  TraceService service(f.options());
  service.request(request_of("old"), 0);
  in_layer_1.wait();
  for (const char* text : {"n", "ne", "new"}) service.request(request_of(text), 1);
  go_on.count_down();
  service.wait();
  EXPECT_EQ(service.state().trace->text, "new");
  EXPECT_EQ(service.n_computed(), 2) << "requests in between were not dropped";
  EXPECT_EQ(f.model->n_layers_computed, 2 + 4) << "the old one went on after the layer it was in";
}

TEST(TraceService, layers_are_published_while_the_rest_is_computed) {
  Fixture f;
  std::latch in_layer_2(1), go_on(1);
  f.model->before_layer = [&](int layer, const std::stop_token&) {
    if (layer == 2) in_layer_2.count_down(), go_on.wait();
  };
  TraceService service(f.options());
  service.request(request_of("a b"), 0);
  in_layer_2.wait();
  while (!service.poll()) std::this_thread::yield();
  ASSERT_TRUE(service.state().trace);
  EXPECT_TRUE(service.state().trace->layers[1]);
  EXPECT_FALSE(service.state().trace->layers[2]);
  EXPECT_TRUE(service.state().computing);
  EXPECT_FLOAT_EQ(service.state().progress, 0.5f);
  go_on.count_down();
  service.wait();
  EXPECT_TRUE(service.state().trace->complete());
}

TEST(TraceService, news_of_an_old_request_are_never_shown) {
  Fixture f;
  TraceService service(f.options());
  service.request(request_of("old"), 0);
  while (service.n_computed() == 0) std::this_thread::yield();
  service.request(request_of("new"), 0);
  while (service.state().computing) {
    if (!service.poll() || !service.state().trace) continue;
    EXPECT_EQ(service.state().trace->text, "new");
  }
}

TEST(TraceService, a_new_text_starts_from_the_trace_that_begins_most_like_it) {
  Fixture f;
  TraceService service(f.options());
  for (const char* text : {"the dog", "the cat sat", "a"}) {
    service.request(request_of(text), 0);
    service.wait();
  }
  service.request(request_of("the cat slept"), 0);
  service.wait();
  EXPECT_EQ(f.model->previous_text, "the cat sat");
}

TEST(TraceService, errors_are_values_and_the_next_request_is_served) {
  Fixture f;
  TraceService service(f.options());
  service.request(request_of("a", "none"), 0);
  service.wait();
  ASSERT_TRUE(service.state().error);
  EXPECT_EQ(service.state().error->message, "there is no model 'none'");
  EXPECT_FALSE(service.state().trace);
  service.request(request_of(""), 0);
  service.wait();
  ASSERT_TRUE(service.state().error);
  EXPECT_EQ(service.state().error->code, ErrorCode::InvalidArgument);
  service.request(request_of("a"), 0);
  service.wait();
  EXPECT_FALSE(service.state().error);
  EXPECT_TRUE(service.state().trace);
}

TEST(TraceService, ends_while_a_model_computes) {
  Fixture f;
  std::latch inside(1);
  f.model->before_layer = [&](int layer, const std::stop_token& stop) {
    if (layer == 0) inside.count_down();
    while (!stop.stop_requested()) std::this_thread::yield();
  };
  {
    TraceService service(f.options());
    service.request(request_of("a"), 0);
    inside.wait();
  }
  EXPECT_EQ(f.model->n_layers_computed, 1);
}

/// A loader that a test holds: it tells 40 % and waits until it is let go or stopped.
struct SlowLoad {
  std::shared_ptr<FakeModel> model = std::make_shared<FakeModel>("fake", 4, 2);
  std::atomic<int> n_begun{0}, n_stopped{0};
  std::atomic<bool> may_end{false};

  TraceServiceOptions options() {
    TraceServiceOptions result;
    result.load = [this](const std::string&, const LoadOptions& load) -> Result<ModelPtr> {
      ++n_begun;
      load.on_progress(0.4f);
      while (!may_end && !load.stop.stop_requested()) std::this_thread::yield();
      if (!load.stop.stop_requested()) return ModelPtr(model);
      ++n_stopped;
      return Error{ErrorCode::Cancelled, "loading was stopped", "Open it again"};
    };
    return result;
  }
};

void poll_until_loading(TraceService& service) {
  while (!(service.state().loading && service.state().progress > 0)) service.poll();
}

TEST(TraceService, says_how_much_of_a_model_is_loaded) {
  SlowLoad f;
  TraceService service(f.options());
  service.request(request_of("a b", "/models/big"), 1);
  poll_until_loading(service);
  EXPECT_FLOAT_EQ(service.state().progress, 0.4f);
  EXPECT_EQ(status_line(service.state(), 2), "loading big… 40 %");
  f.may_end = true;
  service.wait();
  EXPECT_FALSE(service.state().loading);
  EXPECT_TRUE(service.state().trace);
}

TEST(TraceService, typing_on_does_not_begin_the_loading_again) {
  SlowLoad f;
  TraceService service(f.options());
  service.request(request_of("a"), 0);
  poll_until_loading(service);
  service.request(request_of("a b"), 1);
  EXPECT_TRUE(service.state().loading);
  EXPECT_FLOAT_EQ(service.state().progress, 0.4f);
  f.may_end = true;
  service.wait();
  EXPECT_EQ(f.n_begun, 1);
  ASSERT_TRUE(service.state().trace);
  EXPECT_EQ(service.state().trace->n_tokens(), 2);
}

TEST(TraceService, another_model_ends_the_loading) {
  SlowLoad f;
  TraceService service(f.options());
  service.request(request_of("a", "one"), 0);
  poll_until_loading(service);
  f.may_end = false;
  service.request(request_of("a", "two"), 1);
  while (f.n_begun < 2) std::this_thread::yield();
  f.may_end = true;
  service.wait();
  EXPECT_EQ(f.n_stopped, 1);
  EXPECT_TRUE(service.state().trace);
  EXPECT_FALSE(service.state().error);
}

TEST(TraceService, a_cancelled_loading_says_so_and_can_be_asked_for_again) {
  SlowLoad f;
  TraceService service(f.options());
  service.cancel();
  EXPECT_FALSE(service.state().error);
  service.request(request_of("a"), 0);
  poll_until_loading(service);
  service.cancel();
  EXPECT_FALSE(service.state().computing);
  ASSERT_TRUE(service.state().error);
  EXPECT_EQ(service.state().error->code, ErrorCode::Cancelled);
  service.wait();
  EXPECT_TRUE(service.state().error) << "what the loader said afterwards is not news";
  EXPECT_EQ(f.n_stopped, 1);
  f.may_end = true;
  service.request(request_of("a"), 1, true);
  service.wait();
  EXPECT_TRUE(service.state().trace);
}

TEST(TraceCache, the_one_not_asked_for_longest_goes_first_and_the_newest_stays) {
  const FakeModel model("fake", 2, 2);
  const TracePtr trace = *model.trace("a b c", {});
  const std::size_t bytes = trace_bytes(*trace);
  TraceCache cache(2 * bytes + bytes / 2);
  cache.insert(request_of("1"), trace);
  cache.insert(request_of("2"), trace);
  EXPECT_TRUE(cache.find(request_of("1")));
  cache.insert(request_of("3"), trace);
  EXPECT_TRUE(cache.find(request_of("1")));
  EXPECT_FALSE(cache.find(request_of("2")));
  EXPECT_EQ(cache.bytes(), 2 * bytes);
  TraceCache none(0);
  none.insert(request_of("1"), trace);
  EXPECT_TRUE(none.find(request_of("1")));
  none.insert(request_of("1"), trace);
  EXPECT_EQ(none.size(), 1u);
}

TEST(TraceStatus, an_old_picture_fades_only_after_a_while) {
  EXPECT_EQ(stale_dim(std::nullopt, 10.0), 0);
  EXPECT_EQ(stale_dim(10.0, 10.0), 0);
  EXPECT_NEAR(stale_dim(10.0, 10.0 + kDimAfter), 0, 1e-6);
  EXPECT_NEAR(stale_dim(10.0, 10.0 + kDimAfter + kDimTime / 2), kDim / 2, 1e-5);
  EXPECT_FLOAT_EQ(stale_dim(10.0, 20.0), kDim);
}

TEST(TraceStatus, computing_is_said_only_after_a_while) {
  TraceState state{
      request_of("a"), std::make_shared<FakeModel>("fake", 1, 1), nullptr, {}, true, 0.42f, 10.0};
  EXPECT_FALSE(shows_computing(state, 10.29));
  EXPECT_TRUE(shows_computing(state, 10.31));
  EXPECT_EQ(status_line(state, 10.31), "computing… 42 %");
  EXPECT_EQ(status_line(state, 10.1), "");
  EXPECT_NEAR(*next_status_change(state, {}, 10.0), 10.3, 1e-9);
  EXPECT_NEAR(*next_status_change(state, 10.0, 10.0), 10.15, 1e-9);
  EXPECT_NEAR(*next_status_change(state, 10.0, 10.2), 10.2, 1e-9);
  EXPECT_FALSE(next_status_change(state, 10.0, 10.4));
  state.computing = false;
  EXPECT_FALSE(next_status_change(state, {}, 10.0));
}

}  // namespace
}  // namespace headscope
