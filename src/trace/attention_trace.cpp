#include "trace/attention_trace.h"

#include <cassert>

namespace headscope {

std::string word_of(const TraceToken& token) {
  if (token.text.empty()) return token.label;
  return token.text.size() > 1 && token.text[0] == ' ' ? token.text.substr(1) : token.text;
}

void AttentionLayer::weights_rows(int head, int first, std::span<float> rows) const {
  const auto n = static_cast<std::size_t>(n_key());
  for (; rows.size() >= n && n > 0; rows = rows.subspan(n)) weights_row(head, first++, rows.first(n));
}

void AttentionLayer::scores_row(int head, int query, std::span<float> row) const {
  const Matrix all = scores(head);
  assert(query < all.rows() && static_cast<Eigen::Index>(row.size()) == all.cols());
  for (std::size_t key = 0; key < row.size(); ++key) row[key] = all(query, static_cast<Eigen::Index>(key));
}

const char* part_name(AttentionPart part) {
  switch (part) {
    case AttentionPart::Encoder:
      return "encoder";
    case AttentionPart::Decoder:
      return "decoder";
    case AttentionPart::Cross:
      return "cross-attention";
    case AttentionPart::Self:
      break;
  }
  return "";
}

TracePtr part_of(const TracePtr& trace, AttentionPart part) {
  for (const TracePtr& one : trace->parts) {
    if (one->part == part) return one;
  }
  return trace->part == part ? trace : nullptr;
}

}  // namespace headscope
