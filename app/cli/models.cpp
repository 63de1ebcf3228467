#include "cli/console.h"
#include "cli/subcommand.h"
#include "cli/table.h"

namespace headscope {

namespace {

int run_models() {
  Table table({{"NAME"},
               {"LAYERS", Table::Align::Right},
               {"HEADS", Table::Align::Right},
               {"PARAMETERS", Table::Align::Right},
               {"TOKENS", Table::Align::Right},
               {"WHAT IT IS"}});
  for (const BuiltInModel& built_in : built_in_models()) {
    const Result<ModelPtr> model = load_model(built_in.name);
    if (!model) return report(model.error());
    const TraceShape& shape = (*model)->shape();
    table.add({built_in.name, std::to_string(shape.n_layers), std::to_string(shape.n_heads),
               std::to_string((*model)->info().n_params), std::to_string((*model)->max_tokens()),
               built_in.summary});
  }
  const Status status = print(table.text());
  return status ? kDone : report(status.error());
}

}  // namespace

void add_models(CLI::App& app, CliAction& action) {
  CLI::App* command = app.add_subcommand("models", "The built-in models");
  set_examples(*command, "  headscope models");
  command->callback([&action] { action = run_models; });
}

}  // namespace headscope
