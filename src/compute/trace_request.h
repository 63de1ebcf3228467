#pragma once

#include <string>
#include <vector>

#include "document/document.h"

namespace headscope {

/// What must be computed for a document: everything else in it changes only how the result is drawn.
struct TraceRequest {
  std::string model, text;
  std::vector<Intervention> interventions;
  std::string input = {};  ///< a picture or a sound; models that read text alone leave it unread
  /// Which state of that file, for those who keep results (compute/media_files.h); empty in what a document
  /// asks for.
  std::string input_stamp = {};
  friend bool operator==(const TraceRequest&, const TraceRequest&) = default;
};

inline TraceRequest trace_request(const Document& document) {
  return {document.model, document.text, document.interventions, document.input};
}

}  // namespace headscope
