#pragma once

namespace headscope {

/// Keys [first, last) that one query may attend to; empty when first == last.
struct KeyRange {
  int first = 0, last = 0;
  bool operator==(const KeyRange&) const = default;
  int size() const { return last - first; }
};

}  // namespace headscope
