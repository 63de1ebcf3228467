#include "predictions.h"

#include <algorithm>

#include "panel_frame.h"

namespace headscope {

namespace {

constexpr int kMost = 6;

/// How the vocabularies of BERT and of RoBERTa call the token that stands for a missing one.
constexpr std::string_view kMasks[] = {"[MASK]", "<mask>"};

bool is_mask(const TraceToken& token) {
  std::string_view name = token.text.empty() ? std::string_view(token.label) : std::string_view(token.text);
  while (name.starts_with(' ')) name.remove_prefix(1);
  return std::find(std::begin(kMasks), std::end(kMasks), name) != std::end(kMasks);
}

/// What to type for a mask; empty when the vocabulary has none.
std::string_view mask_of(const Tokenizer& tokenizer) {
  for (const std::string_view mask : kMasks)
    if (tokenizer.encode(mask, false).size() == 1) return mask;
  return {};
}

std::string quoted(const TraceToken& token) {
  return "“" + token_label(token) + "”";
}

int first_mask(const AttentionTrace& trace) {
  const auto found = std::find_if(trace.tokens.begin(), trace.tokens.end(), is_mask);
  return found == trace.tokens.end() ? -1 : static_cast<int>(found - trace.tokens.begin());
}

}  // namespace

void tell_predictions(const AttentionTrace& trace, const Model* model, int query, UiInspector& inspector) {
  const ModelInfo info = model ? model->info() : ModelInfo{};
  const bool masked = info.output == "masked token";
  int at = query >= 0 && query < trace.n_tokens() ? query : -1;
  inspector.next_heading = masked ? "MASKED TOKEN" : "NEXT TOKEN";
  if (trace.part == AttentionPart::Encoder) {
    inspector.next_note = "The decoder says it: choose decoder or cross.";
    return;
  }
  if (info.output == "none" && trace.complete()) {
    inspector.next_heading = "PREDICTION";
    inspector.next_note = "None: this checkpoint has no output layer, it only describes its input.";
    return;
  }
  // A class is of the picture as a whole, whichever patch is on show.
  const bool picture = trace.media && trace.media->picture;
  if (picture) at = 0;
  if (masked && at < 0) at = first_mask(trace);
  if (masked && at < 0) {
    const std::string_view mask = mask_of(model->tokenizer());
    inspector.next_note = mask.empty()
                              ? "Choose a token to see what the model puts in its place."
                              : "Type " + std::string(mask) + " for a word that the model is to find.";
    return;
  }
  if (at < 0) at = trace.n_tokens() - 1;
  const auto index = static_cast<std::size_t>(std::max(at, 0));
  if (index >= trace.next_tokens.size() || trace.next_tokens[index].empty()) return;
  const TraceToken& token = trace.tokens[index];
  if (masked && !is_mask(token)) inspector.next_heading = "TOKEN HERE";
  if (picture)
    inspector.next_heading = "CLASS OF THE PICTURE";
  else
    inspector.next_title = (masked ? (is_mask(token) ? "at " : "in place of ") : "after ") + quoted(token);
  const std::vector<TokenProbability>& probable = trace.next_tokens[index];
  for (const TokenProbability& next : probable) {
    if (static_cast<int>(inspector.next.size()) == kMost) break;
    TraceToken word;
    word.text = next.text;
    // Two that differ by their space alone, such as "." and " .", must not look the same.
    const bool has_twin = std::any_of(probable.begin(), probable.end(), [&](const TokenProbability& other) {
      return next.text == " " + other.text;
    });
    inspector.next.push_back({(has_twin ? "·" : "") + token_label(word), next.probability});
  }
}

}  // namespace headscope
