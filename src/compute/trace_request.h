#pragma once

#include <string>
#include <vector>

#include "document/document.h"
#include "models/model.h"

namespace headscope {

/// What must be computed for a document: everything else in it changes only how the result is drawn.
struct TraceRequest {
  std::string model, text;
  std::vector<Intervention> interventions;
  std::string input = {};  ///< a picture or a sound; models that read text alone leave it unread
  /// Which state of that file, for those who keep results (compute/media_files.h); empty in what a document
  /// asks for.
  std::string input_stamp = {};
  std::string second_text = {};  ///< of models that read two; the others leave it unread
  friend bool operator==(const TraceRequest&, const TraceRequest&) = default;
};

inline TraceRequest trace_request(const Document& document) {
  TraceRequest request{document.model, document.text, document.interventions, document.input};
  request.second_text = document.second_text;
  return request;
}

/// What of it `model` reads.
inline TextInput text_input(const TraceRequest& request, const Model& model) {
  TextInput input{request.text};
  if (model.second_text() != SecondText::None) input.second_text = request.second_text;
  return input;
}

}  // namespace headscope
