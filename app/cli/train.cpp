#include "training/train.h"

#include <unistd.h>
#include <cstdio>
#include <memory>

#include "cli/console.h"
#include "cli/subcommand.h"

namespace headscope {

namespace {

struct TrainCall {
  std::string recipe, out;
  int threads = 0;
};

int run_train(const TrainCall& call) {
  TrainOptions options;
  options.stop = stop_on_interrupt();
  options.n_threads = call.threads;
  Status status;
  {
    ProgressLine line;
    options.on_progress = [&](const TrainProgress& progress) { line.show(progress_line(progress)); };
    status = train(call.recipe, call.out, options);
  }
  if (!status) return report(status.error());
  const Status printed = print("the model is in " + call.out + "\n");
  return printed ? kDone : report(printed.error());
}

}  // namespace

void add_train(CLI::App& app, CliAction& action) {
  CLI::App* command =
      app.add_subcommand("train", "Train a built-in model anew; stopped, it continues where it was");
  const auto call = std::make_shared<TrainCall>();
  command->add_option("RECIPE", call->recipe, "The recipe, a JSON file")->required();
  command->add_option("--out,-o", call->out, "The folder that the model is written to")->required();
  command->add_option("--threads", call->threads, "How many threads; 0: one for every core")
      ->check(CLI::Range(0, 1024))
      ->capture_default_str();
  set_examples(*command, "  headscope train assets/models/stories/recipe.json --out my-stories");
  command->callback([call, &action] { action = [call] { return run_train(*call); }; });
}

}  // namespace headscope
