#pragma once

#include <optional>
#include <string>
#include <vector>

#include "document/document_state.h"

/// A story: pictures one after the other, each of which is the one before and a change. The format of its
/// file is in docs/story-format.md.
namespace headscope {

/// How a transition goes from its beginning to its end.
enum class Easing { InOut, In, Out, Linear };

/// One picture: what changes, how long that takes, and how long it stays.
struct StoryStep {
  std::vector<std::string>
      commands;                ///< in the language of document/command.h; actions alone, none of a story
  std::string name;            ///< empty: told from the commands
  std::string caption;         ///< stands below the picture while the step lasts; empty: none
  float duration_secs = 0.8f;  ///< of the transition, [0, 600]; the first step's is not waited for
  float pause_secs = 1.2f;     ///< how long the picture then stands, [0, 3600]
  Easing easing = Easing::InOut;
  std::optional<float> stagger_secs;  ///< between one edge's start and the next one's, [0, 1]; none: usual
  std::string unknown_fields;         ///< JSON object text of fields a newer version wrote
  friend bool operator==(const StoryStep&, const StoryStep&) = default;
};

struct Story {
  DocumentState start;  ///< what the first step changes
  std::vector<StoryStep> steps;
  std::string unknown_fields;
  friend bool operator==(const Story&, const Story&) = default;

  bool empty() const { return steps.empty(); }
  int n_steps() const { return static_cast<int>(steps.size()); }
};

inline constexpr int kMaxStorySteps = 10'000;
inline constexpr float kMaxDurationSecs = 600, kMaxPauseSecs = 3600, kMaxStaggerSecs = 1;

}  // namespace headscope
