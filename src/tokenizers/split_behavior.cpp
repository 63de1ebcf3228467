#include "tokenizers/split_behavior.h"

#include <algorithm>

namespace headscope {

namespace {

/// Matches and what lies between them, in order: together they tile the text.
struct Part {
  std::size_t begin, end;
  bool is_match;
};

std::vector<Part> parts_of(std::size_t size, const std::vector<Stretch>& matches, bool invert) {
  std::vector<Part> parts;
  std::size_t done = 0;
  for (const auto& [begin, end] : matches) {
    if (done < begin) parts.push_back({done, begin, invert});
    parts.push_back({begin, end, !invert});
    done = end;
  }
  if (done < size) parts.push_back({done, size, invert});
  return parts;
}

/// Whether `part` joins the one before it (in the direction of going).
bool joins(const Part& part, bool previous_is_match, SplitBehavior behavior) {
  if (behavior == SplitBehavior::Contiguous) return part.is_match == previous_is_match;
  return part.is_match && !previous_is_match;  // merged, and not a second match in a row
}

}  // namespace

std::optional<SplitBehavior> split_behavior(std::string_view name) {
  if (name == "Removed") return SplitBehavior::Removed;
  if (name == "Isolated") return SplitBehavior::Isolated;
  if (name == "MergedWithPrevious") return SplitBehavior::MergedWithPrevious;
  if (name == "MergedWithNext") return SplitBehavior::MergedWithNext;
  if (name == "Contiguous") return SplitBehavior::Contiguous;
  return std::nullopt;
}

void cut(const TextPiece& piece, const std::vector<Stretch>& matches, SplitBehavior behavior, bool invert,
         std::vector<TextPiece>& out) {
  std::vector<Part> parts = parts_of(piece.text.size(), matches, invert);
  if (behavior == SplitBehavior::Removed) {
    std::erase_if(parts, [](const Part& part) { return part.is_match; });
  } else if (behavior != SplitBehavior::Isolated) {
    const bool backwards = behavior == SplitBehavior::MergedWithNext;
    if (backwards) std::reverse(parts.begin(), parts.end());
    std::vector<Part> merged;
    bool previous_is_match = false;
    for (const Part& part : parts) {
      if (!merged.empty() && joins(part, previous_is_match, behavior))
        (backwards ? merged.back().begin : merged.back().end) = backwards ? part.begin : part.end;
      else
        merged.push_back(part);
      previous_is_match = part.is_match;
    }
    if (backwards) std::reverse(merged.begin(), merged.end());
    parts = std::move(merged);
  }
  for (const Part& part : parts) {
    out.push_back({SymbolText(piece.text.begin() + static_cast<std::ptrdiff_t>(part.begin),
                              piece.text.begin() + static_cast<std::ptrdiff_t>(part.end)),
                   piece.at_start && part.begin == 0});
  }
}

}  // namespace headscope
