#include "viewer/viewer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <thread>

#include "viewer/viewer_fixture.h"

namespace headscope {
namespace {

class ViewerTest : public testing_support::ViewerFixture {};

TEST_F(ViewerTest, the_first_picture_comes_without_a_command) {
  auto viewer = settled("the dog slept .");
  const Scene scene = viewer->scene(0);
  ASSERT_TRUE(scene.morph);
  EXPECT_EQ(scene.mix, 1);
  EXPECT_FALSE(scene.morph->to->ribbons.empty());
  EXPECT_EQ(viewer->trace()->n_tokens(), 4);
  EXPECT_FALSE(viewer->readout().empty());
}

TEST_F(ViewerTest, escape_stops_the_loading_of_a_model) {
  ViewerOptions slow = options("a b");
  slow.service.load = [](const std::string& name, const LoadOptions& load) -> Result<ModelPtr> {
    load.on_progress(0.5f);
    while (!load.stop.stop_requested()) std::this_thread::yield();
    return Error{ErrorCode::Cancelled, "loading " + name + " was stopped", "Open it again"};
  };
  Viewer viewer(slow, 0);
  do {
    viewer.update(1);
  } while (!viewer.trace_state().loading);
  EXPECT_FLOAT_EQ(viewer.trace_state().progress, 0.5f);
  dispatch(viewer, "escape", 2);
  viewer.update(2);
  EXPECT_FALSE(viewer.trace_state().computing);
  ASSERT_TRUE(viewer.trace_state().error);
  EXPECT_EQ(viewer.trace_state().error->code, ErrorCode::Cancelled);
}

TEST_F(ViewerTest, settled_means_that_the_picture_of_the_document_stands) {
  Viewer viewer(options("a b c d"), 0);
  EXPECT_FALSE(viewer.settled(0));
  let_compute(viewer, 0);
  EXPECT_FALSE(viewer.settled(0)) << "there is no stage yet";
  viewer.set_stage(1000, 700, 1, 0);
  EXPECT_TRUE(viewer.settled(0));
  dispatch(viewer, "set-view arcs", 1);
  EXPECT_FALSE(viewer.settled(1.1));
  viewer.update(3);
  EXPECT_TRUE(viewer.settled(3));
  dispatch(viewer, "set-text \"a b\"", 4);
  EXPECT_FALSE(viewer.settled(4));
}

TEST_F(ViewerTest, idle_means_no_redraw_and_nothing_to_wait_for) {
  auto viewer = settled("the dog slept .");
  viewer->update(10);
  for (Seconds now : {10.1, 11.0, 100.0}) {
    const FrameNeeds needs = viewer->update(now);
    EXPECT_FALSE(needs.redraw) << now;
    EXPECT_FALSE(needs.next) << now;
  }
}

TEST_F(ViewerTest, a_new_word_moves_the_picture_and_then_it_rests) {
  auto viewer = settled("the dog slept .");
  dispatch(*viewer, "set-text \"the cat slept .\"", 10);
  let_compute(*viewer, 10);
  EXPECT_EQ(viewer->scene(10).mix, 0);
  float last = 0;
  for (int i = 1; i <= 8; ++i) {
    const Seconds now = 10 + 0.1 * i;
    EXPECT_TRUE(viewer->update(now).redraw) << now;
    const float mix = viewer->scene(now).mix;
    EXPECT_GT(mix, last);
    last = mix;
  }
  EXPECT_EQ(viewer->scene(10.01 + kWeightsDuration).mix, 1);
  viewer->update(13);
  EXPECT_FALSE(viewer->update(13.1).redraw);
  EXPECT_EQ(viewer->trace()->text, "the cat slept .");
}

TEST_F(ViewerTest, a_change_during_a_transition_starts_from_where_the_picture_is) {
  auto viewer = settled("a b c d");
  dispatch(*viewer, "set-view arcs", 10);
  viewer->update(10);
  const Layout before = picture(*viewer, 10.4);
  dispatch(*viewer, "set-view columns", 10.4);
  viewer->update(10.4);
  const Layout after = picture(*viewer, 10.4);
  EXPECT_EQ(viewer->scene(10.4).mix, 0);
  ASSERT_FALSE(before.ribbons.empty());
  std::size_t n_matched = 0;
  for (const auto& ribbon : before.ribbons) {
    for (const auto& now : after.ribbons) {
      if (now.key != ribbon.key) continue;
      ++n_matched;
      EXPECT_LT(length(now.state.p0 - ribbon.state.p0), 0.01f);
      EXPECT_LT(length(now.state.p2 - ribbon.state.p2), 0.01f);
      EXPECT_NEAR(now.state.width0, ribbon.state.width0, 0.01f);
    }
  }
  EXPECT_GE(n_matched, before.ribbons.size());
}

TEST_F(ViewerTest, a_change_of_the_view_computes_nothing) {
  auto viewer = settled("a b c d");
  const int n_layers = model_->n_layers_computed;
  for (const char* line :
       {"set-view matrix", "select-head 1.1", "step +1", "set-threshold 0.3", "set-theme light"}) {
    dispatch(*viewer, line, 1);
    let_compute(*viewer, 1);
  }
  EXPECT_EQ(model_->n_layers_computed, n_layers);
}

TEST_F(ViewerTest, undo_goes_back_to_an_equal_document) {
  auto viewer = settled("a b c d");
  const Document first = viewer->document();
  Seconds now = 1;
  for (const char* line :
       {"set-text \"a b x d\"", "select-heads 0.0 1.1", "step +1", "set-view matrix", "set-top-k 2"}) {
    dispatch(*viewer, line, now += 2);
  }
  EXPECT_EQ(viewer->history().name(1), "c → x");
  for (int i = 0; i < 5; ++i) dispatch(*viewer, "undo", now += 2);
  EXPECT_EQ(viewer->document(), first);
  dispatch(*viewer, "edit-go 5", now += 2);
  EXPECT_EQ(viewer->document().view.top_k, 2);
}

TEST_F(ViewerTest, the_old_picture_stays_and_fades_until_the_new_trace_is_there) {
  auto viewer = settled("a b c d");
  std::atomic<bool> go_on{false};
  model_->before_layer = [&](int, const std::stop_token&) {
    while (!go_on) std::this_thread::yield();
  };
  dispatch(*viewer, "set-text \"a b c d e\"", 10);
  const FrameNeeds needs = viewer->update(10);
  ASSERT_TRUE(needs.next);
  EXPECT_LE(*needs.next, 10 + kDimAfter + 1e-9);
  EXPECT_EQ(viewer->trace()->n_tokens(), 4);
  EXPECT_EQ(viewer->scene(10.1).dim, 0);
  viewer->update(10.5);
  EXPECT_FLOAT_EQ(viewer->scene(10.5).dim, kDim);
  EXPECT_TRUE(viewer->computing(10.5));
  go_on = true;
  let_compute(*viewer, 11);
  EXPECT_EQ(viewer->scene(11).dim, 0);
  EXPECT_EQ(viewer->trace()->n_tokens(), 5);
}

TEST_F(ViewerTest, fast_typing_shortens_transitions_and_is_one_step_of_undo) {
  EXPECT_DOUBLE_EQ(weights_duration(5), kWeightsDuration);
  EXPECT_DOUBLE_EQ(weights_duration(0.05), kShortestDuration);
  auto viewer = settled("a");
  std::string text = "a";
  for (int i = 0; i < 20; ++i) {
    text += i % 4 == 3 ? ' ' : 'b';
    const Seconds now = 10 + 0.05 * i;
    ASSERT_TRUE(viewer->dispatch(Action{SetText{text}}, now).ok());
    let_compute(*viewer, now);
  }
  EXPECT_EQ(viewer->history().n_states(), 2);
}

TEST_F(ViewerTest, reduced_motion_makes_every_transition_instant) {
  auto viewer = settled("a b c d");
  dispatch(*viewer, "reduce-motion on", 1);
  dispatch(*viewer, "set-view arcs", 2);
  viewer->update(2);
  EXPECT_EQ(viewer->scene(2).mix, 1);
  EXPECT_TRUE(load_settings(folder_ / "config").reduce_motion);
}

TEST_F(ViewerTest, what_the_mouse_is_on_is_lit_and_a_click_pins_it) {
  auto viewer = settled("a b c d");
  const Layout& layout = *viewer->scene(0).morph->to;
  const auto edge =
      std::find_if(layout.ribbon_meanings.begin(), layout.ribbon_meanings.end(),
                   [](const Meaning& m) { return m.kind == Meaning::Kind::Edge && m.query == 3; });
  ASSERT_NE(edge, layout.ribbon_meanings.end());
  const RibbonState& ribbon =
      layout.ribbons[static_cast<std::size_t>(edge - layout.ribbon_meanings.begin())].state;
  const Vec2 middle = 0.125f * (ribbon.p0 + 3 * ribbon.p1 + 3 * ribbon.p2 + ribbon.p3);
  const Camera camera = viewer->scene(0).camera;
  const Vec2 point = camera.zoom * (middle - camera.offset);
  viewer->set_pointer(point, 1);
  EXPECT_TRUE(viewer->update(1).redraw);
  EXPECT_NE(viewer->scene(1).highlighted, 0u);
  EXPECT_FALSE(viewer->update(1).redraw);
  ASSERT_TRUE(viewer->click(point, 2).ok());
  EXPECT_TRUE(viewer->document().selection.query);
  EXPECT_TRUE(viewer->document().selection.key);
  dispatch(*viewer, "escape", 3);
  EXPECT_FALSE(viewer->document().selection.key);
  viewer->set_pointer(std::nullopt, 4);
  EXPECT_EQ(viewer->scene(4).highlighted, 0u);
}

TEST_F(ViewerTest, empty_texts_and_missing_models_give_a_picture_or_a_sentence) {
  auto viewer = settled("a b c d");
  for (const char* text : {"", "   "}) {
    ASSERT_TRUE(viewer->dispatch(Action{SetText{text}}, 1).ok());
    viewer->settle(1);
    EXPECT_FALSE(viewer->scene(1).morph->to->labels.empty());
    EXPECT_EQ(viewer->scene(9).dim, 0);
  }
  dispatch(*viewer, "set-text \"a b\"", 3);
  viewer->settle(3);
  EXPECT_EQ(viewer->trace()->n_tokens(), 2);
  dispatch(*viewer, "set-model none", 4);
  viewer->settle(4);
  const std::vector<Error> errors = viewer->take_errors();
  ASSERT_EQ(errors.size(), 1u);
  EXPECT_EQ(errors[0].message, "there is no model 'none'");
  EXPECT_EQ(viewer->document().model, "stories") << "the model before is on show again";
  EXPECT_EQ(viewer->trace()->n_tokens(), 2) << "the old picture stays";
  EXPECT_EQ(viewer->scene(9).dim, 0);
  EXPECT_FALSE(viewer->trace_state().error);
  EXPECT_FALSE(viewer->dispatch(Action{SetText{std::string(1 << 20, 'a')}}, 5).ok());
  EXPECT_EQ(viewer->document().text, "a b");
}

TEST_F(ViewerTest, a_shorter_text_brings_the_selection_inside) {
  auto viewer = settled("a b c d");
  dispatch(*viewer, "pin 3 2", 1);
  dispatch(*viewer, "set-text \"a b\"", 2);
  viewer->settle(2);
  EXPECT_EQ(viewer->shown().selection.query, 1);
  EXPECT_EQ(viewer->shown().selection.key, 1);
}

TEST_F(ViewerTest, a_first_document_that_cannot_be_computed_says_why_in_the_picture) {
  ViewerOptions first = options("a b");
  first.document.model = "none";
  Viewer viewer(first, 0);
  viewer.set_stage(1000, 700, 1, 0);
  viewer.settle(0);
  const Layout& layout = *viewer.scene(0).morph->to;
  const bool said =
      std::any_of(layout.label_runs.begin(), layout.label_runs.end(),
                  [](const GlyphRunPtr& run) { return run && run->text == "there is no model 'none'"; });
  EXPECT_TRUE(said);
}

TEST_F(ViewerTest, the_selection_stays_with_its_word_while_others_are_typed) {
  auto viewer = settled("the dog slept well");
  dispatch(*viewer, "pin 2 1", 1);
  dispatch(*viewer, "set-text \"the big dog slept well\"", 2);
  EXPECT_EQ(viewer->document().selection.query, 3);
  EXPECT_EQ(viewer->document().selection.key, 2);
  dispatch(*viewer, "undo", 5);
  EXPECT_EQ(viewer->document().selection.query, 2) << "text and selection are one step";
  EXPECT_EQ(viewer->document().text, "the dog slept well");
}

TEST_F(ViewerTest, what_is_the_programs_business_is_handed_out_once) {
  auto viewer = settled("a b");
  for (const char* line : {"quit", "save-png window 4", "fullscreen", "save", "commands"})
    dispatch(*viewer, line, 1);
  EXPECT_EQ(viewer->take_requests().size(), 5u);
  EXPECT_TRUE(viewer->take_requests().empty());
}

TEST(StageCamera, zooming_keeps_the_point_under_the_mouse) {
  StageCamera camera;
  camera.set_stage(1000, 700);
  camera.set_own({{0, -350}, 0.5f});  // a picture twice as wide as the stage
  EXPECT_FLOAT_EQ(camera.camera().zoom, 0.5f);
  const Vec2 mouse{300, 200}, before = camera.layout_from_stage(mouse);
  camera.zoom(3, mouse);
  const Vec2 after = camera.layout_from_stage(mouse);
  EXPECT_NEAR(before.x, after.x, 1e-3);
  EXPECT_NEAR(before.y, after.y, 1e-3);
  camera.fit();
  EXPECT_FLOAT_EQ(camera.camera().zoom, 0.5f);
}

}  // namespace
}  // namespace headscope
