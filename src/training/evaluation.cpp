#include "training/evaluation.h"

#include <algorithm>

#include "training/parallel.h"

namespace headscope {
namespace {

constexpr int kTextsAtOnce = 16;

struct Question {
  EncodedText text;
  std::string form;
};

std::vector<Question> questions(Skill skill, const WordTokenizer& tokenizer, const EvaluationOptions& options,
                                int max_tokens) {
  std::vector<Question> result;
  for (int i = 0; static_cast<int>(result.size()) < options.texts_per_skill; ++i) {
    Random random =
        Random::stream(options.seed, 100 + static_cast<std::uint64_t>(skill), static_cast<std::uint64_t>(i));
    const Draft next = draft(skill, random, {options.split, 2, 5});
    const auto spelling = static_cast<Spelling>(i % 3);
    Question question{encode_text(tokenizer, spell(next, spelling)), next.form};
    if (static_cast<int>(question.text.ids.size()) <= max_tokens) result.push_back(std::move(question));
  }
  return result;
}

/// Texts of a group side by side, padded at the end: a causal model never looks there.
void answer(Decoder<float>& decoder, DecoderParams<float>& params, std::span<const Question> group,
            const AblatedHeads& ablated, SkillScore& score) {
  TokenBatch<float> batch;
  batch.batch = static_cast<int>(group.size());
  for (const Question& q : group)
    batch.n_tokens = std::max(batch.n_tokens, static_cast<int>(q.text.ids.size()));
  for (const Question& q : group) {
    batch.inputs.insert(batch.inputs.end(), q.text.ids.begin(), q.text.ids.end());
    batch.inputs.resize(
        (static_cast<std::size_t>(&q - group.data()) + 1) * static_cast<std::size_t>(batch.n_tokens), 0);
  }
  decoder.forward(params, batch, ablated);
  for (std::size_t i = 0; i < group.size(); ++i) {
    for (int at : group[i].text.answers) {
      Eigen::Index best = 0;
      decoder.logits().row(static_cast<Eigen::Index>(i) * batch.n_tokens + at - 1).maxCoeff(&best);
      const bool right = best == group[i].text.ids[static_cast<std::size_t>(at)];
      Score& form = score.by_form[group[i].form];
      ++form.asked, ++score.all.asked;
      form.right += right, score.all.right += right;
    }
  }
}

}  // namespace

SkillScore evaluate_skill(Skill skill, DecoderParams<float>& params, const WordTokenizer& tokenizer,
                          const EvaluationOptions& options) {
  SkillScore score;
  score.skill = skill;
  const std::vector<Question> all = questions(skill, tokenizer, options, params.shape().max_tokens);
  Decoder<float> decoder(params.shape());
  for (std::size_t begin = 0; begin < all.size(); begin += kTextsAtOnce) {
    const std::size_t count = std::min<std::size_t>(kTextsAtOnce, all.size() - begin);
    answer(decoder, params, std::span(all).subspan(begin, count), options.ablated, score);
  }
  return score;
}

std::vector<SkillScore> evaluate(DecoderParams<float>& params, const WordTokenizer& tokenizer,
                                 const EvaluationOptions& options) {
  std::vector<SkillScore> scores(kEvaluatedSkills.size());
  parallel_for(static_cast<int>(scores.size()), options.n_threads, [&](int s) {
    const auto i = static_cast<std::size_t>(s);
    scores[i] = evaluate_skill(kEvaluatedSkills[i], params, tokenizer, options);
  });
  return scores;
}

std::vector<HeadAblation> ablate_heads(DecoderParams<float>& params, const WordTokenizer& tokenizer,
                                       EvaluationOptions options) {
  const DecoderShape& shape = params.shape();
  std::vector<HeadAblation> result(static_cast<std::size_t>(shape.n_layers * shape.n_heads));
  const int n_threads = options.n_threads;
  options.n_threads = 1;
  parallel_for(static_cast<int>(result.size()), n_threads, [&](int i) {
    HeadAblation& ablation = result[static_cast<std::size_t>(i)];
    ablation.layer = i / shape.n_heads, ablation.head = i % shape.n_heads;
    EvaluationOptions one = options;
    one.ablated = {{ablation.layer, ablation.head}};
    for (const SkillScore& score : evaluate(params, tokenizer, one))
      ablation.accuracy.push_back(score.all.accuracy());
  });
  return result;
}

}  // namespace headscope
