#include "scene/token_identity.h"

#include <algorithm>

#include "base/hash.h"

namespace headscope {
namespace {

struct Sequence {
  std::span<const int> ids;
  std::span<const std::uint64_t> hashes;
  int size() const { return static_cast<int>(ids.size()); }
  Sequence part(int begin, int end) const {
    const auto b = static_cast<std::size_t>(begin), n = static_cast<std::size_t>(end - begin);
    return {ids.subspan(b, n), hashes.subspan(b, n)};
  }
};

bool same(const Sequence& a, int i, const Sequence& b, int j) {
  return a.ids[static_cast<std::size_t>(i)] == b.ids[static_cast<std::size_t>(j)] &&
         a.hashes[static_cast<std::size_t>(i)] == b.hashes[static_cast<std::size_t>(j)];
}

/// Edits beyond this are a new text rather than an edit; their tokens pair by position.
constexpr int kMaxEdits = 1500;

/// For each element of `b` the element of `a` it equals in a longest common subsequence, or -1.
/// Myers, "An O(ND) difference algorithm and its variations", 1986: furthest x on each diagonal k = x - y.
std::vector<int> common_subsequence(const Sequence& a, const Sequence& b) {
  const int n = a.size(), m = b.size();
  std::vector<int> partner(static_cast<std::size_t>(m), -1);
  const int max_edits = std::min(n + m, kMaxEdits);
  std::vector<std::vector<int>> history;  // furthest x before each round, diagonals -d … d
  std::vector<int> furthest(static_cast<std::size_t>(2 * max_edits + 3), 0);
  const int origin = max_edits + 1;
  const auto at = [&](std::vector<int>& v, int k) -> int& { return v[static_cast<std::size_t>(origin + k)]; };
  bool reached = false;
  int d = 0;
  for (; d <= max_edits && !reached; ++d) {
    history.emplace_back(furthest.begin() + origin - d - 1, furthest.begin() + origin + d + 2);
    for (int k = -d; k <= d; k += 2) {
      const bool down = k == -d || (k != d && at(furthest, k - 1) < at(furthest, k + 1));
      int x = down ? at(furthest, k + 1) : at(furthest, k - 1) + 1;
      while (x < n && x - k < m && same(a, x, b, x - k)) ++x;
      at(furthest, k) = x;
      if (x >= n && x - k >= m) {
        reached = true;
        break;
      }
    }
  }
  if (!reached) return partner;
  int x = n, y = m;
  for (int round = d - 1; round >= 0; --round) {
    const std::vector<int>& before = history[static_cast<std::size_t>(round)];
    const auto was = [&](int k) { return before[static_cast<std::size_t>(k + round + 1)]; };
    const int k = x - y;
    const bool down = k == -round || (k != round && was(k - 1) < was(k + 1));
    const int from_k = down ? k + 1 : k - 1;
    const int from_x = round == 0 ? 0 : was(from_k), from_y = round == 0 ? 0 : from_x - from_k;
    while (x > from_x && y > from_y) {
      --x, --y;
      partner[static_cast<std::size_t>(y)] = x;
    }
    x = from_x, y = from_y;
  }
  return partner;
}

/// Numbers of a decoder's tokens, apart from those of what it looks at.
std::vector<std::uint64_t> set_apart(std::vector<std::uint64_t> ids) {
  for (std::uint64_t& id : ids) id |= std::uint64_t{1} << 48;
  return ids;
}

}  // namespace

TraceIdentities follow_trace(const TraceIdentities& before, const AttentionTrace& trace) {
  TraceIdentities after = before;
  const bool written = trace.part == AttentionPart::Decoder || trace.part == AttentionPart::Cross;
  TokenIdentities& looking = written ? after.target : after.source;
  looking = follow_tokens(looking, trace.tokens);
  after.queries = after.keys = written ? set_apart(looking.ids) : looking.ids;
  if (!trace.key_tokens.empty()) {
    after.source = follow_tokens(after.source, trace.key_tokens);
    after.keys = after.source.ids;
  }
  return after;
}

TokenIdentities follow_tokens(const TokenIdentities& before, std::span<const TraceToken> tokens) {
  TokenIdentities after;
  after.next = before.next;
  for (const TraceToken& token : tokens) {
    after.token_ids.push_back(token.id);
    after.text_hashes.push_back(Hasher().add(std::string_view(token.text)).value());
  }
  const int n = static_cast<int>(before.ids.size()), m = static_cast<int>(tokens.size());
  const Sequence old_tokens{before.token_ids, before.text_hashes},
      new_tokens{after.token_ids, after.text_hashes};

  int head = 0, tail = 0;
  while (head < std::min(n, m) && same(old_tokens, head, new_tokens, head)) ++head;
  while (tail < std::min(n, m) - head && same(old_tokens, n - 1 - tail, new_tokens, m - 1 - tail)) ++tail;

  std::vector<int> partner(static_cast<std::size_t>(m), -1);  // index in `before`
  for (int i = 0; i < head; ++i) partner[static_cast<std::size_t>(i)] = i;
  for (int i = 0; i < tail; ++i) partner[static_cast<std::size_t>(m - 1 - i)] = n - 1 - i;
  const std::vector<int> middle =
      common_subsequence(old_tokens.part(head, n - tail), new_tokens.part(head, m - tail));
  for (std::size_t i = 0; i < middle.size(); ++i)
    if (middle[i] >= 0) partner[static_cast<std::size_t>(head) + i] = head + middle[i];

  // What lies between two partners was replaced: it keeps its numbers in order, the surplus is new.
  int last_old = -1;
  for (int j = 0; j < m;) {
    if (partner[static_cast<std::size_t>(j)] >= 0) {
      last_old = partner[static_cast<std::size_t>(j++)];
      continue;
    }
    int end = j;
    while (end < m && partner[static_cast<std::size_t>(end)] < 0) ++end;
    const int next_old = end < m ? partner[static_cast<std::size_t>(end)] : n;
    for (; j < end; ++j)
      if (last_old + 1 < next_old) partner[static_cast<std::size_t>(j)] = ++last_old;
  }
  for (const int old_index : partner)
    after.ids.push_back(old_index >= 0 ? before.ids[static_cast<std::size_t>(old_index)] : after.next++);
  return after;
}

}  // namespace headscope
