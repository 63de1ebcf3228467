#pragma once

#include <string>
#include <vector>

#include "document/document.h"

namespace headscope {

/// What must be computed for a document: everything else in it changes only how the result is drawn.
struct TraceRequest {
  std::string model, text;
  std::vector<Intervention> interventions;
  friend bool operator==(const TraceRequest&, const TraceRequest&) = default;
};

inline TraceRequest trace_request(const Document& document) {
  return {document.model, document.text, document.interventions};
}

}  // namespace headscope
