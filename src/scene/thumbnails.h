#pragma once

#include <vector>

#include "document/document.h"
#include "trace/attention_trace.h"

namespace headscope {

/// One head's weights made small, for the head grid.
struct HeadThumbnail {
  HeadRef head;
  int rows = 0, cols = 0;
  std::vector<float>
      grid;  ///< [rows, cols] the maximum of the weights each cell covers, so that a lone spike stays
};

/// Every head of the layers that are computed so far, layer by layer.
///   max_side  largest number of rows and columns, ≥ 1
std::vector<HeadThumbnail> head_thumbnails(const AttentionTrace& trace, int max_side);

/// The same for one head. REQUIRES: the layer is computed.
HeadThumbnail head_thumbnail(const AttentionTrace& trace, HeadRef head, int max_side);

}  // namespace headscope
