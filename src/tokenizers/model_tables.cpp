#include "tokenizers/model_tables.h"

#include <cstdint>
#include <optional>
#include <utility>

#include "io/json_tree.h"

namespace headscope {
namespace {

/// Takes the entries of the model's lists out of the stream of events and leaves the rest to the tree.
class TokenizerEvents final : public JsonTree {
 public:
  ModelTables tables;

  bool key(string_t& value) override {
    if (list_ == List::Ids && depth() == kInList) {
      name_ = std::move(value);
      return true;
    }
    // Of two lists with one name the last counts, as in the tree.
    if (depth() == 1) {
      in_model_ = value == "model";
      if (in_model_) tables = {};
    }
    next_ = List::None;
    if (depth() == 2 && in_model_ && value == "vocab") {
      tables.ids.clear();
      tables.scores.clear();
      next_ = List::Ids;
    } else if (depth() == 2 && in_model_ && value == "merges") {
      tables.merges.clear();
      next_ = List::Merges;
    }
    return JsonTree::key(value);
  }

  bool start_object(std::size_t n) override {
    if (list_ != List::None) return hand_on() && JsonTree::start_object(n);
    if (depth() == 2 && next_ == List::Ids) list_ = List::Ids;
    next_ = List::None;
    return JsonTree::start_object(n);
  }

  bool start_array(std::size_t n) override {
    if (list_ == List::Ids || in_pair_) return hand_on() && JsonTree::start_array(n);
    if (list_ != List::None) {
      in_pair_ = true;
      return true;
    }
    if (depth() == 2 && next_ == List::Merges) list_ = List::Merges;
    if (depth() == 2 && next_ == List::Ids) list_ = List::Scores;
    next_ = List::None;
    return JsonTree::start_array(n);
  }

  bool string(string_t& value) override {
    if (list_ == List::Merges && !in_pair_) {
      const auto space = value.find(' ');
      if (space != std::string::npos && value.find(' ', space + 1) == std::string::npos) {
        tables.merges.emplace_back(value.substr(0, space), value.substr(space + 1));
        return true;
      }
    } else if (in_pair_ && !name_) {
      name_ = std::move(value);
      return true;
    } else if (list_ == List::Merges && in_pair_ && !second_) {
      second_ = std::move(value);
      return true;
    }
    return hand_on() && JsonTree::string(value);
  }

  bool number_unsigned(number_unsigned_t value) override {
    if (list_ == List::Ids && value < std::uint64_t{kMaxTokens}) {
      tables.ids.emplace_back(std::move(*name_), static_cast<TokenId>(value));
      name_.reset();
      return true;
    }
    if (take_score(static_cast<double>(value))) return true;
    return hand_on() && JsonTree::number_unsigned(value);
  }
  bool number_integer(number_integer_t value) override {
    if (take_score(static_cast<double>(value))) return true;
    return hand_on() && JsonTree::number_integer(value);
  }
  bool number_float(number_float_t value, const string_t& text) override {
    if (take_score(value)) return true;
    return hand_on() && JsonTree::number_float(value, text);
  }
  bool null() override { return hand_on() && JsonTree::null(); }
  bool boolean(bool value) override { return hand_on() && JsonTree::boolean(value); }

  bool end_array() override {
    if (in_pair_ && name_ && (list_ == List::Merges ? second_.has_value() : score_.has_value())) {
      if (list_ == List::Merges) {
        tables.merges.emplace_back(std::move(*name_), std::move(*second_));
      } else {
        tables.scores.emplace_back(std::move(*name_), *score_);
      }
      forget_entry();
      return true;
    }
    // The end of a pair that is none, or of the list.
    return hand_on() && JsonTree::end_array();
  }
  bool end_object() override {
    list_ = List::None;
    return JsonTree::end_object();
  }

 private:
  enum class List { None, Ids, Scores, Merges };
  static constexpr std::size_t kInList = 3;  ///< objects and lists that are open between two entries

  bool take_score(double value) {
    if (list_ != List::Scores || !in_pair_ || !name_ || score_) return false;
    score_ = value;
    return true;
  }

  void forget_entry() {
    in_pair_ = false;
    name_.reset();
    second_.reset();
    score_.reset();
  }

  /// This entry has another form: it and all that follow go to the tree.
  bool hand_on() {
    const List list = std::exchange(list_, List::None);
    if (list == List::Ids && name_) JsonTree::key(*name_);
    if (in_pair_) {
      JsonTree::start_array(2);
      if (name_) JsonTree::string(*name_);
      if (second_) JsonTree::string(*second_);
      if (score_) JsonTree::number_float(*score_, {});
    }
    forget_entry();
    return true;
  }

  List list_ = List::None;  ///< whose entries come
  List next_ =
      List::None;  ///< what the value of the key just read would begin; Ids for "vocab" of either form
  bool in_model_ = false;
  // The entry that has begun.
  bool in_pair_ = false;
  std::optional<std::string> name_, second_;
  std::optional<double> score_;
};

}  // namespace

Result<TokenizerFile> parse_tokenizer_file(std::string_view text, std::string_view name) {
  TokenizerEvents events;
  if (Status status = parse_json_events(text, name, events); !status) return status.error();
  ModelTables tables = std::move(events.tables);
  return TokenizerFile{events.take(), std::move(tables)};
}

}  // namespace headscope
