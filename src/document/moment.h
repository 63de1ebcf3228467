#pragma once

#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "base/result.h"
#include "document/document.h"
#include "document/reduce.h"

/// A document in time: which picture comes when. Pure and without a clock, so that playing, scrubbing back
/// and rendering one frame alone give the same picture.
namespace headscope {

/// A document that the animation reaches, how long it takes to get there and how long it stays. Seconds.
struct Moment {
  Document document;
  double transition_secs = 0.8;
  double hold_secs = 0.6;
  Easing easing = Easing::InOut;
  std::optional<double> stagger_secs = {};  ///< between the starts of two edges; none: as usual
};

/// The words one after another, as the model reads them: each moment looks from the next token.
///   n_tokens  of the document's trace; 0 gives the document itself, still
std::vector<Moment> reading_moments(const Document& document, int n_tokens);

/// The sizes of what is computed for a document: commands of a story may depend on them.
using ContextOf = std::function<CommandContext(const Document&)>;

/// A story told: one moment a step, each the one before and the step's commands. What a command refuses is
/// left out and told in `faults` ("step 3: there is no token 40"), so that the rest can still be seen.
struct ToldStory {
  std::vector<Moment> moments;
  std::vector<Error> faults;
};
/// The moments' documents keep story, file fields and all of `document` that no step changes.
/// REQUIRES: a story with steps.
ToldStory tell_story(const Document& document, const ContextOf& context_of);

/// Where a time falls: the picture is on its way from one moment to another, or stands at it.
struct MomentAt {
  int from = 0, to = 0;
  float progress = 1;  ///< of the transition, [0, 1], even in time
};
/// Before 0 the first moment, after the end the last one. REQUIRES: at least one moment.
MomentAt moment_at(std::span<const Moment> moments, double time_secs);

/// When the transition to a moment begins; `moments.size()` gives the end of the last one. The first moment
/// has no transition.
double begin_secs(std::span<const Moment> moments, std::size_t index);
/// The time at which a moment is reached: its picture stands from here on.
double arrival_secs(std::span<const Moment> moments, std::size_t index);
double duration_secs(std::span<const Moment> moments);

/// The transition time whose smoothstep (scene.h, `ease`) moves as `easing` says.
///   progress  [0, 1], even in time
float mix_of(Easing easing, float progress);

}  // namespace headscope
