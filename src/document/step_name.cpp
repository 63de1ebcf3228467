#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "base/utf8.h"
#include "document/command.h"
#include "document/reduce.h"
#include "document/story_edit.h"

namespace headscope {

namespace {

bool is_space(char c) {
  return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

/// At most `max_bytes` of a piece of text, on one line.
std::string excerpt(std::string_view text, std::size_t max_bytes = 40) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  std::string result(text.substr(0, utf8_floor(text, max_bytes)));
  std::replace_if(result.begin(), result.end(), is_space, ' ');
  return result.size() < text.size() ? result + "…" : result;
}

std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = at;
    while (end < text.size() && !is_space(text[end])) ++end;
    if (end > at) words.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return words;
}

/// The words of `text` from `first` on, without the last `n_left` ones.
std::string excerpt_of_words(const std::vector<std::string_view>& words, std::size_t first,
                             std::size_t n_left) {
  if (first + n_left >= words.size()) return {};
  const char* begin = words[first].data();
  const std::string_view last = words[words.size() - 1 - n_left];
  return excerpt({begin, static_cast<std::size_t>(last.data() + last.size() - begin)});
}

/// The words that differ, between the words that both texts begin and end with.
std::string text_step_name(std::string_view before, std::string_view after) {
  const auto old_words = words_of(before), new_words = words_of(after);
  const std::size_t shorter = std::min(old_words.size(), new_words.size());
  std::size_t first = 0, last = 0;
  while (first < shorter && old_words[first] == new_words[first]) ++first;
  while (last < shorter - first && old_words.rbegin()[last] == new_words.rbegin()[last]) ++last;
  const std::string gone = excerpt_of_words(old_words, first, last);
  const std::string came = excerpt_of_words(new_words, first, last);
  if (gone.empty() && came.empty()) return "spaces";
  if (gone.empty()) return "+ " + came;
  if (came.empty()) return "− " + gone;
  return gone + " → " + came;
}

/// Whether the words of a command leave open what it leads to.
bool depends_on_state(const Action& action) {
  const std::vector<std::string> words = spec_of(action).words(action);
  return is_one_of<StepThreshold>(action) || std::find(words.begin(), words.end(), "next") != words.end() ||
         std::find(words.begin(), words.end(), "toggle") != words.end();
}

/// The command in words: "view arcs" for "set-view arcs".
std::string plain_name(const Action& action) {
  const CommandSpec& spec = spec_of(action);
  std::string name = spec.name;
  for (const std::string_view verb : {"set-", "select-"})
    if (name.starts_with(verb)) name.erase(0, verb.size());
  std::replace(name.begin(), name.end(), '-', ' ');
  const std::vector<std::string> words = spec.words(action);
  for (std::size_t i = 0; i < words.size(); ++i) {
    std::string word = excerpt(words[i]);
    const auto type = spec.arguments[i].type;
    if (type == ArgumentSpec::Type::Head || type == ArgumentSpec::Type::Heads) {
      std::string dotted;
      for (const char c : word) c == '.' ? dotted += "·" : dotted += c;
      word = dotted;
    }
    name += " " + word;
  }
  return name;
}

}  // namespace

std::string step_name(const Document& before, const Document& after, const Action& action) {
  if (is_one_of<SetText>(action)) return text_step_name(before.text, after.text);
  if (is_one_of<SetSecondText>(action)) return text_step_name(before.second_text, after.second_text);
  // A walk is one step of undo: it is called by where it ended.
  if (is_one_of<Step, StepRow, SetQuery>(action)) {
    const std::optional<int> query = after.selection.query;
    return query ? "token " + std::to_string(*query) : "all tokens";
  }
  if (is_one_of<StepHead, StepLayer>(action)) {
    return "head " + head_name(after.selection.heads.front());
  }
  if (depends_on_state(action)) {
    const std::vector<Action> changes = actions_between(before.state(), after.state());
    if (changes.size() == 1) return plain_name(changes.front());
  }
  return plain_name(action);
}

std::string burst_of(const Action& action) {
  if (is_one_of<SetText>(action)) return "text";
  if (is_one_of<SetSecondText>(action)) return "second text";
  if (is_one_of<SetThreshold, StepThreshold>(action)) return "threshold";
  if (is_one_of<Step, StepRow, SetQuery>(action)) return "token";
  if (is_one_of<StepHead, StepLayer, ChooseHead>(action)) return "head";
  if (is_one_of<SetTopK, SetCumulativeMass, SetTitle, SetSubtitle, SetCaption, SetCameraZoom, SetCameraOffset,
                SetTemperature>(action))
    return spec_of(action).name;
  // Of one step; another one is another change.
  if (is_one_of<NameStoryStep, CaptionStoryStep, RetimeStoryStep>(action)) {
    const CommandSpec& spec = spec_of(action);
    return spec.name + " " + spec.words(action).front();
  }
  return "";
}

}  // namespace headscope
