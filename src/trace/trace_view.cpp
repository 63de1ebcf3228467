#include "trace/trace_view.h"

#include <algorithm>
#include <cassert>
#include <limits>
#include <memory>
#include <span>
#include <utility>

#include "base/hash.h"
#include "base/utf8.h"
#include "trace/temperature.h"

namespace headscope {

namespace {

using Groups = std::vector<TokenRange>;
using GroupsPtr = std::shared_ptr<const Groups>;

/// A layer whose queries and keys are groups of another layer's.
class GroupedLayer final : public AttentionLayer {
 public:
  GroupedLayer(AttentionLayerPtr layer, GroupsPtr queries, GroupsPtr keys)
      : layer_(std::move(layer)), queries_(std::move(queries)), keys_(std::move(keys)) {
    // Keys in no group: what `left_out` adds up.
    is_left_out_.assign(static_cast<std::size_t>(layer_->n_key()), true);
    for (const TokenRange& key : *keys_)
      for (int k = key.begin; k < key.end; ++k) is_left_out_[static_cast<std::size_t>(k)] = false;
  }

  int n_heads() const override { return layer_->n_heads(); }
  int n_kv_heads() const override { return layer_->n_kv_heads(); }
  int head_dim() const override { return layer_->head_dim(); }
  int n_query() const override { return static_cast<int>(queries_->size()); }
  int n_key() const override { return static_cast<int>(keys_->size()); }
  float scale() const override { return layer_->scale(); }
  bool keeps_weights() const override { return false; }
  bool has_scores() const override { return false; }

  void weights_row(int head, int query, std::span<float> row) const override {
    weights_rows(head, query, row);
  }
  void weights_rows(int head, int first, std::span<float> rows) const override {
    const std::size_t n = keys_->size(), n_rows = n == 0 ? 0 : rows.size() / n;
    const std::vector<float> means = mean_rows(head, first, static_cast<int>(n_rows));
    const auto n_all = static_cast<std::size_t>(layer_->n_key());
    for (std::size_t r = 0; r < n_rows; ++r) {
      const float* mean = means.data() + r * n_all;
      for (std::size_t i = 0; i < n; ++i) {
        float& sum = rows[r * n + i] = 0;
        for (int k = (*keys_)[i].begin; k < (*keys_)[i].end; ++k) sum += mean[k];
      }
    }
  }
  Matrix weights(int head) const override {
    Matrix all(n_query(), n_key());
    weights_rows(head, 0, {all.data(), static_cast<std::size_t>(all.size())});
    return all;
  }
  LeftOut left_out(int head, int query) const override {
    const std::vector<float> mean = mean_rows(head, query, 1);
    LeftOut left;
    for (std::size_t k = 0; k < mean.size(); ++k) {
      if (!is_left_out_[k] || mean[k] <= 0) continue;
      left.weight += mean[k];
      ++left.count;
    }
    return left;
  }
  // A group has no score, query, key, value or output of its own.
  Matrix scores(int) const override { return unknown(n_query(), n_key()); }
  Matrix query(int) const override { return unknown(n_query(), head_dim()); }
  Matrix key(int) const override { return unknown(n_key(), head_dim()); }
  Matrix value(int) const override { return unknown(n_key(), head_dim()); }
  Matrix z(int) const override { return unknown(n_query(), head_dim()); }

 private:
  static Matrix unknown(int rows, int cols) {
    return Matrix::Constant(rows, cols, std::numeric_limits<float>::quiet_NaN());
  }
  /// [n_rows, n_key of the other layer], the means over the queries of each group.
  std::vector<float> mean_rows(int head, int first, int n_rows) const {
    if (n_rows == 0) return {};
    const auto n = static_cast<std::size_t>(layer_->n_key());
    const std::span<const TokenRange> groups =
        std::span(*queries_).subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(n_rows));
    // All rows from the first group to the last at once; few lie between groups.
    const int begin = groups.front().begin;
    std::vector<float> rows(static_cast<std::size_t>(groups.back().end - begin) * n);
    layer_->weights_rows(head, begin, rows);
    std::vector<float> means(groups.size() * n);
    for (std::size_t i = 0; i < groups.size(); ++i) {
      float* mean = means.data() + i * n;
      const float* row = rows.data() + static_cast<std::size_t>(groups[i].begin - begin) * n;
      std::copy_n(row, n, mean);
      for (int q = 1; q < groups[i].size(); ++q)
        for (std::size_t k = 0; k < n; ++k) mean[k] += row[static_cast<std::size_t>(q) * n + k];
      if (groups[i].size() > 1)
        for (std::size_t k = 0; k < n; ++k) mean[k] /= static_cast<float>(groups[i].size());
    }
    return means;
  }

  AttentionLayerPtr layer_;
  GroupsPtr queries_, keys_;
  std::vector<bool> is_left_out_;
};

/// What a character is to a word.
enum class Sign { Space, Word, Alone, Other };

/// Scripts whose words are not divided by spaces: each sign of these is a word.
bool is_alone(char32_t c) {
  return (c >= 0x0E00 && c <= 0x0EFF) || (c >= 0x1000 && c <= 0x109F) || (c >= 0x1780 && c <= 0x17FF) ||
         (c >= 0x2E80 && c <= 0x312F) || (c >= 0x31A0 && c <= 0x9FFF) || (c >= 0xF900 && c <= 0xFAFF) ||
         (c >= 0x20000 && c <= 0x3FFFF);
}

Sign sign_of(char32_t c) {
  if (c == ' ' || (c >= 9 && c <= 13) || c == 0x85 || c == 0xA0 || (c >= 0x2000 && c <= 0x200A) ||
      c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x3000)
    return Sign::Space;
  if (is_alone(c)) return Sign::Alone;
  const bool ascii_word = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
  // Beyond ASCII: Latin-1 signs, general punctuation, arrows, symbols and pictures are no part of words.
  const bool other = c < 0xAA || c == 0xAB || c == 0xBB || c == 0xD7 || c == 0xF7 ||
                     (c >= 0x2010 && c <= 0x2BFF && c != 0x2071) || (c >= 0xFE30 && c <= 0xFE6F) ||
                     (c >= 0xFF01 && c <= 0xFF0F) || (c >= 0x1F000 && c <= 0x1FAFF);
  return ascii_word || (c >= 0x80 && !other) ? Sign::Word : Sign::Other;
}

/// Where each token lies in the text that all of them make up; tokens may end inside of a character.
struct Spelled {
  std::string text;
  std::vector<std::size_t> begin;  // [n_tokens]
};

Spelled spell(std::span<const TraceToken> tokens) {
  Spelled all;
  for (const TraceToken& token : tokens) {
    all.begin.push_back(all.text.size());
    all.text += token.text;
  }
  return all;
}

bool inside_character(const std::string& text, std::size_t at) {
  return at < text.size() && at > 0 && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80;
}

Sign sign_before(const std::string& text, std::size_t at) {
  std::size_t begin = at - 1;
  while (inside_character(text, begin) && at - begin < 4) --begin;
  return sign_of(code_point_at(text, begin).value);
}

bool word_begins(const Spelled& all, std::span<const TraceToken> tokens, std::size_t i) {
  const TraceToken &token = tokens[i], &before = tokens[i - 1];
  if (token.text.empty() || before.text.empty() || token.special || before.special) return true;
  if (inside_character(all.text, all.begin[i])) return false;
  if (token.begin > before.end) return true;  // a space that belongs to neither
  const Sign left = sign_before(all.text, all.begin[i]),
             right = sign_of(code_point_at(all.text, all.begin[i]).value);
  // A space that is a token by itself (T5's "▁") belongs to the word behind it, as it does in other tokens.
  if (left == Sign::Space && before.text == " ") return right == Sign::Space;
  return left != Sign::Word || right != Sign::Word;
}

TraceToken word_of(std::span<const TraceToken> tokens, const TokenRange& group) {
  TraceToken word = tokens[static_cast<std::size_t>(group.begin)];
  if (group.size() == 1) return word;
  Hasher ids;
  word.text.clear();
  word.piece = false;
  for (int i = group.begin; i < group.end; ++i) {
    const TraceToken& token = tokens[static_cast<std::size_t>(i)];
    word.text += token.text;
    ids.add(static_cast<std::uint64_t>(token.id));
    word.end = token.end;
  }
  if (is_valid_utf8(word.text)) word.label.clear();
  // No id of the vocabulary: below 0, and the same for the same word.
  word.id = -1 - static_cast<int>(ids.value() & 0x3FFFFFFF);
  return word;
}

std::vector<TraceToken> words_of(std::span<const TraceToken> tokens, const Groups& groups) {
  std::vector<TraceToken> words;
  for (const TokenRange& group : groups) words.push_back(word_of(tokens, group));
  return words;
}

bool is_everything(const Groups& groups, std::size_t n_tokens) {
  return groups.size() == n_tokens;  // none merged and none left out
}

TracePtr part_in_view(const TracePtr& trace, const TraceView& view) {
  if (trace->parts.empty()) return trace;
  TracePtr part = part_of(trace, view.part);
  return part ? part : trace;
}

/// Whether the view changes tokens at all. Patches of a picture have their places in it, so that none is
/// taken out; those that are hidden have no weight there.
bool groups_tokens(const AttentionTrace& trace, const TraceView& view) {
  return (view.merge_words || view.leave_out_special) && !(trace.media && trace.media->picture);
}

TracePtr grouped(const TracePtr& trace, const TraceView& view) {
  const auto groups_of = [&](const std::vector<TraceToken>& tokens) {
    return std::make_shared<const Groups>(token_groups(tokens, view.merge_words, view.leave_out_special));
  };
  const GroupsPtr queries = groups_of(trace->tokens);
  const GroupsPtr keys = trace->key_tokens.empty() ? queries : groups_of(trace->key_tokens);
  if (is_everything(*queries, trace->tokens.size()) && is_everything(*keys, trace->keys().size()))
    return trace;
  // A text of nothing but special tokens is shown as it is: an empty picture would look like a mistake.
  if (queries->empty() || keys->empty()) return trace;
  auto made = std::make_shared<AttentionTrace>(*trace);
  made->tokens = words_of(trace->tokens, *queries);
  if (!trace->key_tokens.empty()) made->key_tokens = words_of(trace->key_tokens, *keys);
  for (AttentionLayerPtr& layer : made->layers)
    if (layer) layer = std::make_shared<const GroupedLayer>(layer, queries, keys);
  made->next_tokens.clear();
  for (const TokenRange& group : *queries) {
    const auto last = static_cast<std::size_t>(group.end - 1);
    made->next_tokens.push_back(last < trace->next_tokens.size() ? trace->next_tokens[last]
                                                                 : std::vector<TokenProbability>{});
  }
  made->hidden.clear();
  made->logits = {};
  made->ungrouped = trace;
  made->groups = *queries;
  made->key_groups = *keys;
  return made;
}

}  // namespace

std::vector<TokenRange> token_groups(std::span<const TraceToken> tokens, bool merge_words,
                                     bool leave_out_special) {
  std::vector<TokenRange> groups;
  const Spelled all = merge_words ? spell(tokens) : Spelled{};
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const int at = static_cast<int>(i);
    if (leave_out_special && tokens[i].special) continue;
    const bool goes_on =
        merge_words && i > 0 && !groups.empty() && groups.back().end == at && !word_begins(all, tokens, i);
    if (goes_on)
      ++groups.back().end;
    else
      groups.push_back({at, at + 1});
  }
  return groups;
}

TracePtr viewed(const TracePtr& trace, const TraceView& view) {
  assert(trace);
  TracePtr part = at_temperature(part_in_view(trace, view), view.temperature);
  return groups_tokens(*part, view) ? grouped(part, view) : part;
}

ViewSizes view_sizes(const TracePtr& trace, const TraceView& view) {
  const TracePtr part = part_in_view(trace, view);
  const auto count = [&](const std::vector<TraceToken>& tokens) {
    if (!groups_tokens(*part, view)) return static_cast<int>(tokens.size());
    const auto n = token_groups(tokens, view.merge_words, view.leave_out_special).size();
    return static_cast<int>(n);
  };
  const int n_tokens = count(part->tokens),
            n_keys = part->key_tokens.empty() ? n_tokens : count(part->key_tokens);
  // As `viewed` does where nothing would be left.
  if (n_tokens == 0 || n_keys == 0) return {part->n_tokens(), part->n_keys()};
  return {n_tokens, n_keys};
}

}  // namespace headscope
