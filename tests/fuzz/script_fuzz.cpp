#include "document/command.h"
#include "fuzz_input.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace headscope;
  const auto commands = parse_script(as_text(data, size));
  if (!commands) {
    demand_sentence(commands.error());
    return 0;
  }
  for (const Command& command : *commands) {
    const auto again = parse_command(to_string(command));
    demand(again.ok() && *again == command, "a command that is written out parses back");
  }
  return 0;
}
