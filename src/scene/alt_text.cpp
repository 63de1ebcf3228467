#include "scene/alt_text.h"

#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

#include "base/version.h"
#include "scene/connections.h"
#include "scene/explain.h"
#include "scene/head_layer.h"
#include "scene/token_text.h"
#include "scene/weight_scale.h"

namespace headscope {

namespace {

constexpr std::size_t kMostHeads = 4, kMostKeys = 3, kMostWords = 12;

std::span<const TraceToken> keys_of(const AttentionTrace& trace) {
  return trace.key_tokens.empty() ? trace.tokens : trace.key_tokens;
}

/// The beginning of the text in quotes, on one line.
std::string quoted_text(const std::string& text, std::size_t most) {
  std::string line = text.substr(0, most);
  std::replace_if(
      line.begin(), line.end(), [](char c) { return c == '\n' || c == '\r' || c == '\t'; }, ' ');
  if (text.size() > most) {
    // Not in the middle of a character.
    while (!line.empty() && (static_cast<unsigned char>(text[line.size()]) & 0xC0) == 0x80) line.pop_back();
    line += "…";
  }
  return "“" + line + "”";
}

/// The two texts of a pair with a stroke between them.
std::string text_of(const AttentionTrace& trace) {
  if (trace.second_begin == std::string::npos) return trace.text;
  return trace.text.substr(0, trace.second_begin) + " | " + trace.text.substr(trace.second_begin);
}

std::string percent(float weight) {
  if (weight > 0 && weight < 0.005f) return "less than 1 %";
  return std::to_string(std::lround(weight * 100)) + " %";
}

/// The keys of a row by weight, the strongest first, ties in reading order.
std::vector<int> strongest(const std::vector<float>& row, std::size_t most) {
  std::vector<int> order(row.size());
  for (std::size_t i = 0; i < row.size(); ++i) order[i] = static_cast<int>(i);
  std::stable_sort(order.begin(), order.end(), [&](int a, int b) {
    return row[static_cast<std::size_t>(a)] > row[static_cast<std::size_t>(b)];
  });
  order.resize(std::min(order.size(), most));
  return order;
}

std::string row_sentence(const AttentionTrace& trace, const HeadRef& head, int query) {
  const std::vector<float> row = explain_row(trace, head, query);
  const auto keys = keys_of(trace);
  std::string text = quoted_token(trace.tokens[static_cast<std::size_t>(query)]) + " looks ";
  bool first = true;
  for (const int key : strongest(row, kMostKeys)) {
    const float weight = row[static_cast<std::size_t>(key)];
    if (!first && weight < 0.05f) break;
    text += (first ? "" : ", ") + percent(weight) + " at " +
            (key == query && trace.key_tokens.empty() ? std::string("itself")
                                                      : quoted_token(keys[static_cast<std::size_t>(key)]));
    first = false;
  }
  return text;
}

/// Without a step: each word and what it looks at most.
std::string all_rows(const AttentionTrace& trace, const HeadRef& head) {
  std::string text;
  const std::size_t n = std::min(trace.tokens.size(), kMostWords);
  for (std::size_t query = 0; query < n; ++query) {
    const std::vector<float> row = explain_row(trace, head, static_cast<int>(query));
    const auto key = static_cast<std::size_t>(strongest(row, 1).front());
    text += (query ? ", " : "") + quoted_token(trace.tokens[query]) + " at " +
            (key == query && trace.key_tokens.empty() ? std::string("itself")
                                                      : quoted_token(keys_of(trace)[key])) +
            " (" + percent(row[key]) + ")";
  }
  return text + (trace.tokens.size() > n ? ", and so on" : "");
}

}  // namespace

std::string alt_text(const Document& document, const AttentionTrace& trace) {
  if (trace.tokens.empty()) return "An empty picture: there is no text yet.";
  const std::optional<int>& step = document.selection.query;
  const bool stepped = step && *step >= 0 && *step < static_cast<int>(trace.tokens.size());
  std::string text;
  std::size_t told = 0;
  for (const HeadRef& head : document.selection.heads) {
    if (!is_computed(trace, head)) continue;
    if (told == kMostHeads) break;
    const std::string part = part_name(trace.part);
    text += "Head " + head_name(head) + (part.empty() ? "" : " of the " + part) +
            (told == 0 && !trace.model_name.empty() ? " of " + trace.model_name : "") + ": " +
            (stepped ? row_sentence(trace, head, *step)
                     : "each word looks most at one: " + all_rows(trace, head)) +
            ". ";
    ++told;
  }
  const std::size_t more = document.selection.heads.size() - std::min(document.selection.heads.size(), told);
  if (told > 0 && more > 0)
    text += std::to_string(more) + (more == 1 ? " more head is" : " more heads are") + " shown. ";
  return text + "The text is " + quoted_text(text_of(trace), 300) + ".";
}

std::string source_line(const Document& document, const AttentionTrace& trace) {
  std::string heads;
  for (std::size_t i = 0; i < document.selection.heads.size() && i < 8; ++i)
    heads += (i ? ", " : "") + head_name(document.selection.heads[i]);
  if (document.selection.heads.size() > 8) heads += ", …";
  return trace.model_name + " · " + quoted_text(text_of(trace), 60) +
         (document.selection.heads.size() == 1 ? " · head " : " · heads ") + heads + " · " +
         scale_name(document.view.scale) + " · Headscope " + kVersion;
}

std::string picture_title(const Document& document, const AttentionTrace& trace) {
  if (!document.view.title.empty()) return document.view.title;
  const std::optional<int>& step = document.selection.query;
  if (step && *step >= 0 && *step < static_cast<int>(trace.tokens.size()))
    return "What " + quoted_token(trace.tokens[static_cast<std::size_t>(*step)]) + " looks at";
  return "What each word of " + quoted_text(text_of(trace), 60) + " looks at";
}

std::string figure_caption(const Document& document, const AttentionTrace& trace) {
  std::string text = document.caption.empty() ? picture_title(document, trace) : document.caption;
  for (char& c : text) c = c == '\n' ? ' ' : c;
  const bool ends = text.ends_with('.') || text.ends_with('?') || text.ends_with('!');
  return text + (ends ? " " : ". ") + source_line(document, trace);
}

}  // namespace headscope
