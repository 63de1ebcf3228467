#include "document/shown_trace.h"

namespace headscope {

namespace {

AttentionPart attention_part(ShownPart part) {
  switch (part) {
    case ShownPart::Decoder:
      return AttentionPart::Decoder;
    case ShownPart::Cross:
      return AttentionPart::Cross;
    case ShownPart::Encoder:
      break;
  }
  return AttentionPart::Encoder;
}

}  // namespace

TraceView trace_view(const DocumentState& state) {
  return {attention_part(state.selection.part), state.temperature, state.view.merge_words,
          state.view.hide_special_tokens};
}

CommandContext context_of(const AttentionTrace& shown) {
  CommandContext context{shown.n_tokens(), shown.shape.n_layers, shown.shape.n_heads,
                         shown.key_tokens.empty() ? 0 : shown.n_keys()};
  if (shown.media && shown.media->picture) {
    context.n_columns = shown.media->picture->n_columns;
    context.first_patch = shown.media->picture->first_patch;
  }
  return context;
}

CommandContext shown_context(const TracePtr& computed, const DocumentState& state) {
  const TraceView view = trace_view(state);
  const TracePtr part = part_of(computed, view.part);
  const ViewSizes sizes = view_sizes(computed, view);
  CommandContext context = context_of(part ? *part : *computed);
  context.n_tokens = sizes.n_tokens;
  if (context.n_keys > 0) context.n_keys = sizes.n_keys;
  context.trace = [computed, view] { return viewed(computed, view); };
  return context;
}

}  // namespace headscope
