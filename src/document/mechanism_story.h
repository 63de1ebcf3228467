#pragma once

#include "document/reduce.h"

namespace headscope {

/// How one weight came about: a connection on show with its numbers, from q·k to the weight, then its row,
/// then all tokens at once. It is about the first head that is selected and what the selected token (or the
/// last one) looks at most. Errors: Unavailable, when that is not computed yet.
Result<Story> mechanism_story(const DocumentState& state, const CommandContext& context);

}  // namespace headscope
