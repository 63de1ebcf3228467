#pragma once

#include <memory>
#include <vector>

#include "core/key_range.h"
#include "core/types.h"

namespace headscope {

/// Which keys a query may attend to, as a small immutable value. Query and key are positions in the sequence;
/// in cross-attention they count in two sequences. Masks compose: `causal() & padding(real)`, `window(4) |
/// global({0})`.
class Mask {
 public:
  struct Rule;

  /// Everything is visible.
  Mask();
  static Mask none() { return {}; }
  /// A query sees itself and what came before.
  static Mask causal();
  /// Keys whose entry is false are padding; keys beyond the list too.
  static Mask padding(std::vector<bool> key_is_real);
  /// |query - key| < width. With `causal()` a query sees itself and the width - 1 keys before it. REQUIRES:
  /// width ≥ 1.
  static Mask sliding_window(int width);
  /// The first `n` keys.
  static Mask prefix(int n);
  /// Query and key lie in the same block of `size` positions. REQUIRES: size ≥ 1.
  static Mask block(int size);
  /// Every `step`-th key, counted from the query: (query - key) % step == 0. REQUIRES: step ≥ 1.
  static Mask dilated(int step);
  /// Tokens that see all and are seen by all.
  static Mask global_tokens(std::vector<int> positions);
  /// An arbitrary matrix; what lies outside of it is hidden.   visible  [n_query, n_key]
  static Mask edited(BoolMatrix visible);

  Mask operator&(const Mask& other) const;
  Mask operator|(const Mask& other) const;

  bool visible(int query, int key) const;

  /// Evaluates for queries at positions first_query, first_query + 1, …
  ///   returns  [n_query, n_key]
  BoolMatrix to_matrix(int n_query, int n_key, int first_query = 0) const;

 private:
  explicit Mask(std::shared_ptr<const Rule> rule) : rule_(std::move(rule)) {}
  std::shared_ptr<const Rule> rule_;
};

/// A mask evaluated for the fast path: a run of keys for each query, and a matrix only where runs do not say
/// it all.
struct VisibleKeys {
  std::vector<KeyRange> ranges;  ///< [n_query] smallest run that holds all visible keys of the query
  BoolMatrix holes;              ///< [n_query, n_key]; empty when every run is visible from end to end
};
VisibleKeys visible_keys(const Mask& mask, int n_query, int n_key, int first_query = 0);

/// The runs of a causal mask, with a window when `window` > 0, without evaluating a matrix.
std::vector<KeyRange> causal_ranges(int first_query, int n_query, int n_key, int window = 0);

}  // namespace headscope
