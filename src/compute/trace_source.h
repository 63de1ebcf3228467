#pragma once

#include <functional>
#include <map>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "compute/media_files.h"
#include "compute/trace_cache.h"
#include "compute/trace_request.h"
#include "document/moment.h"
#include "models/model.h"

namespace headscope {

/// Traces for documents, computed on the caller's thread: for files, and for the pictures of a story. Models
/// and traces are kept, so that a story which reads one sentence computes it once. Not thread-safe.
class TraceSource {
 public:
  using Load = std::function<Result<ModelPtr>(const std::string& name_or_folder)>;
  explicit TraceSource(Load load = open_model, std::stop_token stop = {});

  /// Errors: those of loading and of Model::trace; the same again without another try.
  Result<TracePtr> trace(const Document& document);
  /// What commands may name; 0 where it cannot be computed.
  CommandContext sizes(const Document& document);
  /// The moments of a document: its story where it has one, else `reading_moments`.
  ToldStory moments(const Document& document);

  /// What is computed from now on ends when this asks for it.
  void stop_on(std::stop_token stop) { stop_ = std::move(stop); }
  /// A model that is loaded already.
  void know(const std::string& name_or_folder, ModelPtr model);

 private:
  Result<ModelPtr> model(const std::string& name_or_folder);

  Load load_;
  std::stop_token stop_;
  std::map<std::string, Result<ModelPtr>> models_;
  TraceCache traces_;
  MediaFiles media_;
  std::vector<std::pair<TraceRequest, Error>> failed_;
};

}  // namespace headscope
