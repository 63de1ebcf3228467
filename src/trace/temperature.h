#pragma once

#include "trace/attention_trace.h"

namespace headscope {

/// The trace as its heads would weigh at another temperature: each layer's scores are divided by it before
/// the softmax, in the layers' own precision. What a layer reads stays what it was, so that one head's change
/// is seen alone; next tokens, hidden states and logits are those of the model. Layers without scores stay as
/// they are. Costs nothing until a weight is asked for.
///   temperature  > 0; 1 gives `trace` itself
TracePtr at_temperature(const TracePtr& trace, float temperature);

}  // namespace headscope
