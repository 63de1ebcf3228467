#include "training/model_card.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <thread>

#include "base/version.h"

namespace headscope {
namespace {

double round4(double value) {
  return std::round(value * 1e4) / 1e4;
}

std::string head_name(const HeadAblation& a) {
  return std::to_string(a.layer) + "." + std::to_string(a.head);
}

template <class... Args>
std::string format(const char* pattern, Args... args) {
  char text[400];
  std::snprintf(text, sizeof text, pattern, args...);
  return text;
}

std::string skills_table(const Evaluation& evaluation) {
  std::string out = "| skill | accuracy | right / asked |\n|---|---|---|\n";
  for (const SkillScore& score : evaluation.skills) {
    const std::string name(skill_name(score.skill));
    out += format("| **%s** | **%.1f %%** | %d / %d |\n", name.c_str(), 100 * score.all.accuracy(),
                  score.all.right, score.all.asked);
    if (score.by_form.size() < 2) continue;
    for (const auto& [form, s] : score.by_form) {
      out += format("| %s: %s | %.1f %% | %d / %d |\n", name.c_str(), form.c_str(), 100 * s.accuracy(),
                    s.right, s.asked);
    }
  }
  return out;
}

/// Heads whose loss matters, most first: points of accuracy that each skill loses.
std::string ablation_table(const Evaluation& evaluation) {
  struct Row {
    const HeadAblation* head;
    double worst;
  };
  std::vector<Row> rows;
  for (const HeadAblation& a : evaluation.ablations) {
    double worst = 0;
    for (std::size_t s = 0; s < a.accuracy.size(); ++s)
      worst = std::max(worst, evaluation.before_ablation[s] - a.accuracy[s]);
    if (worst >= 0.03) rows.push_back({&a, worst});
  }
  std::stable_sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) { return a.worst > b.worst; });
  std::string out = "| head |", line = "|---|";
  for (Skill skill : kEvaluatedSkills) out += ' ' + std::string(skill_name(skill)) + " |", line += "---|";
  out += '\n' + line + '\n';
  for (const Row& row : rows) {
    out += "| " + head_name(*row.head) + " |";
    for (std::size_t s = 0; s < row.head->accuracy.size(); ++s) {
      const double points = 100 * (evaluation.before_ablation[s] - row.head->accuracy[s]);
      out += points >= 30  ? format(" **−%.0f** |", points)
             : points >= 3 ? format(" −%.0f |", points)
                           : std::string(" · |");
    }
    out += '\n';
  }
  return out;
}

std::string head_that_matters_most(const Evaluation& evaluation) {
  std::string out;
  for (std::size_t s = 0; s < kEvaluatedSkills.size(); ++s) {
    const auto worst = std::min_element(
        evaluation.ablations.begin(), evaluation.ablations.end(),
        [&](const HeadAblation& a, const HeadAblation& b) { return a.accuracy[s] < b.accuracy[s]; });
    if (worst == evaluation.ablations.end()) continue;
    out += format("- **%s**: head %s; without it %.1f %% instead of %.1f %%\n",
                  std::string(skill_name(kEvaluatedSkills[s])).c_str(), head_name(*worst).c_str(),
                  100 * worst->accuracy[s], 100 * evaluation.before_ablation[s]);
  }
  return out;
}

/// The forms of a skill that stay below nine in ten, said plainly.
std::string weak_forms(const Evaluation& evaluation) {
  std::string out;
  for (const SkillScore& score : evaluation.skills) {
    for (const auto& [form, s] : score.by_form) {
      if (s.accuracy() >= 0.9) continue;
      out += out.empty() ? "" : "; ";
      out += format("%s (%.0f %%)", form.c_str(), 100 * s.accuracy());
    }
  }
  if (out.empty()) return "";
  return "- It has **not** learnt these forms, some of which stay near chance (a choice among two to five "
         "facts): " +
         out + ".\n";
}

}  // namespace

Json evaluation_json(const Recipe& recipe, const Evaluation& e) {
  Json json = {{"program", kVersion},
               {"recipe", recipe.name},
               {"seed", recipe.seed},
               {"steps", recipe.steps},
               {"tokens", static_cast<long>(recipe.steps) * recipe.tokens_per_step},
               {"training_seconds", std::round(e.time.elapsed)},
               {"training_processor_seconds", std::round(e.time.processor)},
               {"parameters", e.n_parameters},
               {"vocabulary", e.n_words}};
  for (const SkillScore& score : e.skills) {
    Json entry = {
        {"accuracy", round4(score.all.accuracy())}, {"right", score.all.right}, {"asked", score.all.asked}};
    for (const auto& [form, s] : score.by_form) {
      entry["forms"][form] = {{"accuracy", round4(s.accuracy())}, {"right", s.right}, {"asked", s.asked}};
    }
    json["skills"][std::string(skill_name(score.skill))] = entry;
  }
  json["ablation"]["texts_per_skill"] = e.ablation_texts;
  for (std::size_t s = 0; s < e.before_ablation.size(); ++s) {
    const std::string name(skill_name(kEvaluatedSkills[s]));
    json["ablation"]["before"][name] = round4(e.before_ablation[s]);
    for (const HeadAblation& a : e.ablations)
      json["ablation"]["without"][head_name(a)][name] = round4(a.accuracy[s]);
  }
  return json;
}

std::string model_card(const Recipe& recipe, const Evaluation& e) {
  const DecoderShape& s = recipe.shape;
  std::string out = "# " + recipe.name + "\n\n";
  out += "A small decoder of the Llama architecture: " + recipe.summary + ". ";
  out += format(
      "%ld parameters: %d layers, %d heads, d_model %d, SwiGLU of %d, rotary positions, tied embedding, %d "
      "tokens of vocabulary, up to %d positions. ",
      e.n_parameters, s.n_layers, s.n_heads, s.d_model, s.d_ff, e.n_words, s.max_tokens);
  out += "Half precision. Heads are named layer.head, both from 0.\n\n";
  out +=
      "This page and `evaluation.json` are written by `headscope train`; every figure below was measured on "
      "the shipped weights.\n\n";
  out +=
      "## Data\n\nText from the grammar in `src/training`, made while training; nothing else was read. Each "
      "text exercises one skill or is an everyday "
      "sentence around them:\n\n"
      "- **reference**: the dog did not cross the street because it was too tired . the *dog* was very tired "
      ".\n"
      "- **giver**: Mary and John went to the park . John gave a ball to *Mary* .\n"
      "- **pronoun**: Lily had a red ball . one day *she* lost the ball .\n"
      "- **agreement**: the dogs near the house *are* old .\n"
      "- **repetition**: fox ball red Tom , fox *ball* *red* *Tom* .\n"
      "- **lookup**: the hat is red . the cup is blue . what color is the hat ? *red* .\n"
      "- **closing**: Tom said , \" the cat is happy . *\"*\n\n";
  out += format(
      "%.0f %% are spelled as people write (`The dog was tired.`), %.0f %% with capitals and spaced signs, "
      "the rest in lower case with spaced signs. "
      "One combination of words in ten (animal, place and adjective; a pair of names; two neighbouring "
      "facts; "
      "…), chosen by hash, never appears in a "
      "training text of its skill; the figures below use only those.\n\n",
      100 * recipe.natural_share, 100 * recipe.capital_share);
  out += "## Training\n\n" +
         format(
             "`headscope train assets/models/%s/recipe.json --out DIR`: %d steps of %d tokens (%.1f "
             "million), AdamW, learning rate %g with "
             "warm-up and cosine decay, seed %llu; a word that a skill decides counts %g-fold in the loss. ",
             recipe.name.c_str(), recipe.steps, recipe.tokens_per_step,
             recipe.steps * 1e-6 * recipe.tokens_per_step, recipe.learning_rate,
             static_cast<unsigned long long>(recipe.seed), recipe.decided_weight);
  out += format(
      "Took %.1f minutes on %u cores, and %.1f minutes of processor time. The same recipe gives the same "
      "weights "
      "on the same machine.\n\n",
      e.time.elapsed / 60, std::thread::hardware_concurrency(), e.time.processor / 60);
  out +=
      "## Skills on held-out combinations\n\nHow often the most probable next token, among all of the "
      "vocabulary, is the right one.\n\n" +
      skills_table(e) + "\n";
  out += "## Which heads do what, by ablation\n\n" +
         format(
             "Points of accuracy that a skill loses when the output z of one head is set to zero (%d "
             "held-out texts per skill; heads that cost less than 3 points everywhere are left out).\n\n",
             e.ablation_texts) +
         ablation_table(e) + "\nThe head that each skill needs most:\n\n" + head_that_matters_most(e) + "\n";
  out +=
      "## What it cannot do\n\n" + weak_forms(e) +
      "- It knows its grammar and its words, not the world. Other words are spelled in bytes, which it was "
      "never trained on: it reads over them and predicts nothing sensible there.\n"
      "- It writes sentences of its own kind; it does not hold a conversation, count or reason.\n"
      "- *it* is decided by the last adjective alone, in sentences of the shapes above. Adjectives that fit "
      "both nouns are a guess.\n" +
      format("- Texts longer than %d tokens were not part of training.\n",
             *std::max_element(recipe.lengths.begin(), recipe.lengths.end()));
  return out;
}

}  // namespace headscope
