#include "cli/console.h"
#include "cli/subcommand.h"
#include "cli/table.h"
#include "models/checkpoint_info.h"
#include "models/model_folders.h"

namespace headscope {

namespace {

/// What config.json says a folder holds, in some words.
std::string summary_of(const std::filesystem::path& folder) {
  const Result<CheckpointInfo> info = inspect_checkpoint(folder, false);
  if (!info) return "not a checkpoint";
  std::string text = info->architecture;
  if (info->n_params > 0)
    text += ", " + fixed(static_cast<double>(info->n_params) / 1e6, 1) + " M parameters";
  return text + (info->shape ? "" : ", not supported");
}

/// Empty when there are none.
std::string folder_list(const char* title, const std::vector<ModelFolder>& models) {
  if (models.empty()) return "";
  Table table({{title}, {"WHAT IT IS"}, {"FOLDER"}});
  for (const ModelFolder& model : models) {
    table.add({one_line(model.name), one_line(summary_of(model.folder)), one_line(model.folder.string())});
  }
  return "\n" + table.text();
}

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
  std::string text = table.text();
  text += folder_list("OPENED LAST", recent_models());
  text += folder_list("FOUND ON THIS MACHINE", found_models());
  const Status status = print(text);
  return status ? kDone : report(status.error());
}

}  // namespace

void add_models(CLI::App& app, CliAction& action) {
  CLI::App* command =
      app.add_subcommand("models", "The built-in models, those opened last, and those found on this machine");
  set_examples(*command, "  headscope models");
  command->callback([&action] { action = run_models; });
}

}  // namespace headscope
