#include "document/moment.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <string>

#include "document/command.h"

namespace headscope {

namespace {

double transition_of(std::span<const Moment> moments, std::size_t index) {
  return index == 0 ? 0 : std::max(0.0, moments[index].transition_secs);
}

/// u with smoothstep(u) = y.
double inverse_smoothstep(double y) {
  return 0.5 - std::sin(std::asin(1 - 2 * y) / 3);
}

}  // namespace

std::vector<Moment> reading_moments(const Document& document, int n_tokens) {
  constexpr double kTransition = 0.8, kHold = 0.4, kLastHold = 1.6;
  if (n_tokens < 1) return {{document, 0, kLastHold}};
  std::vector<Moment> moments;
  for (int query = 0; query < n_tokens; ++query) {
    Moment moment{document, query == 0 ? 0 : kTransition, kHold};
    moment.document.selection.query = query;
    moment.document.selection.key.reset();
    moments.push_back(std::move(moment));
  }
  moments.back().hold_secs = kLastHold;
  return moments;
}

ToldStory tell_story(const Document& document, const ContextOf& context_of) {
  assert(!document.story->empty());
  ToldStory told;
  Document at = document;
  at.state() = document.story->start;
  int number = 0;
  for (const StoryStep& step : document.story->steps) {
    ++number;
    at.caption = step.caption;
    for (const std::string& line : step.commands) {
      const auto fault = [&](const Error& error) {
        told.faults.push_back(
            {error.code, "step " + std::to_string(number) + " of the story: " + error.message, error.hint});
      };
      const Result<Command> command = parse_command(line);
      const Action* action = command ? std::get_if<Action>(&*command) : nullptr;
      if (!action) {
        if (!command) fault(command.error());
        continue;
      }
      Result<Document> next = reduce(at, *action, context_of(at));
      if (next)
        at = std::move(*next);
      else
        fault(next.error());
    }
    Moment moment{at, double{step.duration_secs}, double{step.pause_secs}, step.easing};
    if (step.stagger_secs) moment.stagger_secs = double{*step.stagger_secs};
    told.moments.push_back(std::move(moment));
  }
  return told;
}

MomentAt moment_at(std::span<const Moment> moments, double time_secs) {
  assert(!moments.empty());
  double begin = 0;
  const auto n = static_cast<int>(moments.size());
  for (int i = 0; i < n; ++i) {
    const auto at = static_cast<std::size_t>(i);
    const double transition = transition_of(moments, at), since = time_secs - begin;
    const double length = transition + std::max(0.0, moments[at].hold_secs);
    // The moment that begins exactly now counts: its transition stands at 0, the picture before it.
    if (since < length || i + 1 == n) {
      if (i == 0 || transition <= 0 || since >= transition) return {i, i, 1};
      return {i - 1, i, static_cast<float>(std::max(0.0, since) / transition)};
    }
    begin += length;
  }
  return {n - 1, n - 1, 1};
}

double begin_secs(std::span<const Moment> moments, std::size_t index) {
  assert(index <= moments.size());
  double begin = 0;
  for (std::size_t i = 0; i < index; ++i)
    begin += transition_of(moments, i) + std::max(0.0, moments[i].hold_secs);
  return begin;
}

double arrival_secs(std::span<const Moment> moments, std::size_t index) {
  assert(index < moments.size());
  return begin_secs(moments, index) + transition_of(moments, index);
}

double duration_secs(std::span<const Moment> moments) {
  return begin_secs(moments, moments.size());
}

float mix_of(Easing easing, float progress) {
  const double u = std::clamp(double{progress}, 0.0, 1.0);
  switch (easing) {
    case Easing::InOut:
      return static_cast<float>(u);
    case Easing::In:
      return static_cast<float>(inverse_smoothstep(u * u));
    case Easing::Out:
      return static_cast<float>(inverse_smoothstep(1 - (1 - u) * (1 - u)));
    case Easing::Linear:
      return static_cast<float>(inverse_smoothstep(u));
  }
  return static_cast<float>(u);
}

}  // namespace headscope
