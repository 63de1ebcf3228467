#include "training/row_source.h"

#include <algorithm>
#include <numeric>

namespace headscope {
namespace {

enum Purpose : std::uint64_t { kLength = 1, kRow = 2 };

Skill pick_skill(const CurriculumStage& stage, Random& random) {
  double at = random.uniform() * std::accumulate(stage.shares.begin(), stage.shares.end(), 0.0);
  for (int s = 0; s < kSkillCount; ++s) {
    at -= stage.shares[static_cast<std::size_t>(s)];
    if (at < 0) return static_cast<Skill>(s);
  }
  return Skill::Filler;
}

/// The tokens in which the bytes of `offsets` begin a word; a word's range begins at its space.
std::vector<int> tokens_at(const std::vector<Token>& tokens, const std::vector<std::size_t>& offsets) {
  std::vector<int> result;
  std::size_t i = 0;
  for (std::size_t offset : offsets) {
    while (tokens[i].end <= offset) ++i;
    result.push_back(static_cast<int>(i));
  }
  return result;
}

}  // namespace

EncodedText encode_text(const WordTokenizer& tokenizer, const Text& text) {
  const std::vector<Token> tokens = tokenizer.encode(text.text);
  EncodedText result{{}, tokens_at(tokens, text.answers), tokens_at(tokens, text.decided)};
  for (const Token& token : tokens) result.ids.push_back(token.id);
  return result;
}

int RowSource::row_length(int step) const {
  Random random = Random::stream(recipe_.seed, kLength, static_cast<std::uint64_t>(step));
  return random.pick(recipe_.lengths);
}

void RowSource::append_row(int step, int row, TokenBatch<float>& batch) const {
  Random random =
      Random::stream(recipe_.seed, kRow, static_cast<std::uint64_t>(step), static_cast<std::uint64_t>(row));
  const CurriculumStage& stage = recipe_.stage_at(step);
  const DraftOptions options{Split::Training, stage.min_facts, stage.max_facts, stage.lookup_kinds,
                             stage.lookup_words};
  const auto length = static_cast<std::size_t>(row_length(step));
  Text all;
  std::size_t words = 0;  // every space or newline divides two words, so this never counts too many tokens
  while (words <= length) {
    const Draft next = draft(pick_skill(stage, random), random, options);
    const double style = random.uniform();
    const Text text =
        spell(next, style < recipe_.natural_share                           ? Spelling::Natural
                    : style < recipe_.natural_share + recipe_.capital_share ? Spelling::SpacedCapital
                                                                            : Spelling::Spaced);
    if (!all.text.empty()) all.text += random.chance(recipe_.newline_share) ? '\n' : ' ';
    for (std::size_t offset : text.decided) all.decided.push_back(all.text.size() + offset);
    all.text += text.text;
    words += 1 + static_cast<std::size_t>(std::count(text.text.begin(), text.text.end(), ' '));
  }
  const EncodedText encoded = encode_text(tokenizer_, all);
  std::vector<float> weights(length, 1.0f);
  for (int at : encoded.decided) {
    if (at > 0 && static_cast<std::size_t>(at) <= length) {
      weights[static_cast<std::size_t>(at - 1)] = static_cast<float>(recipe_.decided_weight);
    }
  }
  const auto begin = encoded.ids.begin();
  const auto n = static_cast<std::ptrdiff_t>(length);
  batch.inputs.insert(batch.inputs.end(), begin, begin + n);
  batch.targets.insert(batch.targets.end(), begin + 1, begin + n + 1);
  batch.weights.insert(batch.weights.end(), weights.begin(), weights.end());
}

}  // namespace headscope
