#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <memory>
#include <string>

#include "compute/fake_model.h"
#include "scene/morph.h"
#include "scene/test_fonts.h"
#include "viewer/viewer.h"

namespace headscope::testing_support {

/// A viewer over a FakeModel of 4 layers of 2 heads, with folders of its own and a clock that tests hold.
class ViewerFixture : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::path(testing::TempDir()) / ("viewer_" + std::to_string(getpid()));
    std::filesystem::remove_all(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  ViewerOptions options(const std::string& text) {
    ViewerOptions result;
    result.document.text = text;
    result.fonts = &fonts();
    result.service.load = [this](const std::string& name, const LoadOptions&) -> Result<ModelPtr> {
      if (name == "none") return Error{ErrorCode::NotFound, "there is no model 'none'", "Try stories"};
      return ModelPtr(model_);
    };
    result.state_folder = folder_ / "state";
    result.config_folder = folder_ / "config";
    return result;
  }
  /// With its first picture on a stage of 1000 × 700, at time 0.
  std::unique_ptr<Viewer> settled(const std::string& text) {
    auto viewer = std::make_unique<Viewer>(options(text), 0);
    viewer->set_stage(1000, 700, 1, 0);
    viewer->settle(0);
    viewer->update(0);
    return viewer;
  }
  static void dispatch(Viewer& viewer, const std::string& line, Seconds now) {
    const Status status = viewer.dispatch(line, now);
    ASSERT_TRUE(status.ok()) << line << ": " << status.error().message;
  }
  /// Lets the worker finish without ending the transition.
  static void let_compute(Viewer& viewer, Seconds now) {
    do {
      viewer.update(now);
    } while (viewer.trace_state().computing);
  }
  static Layout picture(const Viewer& viewer, Seconds now) {
    const Scene scene = viewer.scene(now);
    return evaluate(*scene.morph, scene.mix);
  }

  std::shared_ptr<FakeModel> model_ = std::make_shared<FakeModel>("stories", 4, 2);
  std::filesystem::path folder_;
};

}  // namespace headscope::testing_support
