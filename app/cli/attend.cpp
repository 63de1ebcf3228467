#include <cstdio>
#include <memory>

#include "cli/console.h"
#include "cli/subcommand.h"
#include "cli/table.h"
#include "io/quote.h"
#include "models/trace_dump.h"
#include "models/write_text.h"
#include "trace/weight_change.h"

namespace headscope {

namespace {

struct AttendOptions {
  InputOptions input;
  std::string out;
  std::string keep = "attn,q,k,v,z";
  bool half = false;
  std::optional<int> write;
};

/// "7 tokens, 3 layers of 4 heads"; an encoder-decoder says both halves.
std::string sizes(const AttentionTrace& trace) {
  std::string text;
  for (const TracePtr& part : trace.parts) {
    if (part->part == AttentionPart::Cross) continue;
    text += (text.empty() ? "encoder " : "; decoder ") + sizes(*part);
  }
  if (!text.empty()) return text;
  return std::to_string(trace.n_tokens()) + " tokens, " + std::to_string(trace.shape.n_layers) +
         " layers of " + std::to_string(trace.shape.n_heads) + " heads";
}

/// What half precision changed: the same input through the weights as they are stored.
/// Errors: those of open_model and of Model::trace.
Result<std::string> half_precision_line(const AttendOptions& options, const AttentionTrace& half,
                                        const TraceOptions& wanted) {
  const Result<ModelPtr> model = open_model(options.input.model);
  if (!model) return model.error();
  const Result<TracePtr> stored = options.input.trace(**model, wanted);
  if (!stored) return stored.error();
  const WeightChange change = largest_weight_change(half, **stored);
  char largest[32];
  std::snprintf(largest, sizeof largest, "%.2g", static_cast<double>(change.change));
  return "half precision: the largest change of an attention weight is " + std::string(largest) +
         ", in head " + std::to_string(change.layer) + "." + std::to_string(change.head) + " from token " +
         std::to_string(change.query) + " to token " + std::to_string(change.key) + "\n";
}

/// Lets the model write behind what was read; `trace` becomes that of everything. Returns what to print.
/// Errors: those of write_text.
Result<std::string> write_on(const AttendOptions& options, const Model& model, const TraceOptions& wanted,
                             TracePtr& trace) {
  Result<TokenInput> input = options.input.token_input(model, *trace);
  if (!input) return input.error();
  TraceOptions going_on = wanted;
  going_on.previous = trace;
  Result<Writing> writing = write_text(model, std::move(*input), *options.write, going_on);
  if (!writing) return writing.error();
  trace = writing->trace;
  const std::size_t n = writing->ids.size();
  return "wrote " + std::to_string(n) + (n == 1 ? " token: " : " tokens: ") + visible(writing->text) +
         (writing->ended ? " (the end)" : "") + "\n";
}

int run_attend(const AttendOptions& options) {
  if (Status status = options.input.check(); !status) return report(status.error(), true);
  const Result<TraceKeep> keep = parse_keep(options.keep);
  if (!keep) return report(keep.error(), true);
  TraceOptions wanted = trace_options(*keep);
  wanted.stop = stop_on_interrupt();

  LoadOptions load;
  load.reading = WeightReading::AsUsed;
  if (options.half) load.precision = WeightPrecision::Half;
  const Result<ModelPtr> model = load_model_with(options.input.model, load);
  if (!model) return report(model.error());
  const bool text_alone = (*model)->input_kind() == InputKind::Text;
  if (text_alone && keep->logits && !keep->hidden && (*model)->info().output == "none") {
    return report({ErrorCode::Unsupported,
                   quote(options.input.model) + " names no tokens, so it has no logits",
                   "Leave logits out of --keep"});
  }
  Result<TracePtr> trace = options.input.trace(**model, wanted);
  if (!trace) return report(trace.error());
  Result<std::string> written = std::string();
  if (options.write) written = write_on(options, **model, wanted, *trace);
  if (!written) return report(written.error());
  if (Status status = write_trace(options.out, *trace, *keep); !status) return report(status.error());

  std::string half_line;
  if (options.half) {
    Result<std::string> line = half_precision_line(options, **trace, wanted);
    if (!line) return report(line.error());
    half_line = std::move(*line);
  }
  const Status status = print(*written + half_line + options.out + ": " + sizes(**trace) + ", computed in " +
                              fixed((*trace)->compute_ms, 1) + " ms\n");
  return status ? kDone : report(status.error());
}

}  // namespace

void add_attend(CLI::App& app, CliAction& action) {
  CLI::App* command = app.add_subcommand("attend", "Compute every head's attention and write it to a file");
  const auto options = std::make_shared<AttendOptions>();
  options->input.add_model(*command);
  options->input.add_text(*command);
  options->input.add_ids(*command);
  options->input.add_media(*command);
  options->input.add_second_text(*command);
  command->add_option("--out,-o", options->out, "The safetensors file to write")->required();
  command->add_option("--keep", options->keep, "What is written: attn,scores,q,k,v,z,hidden,logits, or all")
      ->capture_default_str();
  command->add_flag("--half", options->half,
                    "Keep float32 weights in half precision, and say how much that changes the attention");
  command
      ->add_option("--write", options->write,
                   "Let the model write on, its most probable token each time: at most so many")
      ->check(CLI::Range(1, 100000))
      ->excludes("--half");
  set_examples(
      *command,
      "  headscope attend --text \"the dog did not cross the street because it was too tired .\" "
      "--out t.safetensors\n"
      "  headscope attend --model stories260K --file story.txt --keep all --out story.safetensors\n"
      "  headscope attend --model stories260K --ids 1,403,407 --out ids.safetensors\n"
      "  headscope attend --model t5-small --text \"translate English to German: Good morning.\" --write 40 "
      "--out t5.safetensors\n"
      "  headscope attend --model vit-base --image cat.jpg --out cat.safetensors\n"
      "  headscope attend --model whisper-tiny --audio hello.wav --text \" Hello\" --out hello.safetensors");
  command->callback([options, &action] { action = [options] { return run_attend(*options); }; });
}

}  // namespace headscope
