#include "document/history.h"

#include <cassert>
#include <utility>

namespace headscope {

History::History(Document first) : current_(first) {
  states_.push_back(make_state(std::move(first), ""));
}

History::State History::make_state(Document document, std::string name) const {
  State state{{}, nullptr, std::move(name)};
  const State* before = cursor_ < n_states() ? &states_[cursor_] : nullptr;
  state.text = before && *before->text == document.text ? before->text
                                                        : std::make_shared<const std::string>(document.text);
  document.text.clear();
  document.text.shrink_to_fit();
  state.document = std::move(document);
  return state;
}

bool History::continues(const std::string& burst, Seconds now) const {
  return !burst.empty() && burst == burst_ && cursor_ > 0 && cursor_ + 1 == n_states() &&
         (held_ || now - last_change_ <= kBurstPause);
}

bool History::push(Document next, std::string name, const std::string& burst, Seconds now) {
  if (next == current_) return false;
  const bool continued = continues(burst, now);
  states_.resize(continued ? cursor_ : cursor_ + 1);
  if (continued) --cursor_;
  current_ = next;
  last_change_ = now;
  if (continued && next == state(cursor_)) {
    burst_.clear();
    return true;
  }
  states_.push_back(make_state(std::move(next), std::move(name)));
  ++cursor_;
  burst_ = burst;
  return true;
}

void History::hold(bool held) {
  if (held_ != held) end_burst();
  held_ = held;
}

bool History::go_to(int state_index) {
  if (state_index < 0 || state_index >= n_states() || state_index == cursor_) return false;
  cursor_ = state_index;
  current_ = state(cursor_);
  end_burst();
  return true;
}

const std::string& History::name(int state_index) const {
  assert(state_index >= 0 && state_index < n_states());
  return states_[state_index].name;
}

Document History::state(int state_index) const {
  assert(state_index >= 0 && state_index < n_states());
  Document document = states_[state_index].document;
  document.text = *states_[state_index].text;
  return document;
}

Document History::burst_base(const std::string& burst, Seconds now) const {
  return continues(burst, now) ? state(cursor_ - 1) : current_;
}

}  // namespace headscope
