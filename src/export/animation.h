#pragma once

#include <functional>
#include <span>
#include <vector>

#include "base/result.h"
#include "document/document.h"
#include "export/picture_options.h"
#include "scene/scene.h"
#include "trace/attention_trace.h"

namespace headscope {

/// A document that the animation reaches, how long it takes to get there and how long it stays. Seconds.
struct Moment {
  Document document;
  double transition_secs = 0.8;
  double hold_secs = 0.6;
};

/// The words one after another, as the model reads them: each moment looks from the next token.
///   n_tokens  of the document's trace; 0 gives the document itself, still
std::vector<Moment> reading_moments(const Document& document, int n_tokens);

/// What was computed for a document. Asked once for each moment, in order; equal requests may share a trace.
using TraceOf = std::function<Result<TracePtr>(const Document&)>;

/// Moments joined by morphs: a function of time, without a clock. The same moments give the same pictures.
class Animation {
 public:
  /// Computes, lays out and pairs all moments. Errors: those of `trace_of`. REQUIRES: at least one moment.
  static Result<Animation> make(std::span<const Moment> moments, const TraceOf& trace_of, FontLibrary& fonts,
                                const PictureOptions& options);

  double duration_secs() const { return duration_secs_; }
  /// The picture at `time_secs`; before 0 the first, after the end the last one.
  Scene scene_at(double time_secs) const;
  const PictureOptions& options() const { return options_; }

 private:
  struct Part {
    double begin_secs = 0, transition_secs = 0;
    MorphPtr morph;
  };
  std::vector<Part> parts_;
  double duration_secs_ = 0;
  PictureOptions options_;
};

}  // namespace headscope
