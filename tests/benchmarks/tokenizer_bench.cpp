// How fast text becomes tokens, one thread: GPT-2's byte-level BPE and the other kinds on English. Goal: 5
// MB/s for GPT-2. The English is that of the reference cases' stories, and invented sentences of GPT-2's own
// words in the frequencies of natural text (Zipf), so that rare words come too.
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <random>

#include <benchmark/benchmark.h>

#include "io/json.h"
#include "tokenizers/load_tokenizer.h"

namespace headscope {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kBytes = std::size_t{1} << 20;

TokenizerPtr load(const std::string& folder) {
  const auto tokenizer = load_tokenizer(fs::path(HEADSCOPE_SHARED_DIR) / folder);
  return tokenizer.ok() ? *tokenizer : nullptr;
}

/// GPT-2's words of small letters, the shortest and so the most common first.
std::vector<std::string> words() {
  std::vector<std::string> words;
  const TokenizerPtr gpt2 = load("fixtures/tokenizers/gpt2");
  for (TokenId id = 0; gpt2 && id < gpt2->vocab_size(); ++id) {
    std::string name(gpt2->token_name(id));
    if (!name.starts_with("Ġ")) continue;
    name.erase(0, 2);
    const bool letters = name.find_first_not_of("abcdefghijklmnopqrstuvwxyz") == std::string::npos;
    if (letters && name.size() > 1) words.push_back(name);
  }
  return words;
}

const std::string& english() {
  static const std::string text = [] {
    std::string made;
    const auto story = read_json(fs::path(HEADSCOPE_SHARED_DIR) / "models/stories260K/expected-greedy.json");
    if (story.ok() && story->contains("text") && (*story)["text"].is_string()) made = (*story)["text"];
    const std::vector<std::string> known = words();
    std::mt19937 random(5);
    std::uniform_real_distribution<double> share(0, 1);
    for (int n = 0; !known.empty() && made.size() < kBytes; ++n) {
      // Word r comes with a frequency of about 1 / r.
      const double rank = std::pow(static_cast<double>(known.size()), share(random)) - 1;
      std::string word = known[std::min(static_cast<std::size_t>(rank), known.size() - 1)];
      if (random() % 50 == 0) word += known[random() % known.size()];  // a name, a rare compound
      if (n % 12 == 0) word[0] = static_cast<char>(word[0] - 'a' + 'A');
      made += word + (n % 12 == 11 ? (random() % 8 ? ". " : ".\n\n") : random() % 10 == 0 ? ", " : " ");
    }
    return made;
  }();
  return text;
}

void encode(benchmark::State& state, const std::string& folder) {
  const TokenizerPtr tokenizer = load(folder);
  if (!tokenizer || english().size() < kBytes / 2) {
    state.SkipWithError("the reference tokenizers are not there");
    return;
  }
  std::size_t n_tokens = 0;
  for (auto _ : state) n_tokens = tokenizer->encode(english(), false).size();
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * english().size()));
  state.counters["MB/s"] = benchmark::Counter(
      static_cast<double>(state.iterations()) * static_cast<double>(english().size()) / 1e6,
      benchmark::Counter::kIsRate);
  state.counters["bytes/token"] = static_cast<double>(english().size()) / static_cast<double>(n_tokens);
}

BENCHMARK_CAPTURE(encode, gpt2_goal_5_MB_per_s, "fixtures/tokenizers/gpt2")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(encode, qwen2, "fixtures/tokenizers/qwen2")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(encode, phi_3, "fixtures/tokenizers/phi-3")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(encode, bert, "fixtures/tokenizers/bert-base-uncased")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(encode, t5_small, "fixtures/tokenizers/t5-small")->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace headscope
