#pragma once

#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "base/result.h"
#include "document/moment.h"
#include "scene/layout.h"
#include "scene/scene.h"

namespace headscope {

/// What was computed for a document. Asked once for each moment, in order; equal requests may share a trace.
using TraceOf = std::function<Result<TracePtr>(const Document&)>;

/// Moments joined by morphs: a function of time, without a clock. Window and export play by this one alone,
/// so that the same moments give the same pictures. Immutable; cheap to copy.
class MovingPicture {
 public:
  /// `identities` of the stage are not looked at: tokens are followed from moment to moment.
  struct Options {
    Stage stage;
    std::optional<Theme> theme;  ///< instead of the documents'
    /// A trace that cannot be had is a picture that says so, instead of an error.
    bool show_faults = false;
    /// Of each moment, in words: `Stage::caption` and `Stage::source_line` (scene/alt_text.h).
    bool caption = false, source_line = false;
  };
  /// Computes, lays out and pairs all moments. Errors: those of `trace_of`. REQUIRES: at least one moment.
  static Result<MovingPicture> make(std::span<const Moment> moments, const TraceOf& trace_of,
                                    const Options& options);

  double duration_secs() const { return duration_secs_; }
  int n_moments() const { return static_cast<int>(parts_.size()); }
  /// The picture at `time_secs`; before 0 the first, after the end the last one. Camera and morph are set.
  Scene scene_at(double time_secs) const;
  /// The picture that stands at a moment.
  const LayoutPtr& layout_of(int moment) const { return parts_[static_cast<std::size_t>(moment)].morph->to; }
  /// Who its tokens are, so that a transition out of the story goes on from there.
  const TraceIdentities& identities_of(int moment) const {
    return parts_[static_cast<std::size_t>(moment)].identities;
  }
  /// Which moment is on show, or on its way.
  int moment_of(double time_secs) const;
  double begin_secs(int moment) const { return parts_[static_cast<std::size_t>(moment)].begin_secs; }
  double arrival_secs(int moment) const {
    const Part& part = parts_[static_cast<std::size_t>(moment)];
    return part.begin_secs + part.transition_secs;
  }

 private:
  struct Part {
    double begin_secs = 0, transition_secs = 0;
    Easing easing = Easing::InOut;
    MorphPtr morph;
    TraceIdentities identities;
  };
  std::size_t part_at(double time_secs) const;

  std::vector<Part> parts_;
  double duration_secs_ = 0;
  float width_ = 0, height_ = 0;
};

}  // namespace headscope
