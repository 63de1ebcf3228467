#include "core/feed_forward.h"

#include "core/project.h"

namespace headscope {

Matrix feed_forward(const MatrixView& input, const FeedForwardParams& params) {
  Matrix hidden = project(input, params.up, params.up_bias);
  if (params.gate.size()) {
    Matrix gate = project(input, params.gate, params.gate_bias);
    activate_gated(params.activation, gate.data(), hidden.data(), gate.size());
    hidden = std::move(gate);
  } else {
    activate(params.activation, hidden.data(), hidden.size());
  }
  return project(hidden, params.down, params.down_bias);
}

}  // namespace headscope
