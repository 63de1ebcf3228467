#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "document/command.h"

namespace headscope {

/// Splits what follows a command's name into one word an argument, by the rules in document/command.h: quotes
/// are resolved, a place and a list of heads or places is one word, a last text without quotes is the rest of
/// the line. Surplus words are kept, so that the caller can count them. Errors: InvalidArgument (a quote that
/// is not closed).
Result<std::vector<std::string>> split_arguments(std::string_view rest,
                                                 std::span<const ArgumentSpec> arguments);

}  // namespace headscope
