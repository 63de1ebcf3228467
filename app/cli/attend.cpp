#include <memory>

#include "cli/console.h"
#include "cli/subcommand.h"
#include "cli/table.h"
#include "models/trace_dump.h"

namespace headscope {

namespace {

struct AttendOptions {
  InputOptions input;
  std::string out;
  std::string keep = "attn,q,k,v,z";
};

int run_attend(const AttendOptions& options) {
  if (Status status = options.input.check(); !status) return report(status.error(), true);
  const Result<TraceKeep> keep = parse_keep(options.keep);
  if (!keep) return report(keep.error(), true);
  TraceOptions wanted = trace_options(*keep);
  wanted.stop = stop_on_interrupt();

  const Result<ModelPtr> model = load_model(options.input.model);
  if (!model) return report(model.error());
  const Result<TracePtr> trace = options.input.trace(**model, wanted);
  if (!trace) return report(trace.error());
  if (Status status = write_trace(options.out, *trace, *keep); !status) return report(status.error());

  const TraceShape& shape = (*trace)->shape;
  const Status status = print(options.out + ": " + std::to_string((*trace)->n_tokens()) + " tokens, " +
                              std::to_string(shape.n_layers) + " layers of " + std::to_string(shape.n_heads) +
                              " heads, computed in " + fixed((*trace)->compute_ms, 1) + " ms\n");
  return status ? kDone : report(status.error());
}

}  // namespace

void add_attend(CLI::App& app, CliAction& action) {
  CLI::App* command = app.add_subcommand("attend", "Compute every head's attention and write it to a file");
  const auto options = std::make_shared<AttendOptions>();
  options->input.add_model(*command);
  options->input.add_text(*command);
  options->input.add_ids(*command);
  command->add_option("--out,-o", options->out, "The safetensors file to write")->required();
  command->add_option("--keep", options->keep, "What is written: attn,scores,q,k,v,z,hidden,logits, or all")
      ->capture_default_str();
  set_examples(*command,
               "  headscope attend --text \"the dog did not cross the street because it was too tired .\" "
               "--out t.safetensors\n"
               "  headscope attend --model stories260K --file story.txt --keep all --out story.safetensors\n"
               "  headscope attend --model stories260K --ids 1,403,407 --out ids.safetensors");
  command->callback([options, &action] { action = [options] { return run_attend(*options); }; });
}

}  // namespace headscope
