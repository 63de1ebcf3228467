#include "compute/trace_cache.h"

#include <algorithm>
#include <cassert>

namespace headscope {

std::size_t trace_bytes(const AttentionTrace& trace) {
  std::size_t bytes = sizeof(AttentionTrace);
  // An encoder-decoder's own layers are those of one of its parts.
  for (const TracePtr& part : trace.parts) bytes += trace_bytes(*part);
  if (!trace.parts.empty()) return bytes;
  for (const auto* tokens : {&trace.tokens, &trace.key_tokens}) {
    for (const TraceToken& token : *tokens) bytes += sizeof token + token.text.size() + token.label.size();
  }
  for (const auto& candidates : trace.next_tokens)
    bytes += candidates.size() * (sizeof(TokenProbability) + 16);
  for (const AttentionLayerPtr& layer : trace.layers) {
    if (!layer) continue;
    const auto n_query = static_cast<std::size_t>(layer->n_query()),
               n_key = static_cast<std::size_t>(layer->n_key());
    const auto n_heads = static_cast<std::size_t>(layer->n_heads()),
               head_dim = static_cast<std::size_t>(layer->head_dim());
    const auto n_kv_heads = static_cast<std::size_t>(layer->n_kv_heads());
    const std::size_t matrices =
        layer->keeps_weights() ? 2 * n_heads * n_query * n_key : 0;  // weights and scores
    const std::size_t vectors =
        2 * n_heads * n_query * head_dim + 2 * n_kv_heads * n_key * head_dim;  // q, z; k, v
    bytes += sizeof(float) * (matrices + vectors);
  }
  return bytes;
}

TracePtr TraceCache::find(const TraceRequest& request) {
  const auto at =
      std::find_if(entries_.begin(), entries_.end(), [&](const Entry& e) { return e.request == request; });
  if (at == entries_.end()) return nullptr;
  entries_.splice(entries_.begin(), entries_, at);
  return at->trace;
}

void TraceCache::insert(const TraceRequest& request, TracePtr trace) {
  assert(trace && trace->complete());
  entries_.remove_if([&](const Entry& entry) {
    if (!(entry.request == request)) return false;
    bytes_ -= entry.bytes;
    return true;
  });
  const std::size_t bytes = trace_bytes(*trace);
  entries_.push_front({request, std::move(trace), bytes});
  bytes_ += bytes;
  while (bytes_ > budget_bytes_ && entries_.size() > 1) {
    bytes_ -= entries_.back().bytes;
    entries_.pop_back();
  }
}

TracePtr TraceCache::nearest(const TraceRequest& request) const {
  TracePtr best;
  std::size_t longest = 0;
  for (const Entry& entry : entries_) {
    const TraceRequest& known = entry.request;
    if (known.model != request.model || known.second_text != request.second_text ||
        known.interventions != request.interventions || known.input != request.input ||
        known.input_stamp != request.input_stamp)
      continue;
    const std::string& text = entry.request.text;
    const auto [differs, unused] =
        std::mismatch(text.begin(), text.end(), request.text.begin(), request.text.end());
    const auto common = static_cast<std::size_t>(differs - text.begin());
    if (common > longest) longest = common, best = entry.trace;
  }
  return best;
}

}  // namespace headscope
