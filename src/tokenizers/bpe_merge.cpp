#include <algorithm>
#include <limits>
#include <queue>
#include <tuple>

#include "tokenizers/bpe_part.h"

// The merging itself: looking through all neighbours while they are few, a queue of candidates when they are
// many. Both join the pair of lowest rank, the leftmost of equals, so they agree. A long piece is cut first
// where no merge can join what lies on both sides, as before the "▁" of SentencePiece-style vocabularies: the
// sides are merged without looking at one another, so cutting changes nothing.
namespace headscope {

namespace {

constexpr std::size_t kFew = 48;
constexpr int kNoMerge = std::numeric_limits<int>::max();

}  // namespace

void BpeModel::merge(std::vector<Part>& parts) const {
  if (parts.size() <= kFew) {
    parts.resize(merge_few(parts));
    return;
  }
  std::size_t n = 0, begin = 0;
  for (std::size_t end = 1; end <= parts.size(); ++end) {
    if (end < parts.size() && may_join(parts[end - 1].id, parts[end].id)) continue;
    const std::span<Part> side(parts.data() + begin, end - begin);
    const std::size_t n_merged = side.size() <= kFew ? merge_few(side) : merge_many(side);
    std::copy_n(side.begin(), n_merged, parts.begin() + static_cast<std::ptrdiff_t>(n));
    n += n_merged;
    begin = end;
  }
  parts.resize(n);
}

std::size_t BpeModel::merge_few(std::span<Part> parts) const {
  Merge merges[kFew];  // merges[i] joins parts i and i + 1
  std::size_t n = parts.size();
  const auto look = [&](std::size_t i) {
    const Merge* found = i + 1 < n ? merge_of(parts[i].id, parts[i + 1].id) : nullptr;
    merges[i] = found ? *found : Merge{kNoMerge, 0};
  };
  for (std::size_t i = 0; i + 1 < n; ++i) look(i);
  while (n > 1) {
    std::size_t best = 0;
    for (std::size_t i = 1; i + 1 < n; ++i) {
      if (merges[i].rank < merges[best].rank) best = i;
    }
    if (merges[best].rank == kNoMerge) break;
    parts[best].id = merges[best].result;
    parts[best].end = parts[best + 1].end;
    for (std::size_t i = best + 1; i + 1 < n; ++i) {
      parts[i] = parts[i + 1];
      merges[i] = merges[i + 1];
    }
    --n;
    look(best);
    if (best > 0) look(best - 1);
  }
  return n;
}

std::size_t BpeModel::merge_many(std::span<Part> parts) const {
  struct Links {
    int previous, next;  // -1 at the ends
    bool alive;
  };
  std::vector<Links> links(parts.size());
  for (std::size_t i = 0; i < parts.size(); ++i) {
    links[i] = {static_cast<int>(i) - 1, i + 1 < parts.size() ? static_cast<int>(i) + 1 : -1, true};
  }
  struct Candidate {
    int rank, left;
    TokenId result;
    bool operator<(const Candidate& other) const {  // the queue gives the largest first
      return std::tie(rank, left) > std::tie(other.rank, other.left);
    }
  };
  std::priority_queue<Candidate> queue;
  const auto at = [](int i) { return static_cast<std::size_t>(i); };
  const auto merge_at = [&](int left) -> const Merge* {
    if (left < 0 || links[at(left)].next < 0) return nullptr;
    return merge_of(parts[at(left)].id, parts[at(links[at(left)].next)].id);
  };
  const auto offer = [&](int left) {
    if (const Merge* found = merge_at(left)) queue.push({found->rank, left, found->result});
  };
  for (int i = 0; i < static_cast<int>(parts.size()); ++i) offer(i);

  while (!queue.empty()) {
    const Candidate best = queue.top();
    queue.pop();
    Links& left = links[at(best.left)];
    const Merge* found = left.alive ? merge_at(best.left) : nullptr;
    if (!found || found->rank != best.rank) continue;  // a neighbour changed since it was offered
    const int gone = left.next;
    parts[at(best.left)].id = best.result;
    parts[at(best.left)].end = parts[at(gone)].end;
    left.next = links[at(gone)].next;
    links[at(gone)].alive = false;
    if (left.next >= 0) links[at(left.next)].previous = best.left;
    offer(left.previous);
    offer(best.left);
  }
  std::size_t n = 0;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (links[i].alive) parts[n++] = parts[i];
  }
  return n;
}

}  // namespace headscope
