#include "trace/attention_trace.h"

namespace headscope {

TracePtr part_of(const TracePtr& trace, AttentionPart part) {
  for (const TracePtr& one : trace->parts) {
    if (one->part == part) return one;
  }
  return trace->part == part ? trace : nullptr;
}

}  // namespace headscope
