#include "compute/trace_source.h"

#include <utility>

#include "document/shown_trace.h"

namespace headscope {

namespace {

constexpr std::size_t kCacheBytes = std::size_t{512} << 20;

}  // namespace

TraceSource::TraceSource(Load load, std::stop_token stop)
    : load_(std::move(load)), stop_(std::move(stop)), traces_(kCacheBytes) {}

void TraceSource::know(const std::string& name_or_folder, ModelPtr model) {
  models_.insert_or_assign(name_or_folder, std::move(model));
}

Result<ModelPtr> TraceSource::model(const std::string& name_or_folder) {
  const auto known = models_.find(name_or_folder);
  if (known != models_.end()) return known->second;
  return models_.emplace(name_or_folder, load_(name_or_folder)).first->second;
}

Result<TracePtr> TraceSource::trace(const Document& document) {
  const TraceRequest request = with_stamp(trace_request(document));
  if (TracePtr trace = traces_.find(request)) return trace;
  for (const auto& [failed, error] : failed_) {
    if (failed == request) return error;
  }
  const Result<ModelPtr> loaded = model(document.model);
  if (!loaded) return loaded.error();
  TraceOptions options;
  options.stop = stop_;
  // The rows before an edit are computed once.
  options.previous = traces_.nearest(request);
  Result<TracePtr> trace = media_.trace(**loaded, request, options);
  if (trace)
    traces_.insert(request, *trace);
  else if (trace.error().code != ErrorCode::Cancelled)
    failed_.emplace_back(request, trace.error());
  return trace;
}

CommandContext TraceSource::sizes(const Document& document) {
  CommandContext sizes;
  if (const Result<ModelPtr> loaded = model(document.model)) {
    sizes.n_layers = (*loaded)->shape().n_layers;
    sizes.n_heads = (*loaded)->shape().n_heads;
  }
  if (const Result<TracePtr> computed = trace(document)) sizes = shown_context(*computed, document);
  return sizes;
}

ToldStory TraceSource::moments(const Document& document) {
  if (document.story->empty()) return {reading_moments(document, sizes(document).n_tokens), {}};
  return tell_story(document, [this](const Document& at) { return sizes(at); });
}

}  // namespace headscope
