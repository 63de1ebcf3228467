#pragma once

#include <span>
#include <string>
#include <vector>

#include "document/document.h"
#include "scene/geometry.h"
#include "trace/attention_trace.h"

namespace headscope {

/// One colour of connections: a head, or a mix of heads.
struct Strand {
  int layer = 0, head = 0;       ///< -1, -1 for a mix
  std::vector<HeadRef> members;  ///< one, or those that are mixed
  Color color;
  std::string name;  ///< "2·5", "mean of 3 heads"
};

/// Takes one more head's row into those combined so far, as far as both reach. A mean is their sum, to be
/// divided by their number at the end.
void mix_in(HeadMix mix, std::span<float> all, std::span<const float> row);

/// The heads on stage that exist and are computed, coloured. At most one when they are mixed.
std::vector<Strand> find_strands(const Document& document, const AttentionTrace& trace);

}  // namespace headscope
