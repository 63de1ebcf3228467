#include "cli/console.h"
#include "cli/subcommand.h"
#include "cli/table.h"
#include "document/command.h"

namespace headscope {

namespace {

int run_commands() {
  Table table({{"COMMAND"}, {"WHAT IT DOES"}});
  for (const CommandSpec& spec : command_specs()) table.add({spec.usage(), spec.help});
  std::string arguments;
  const Status status = print(table.text(false));
  return status ? kDone : report(status.error());
}

}  // namespace

void add_commands(CLI::App& app, CliAction& action) {
  CLI::App* command = app.add_subcommand("commands", "The commands that keys, panels and --do speak");
  set_examples(*command,
               "  headscope commands\n  headscope --do 'set-text \"the dog slept .\"; set-view arcs'");
  command->callback([&action] { action = run_commands; });
}

}  // namespace headscope
