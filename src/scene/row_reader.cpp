#include "scene/row_reader.h"

#include <algorithm>

#include "scene/head_layer.h"

namespace headscope {

RowReader::RowReader(const Document& document, const AttentionTrace& trace)
    : trace_(trace), mix_(document.selection.mix), renormalize_(document.view.renormalize) {
  const std::vector<TraceToken>& keys = trace.keys();
  hidden_.assign(keys.size(), false);
  for (std::size_t i = 0; i < keys.size(); ++i) {
    hidden_[i] =
        (i == 0 && document.view.hide_first_token) || (keys[i].special && document.view.hide_special_tokens);
    any_hidden_ = any_hidden_ || hidden_[i];
  }
}

std::span<const float> RowReader::row_of(const Strand& strand, std::size_t member, int query) {
  const HeadRef ref = strand.members[member];
  const AttentionLayer& layer = layer_of(trace_, ref);
  if (blocks_.size() < strand.members.size()) blocks_.resize(strand.members.size());
  Block& block = blocks_[member];
  const auto n_key = static_cast<std::size_t>(layer.n_key());
  const bool same = block.layer == &layer && block.head == ref.head;
  if (!same || query < block.first || query >= block.first + block.n) {
    // Who asks for the row after the last one wants all of them. Many at once cost less where they must be
    // computed, as long as their memory stays in the cache.
    constexpr int kRowsAtOnce = 64, kFewest = 8;
    const int most = std::max(kFewest, kRowsAtOnce / static_cast<int>(strand.members.size()));
    const bool goes_on = same && query == block.first + block.n && !layer.keeps_weights();
    block = {&layer, ref.head, query, goes_on ? std::min(most, layer.n_query() - query) : 1,
             std::move(block.weights)};
    block.weights.resize(static_cast<std::size_t>(block.n) * n_key);
    layer.weights_rows(ref.head, query, block.weights);
  }
  return std::span(block.weights).subspan(static_cast<std::size_t>(query - block.first) * n_key, n_key);
}

RowReader::Row RowReader::read(const Strand& strand, int query) {
  const std::size_t n_keys = trace_.keys().size();
  row_.resize(n_keys);
  for (std::size_t member = 0; member < strand.members.size(); ++member) {
    const AttentionLayer& layer = layer_of(trace_, strand.members[member]);
    const bool has_row = query < layer.n_query();
    if (member == 0 && has_row && layer.keeps_weights() && layer.n_key() == static_cast<int>(n_keys)) {
      layer.weights_row(strand.members[0].head, query, row_);
      continue;
    }
    const std::span<const float> part = has_row ? row_of(strand, member, query) : std::span<const float>();
    const std::size_t n = std::min(n_keys, part.size());
    if (member == 0) {
      std::copy_n(part.begin(), n, row_.begin());
      std::fill(row_.begin() + static_cast<std::ptrdiff_t>(n), row_.end(), 0.0f);
    } else {
      mix_in(mix_, row_, part);
    }
  }
  Eigen::Map<Vector> weights(row_.data(), static_cast<Eigen::Index>(n_keys));
  if (strand.members.size() > 1 && mix_ == HeadMix::Mean)
    weights /= static_cast<float>(strand.members.size());

  const float held = weights.sum();
  int n_positive = 0;
  for (const float w : row_) n_positive += w > 0 ? 1 : 0;
  Row row{row_, held, 0, n_positive};
  if (trace_.ungrouped) {
    const AttentionLayer::LeftOut left = left_out(strand, query);
    row.mass += left.weight;
    row.count += left.count;
    if (renormalize_ && !any_hidden_ && held > 0) weights *= row.mass / held;
  }
  if (any_hidden_) {
    for (std::size_t k = 0; k < n_keys; ++k)
      if (hidden_[k]) row_[k] = 0;
    const float shown = weights.sum();
    if (renormalize_ && shown > 0) weights *= row.mass / shown;
  }
  row.largest = n_keys ? weights.maxCoeff() : 0;
  return row;
}

/// What the view leaves out of a row of a strand, the heads combined as their weights are.
AttentionLayer::LeftOut RowReader::left_out(const Strand& strand, int query) const {
  AttentionLayer::LeftOut all;
  for (const HeadRef& ref : strand.members) {
    const AttentionLayer& layer = layer_of(trace_, ref);
    if (query >= layer.n_query()) continue;
    const AttentionLayer::LeftOut one = layer.left_out(ref.head, query);
    all.weight = mix_ == HeadMix::Max ? std::max(all.weight, one.weight) : all.weight + one.weight;
    all.count = std::max(all.count, one.count);
  }
  if (strand.members.size() > 1 && mix_ == HeadMix::Mean)
    all.weight /= static_cast<float>(strand.members.size());
  return all;
}

}  // namespace headscope
