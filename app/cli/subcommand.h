#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include <CLI/CLI.hpp>

#include "base/result.h"
#include "models/model.h"

/// The subcommands of the program. Each `add_…` declares one with its options; when it is called, it leaves
/// in `action` what is to be run.
namespace headscope {

/// Runs the subcommand and returns the exit status.
using CliAction = std::function<int()>;

void add_models(CLI::App& app, CliAction& action);
void add_info(CLI::App& app, CliAction& action);
void add_tokenize(CLI::App& app, CliAction& action);
void add_attend(CLI::App& app, CliAction& action);
void add_heads(CLI::App& app, CliAction& action);
void add_render(CLI::App& app, CliAction& action);
void add_join(CLI::App& app, CliAction& action);
void add_train(CLI::App& app, CliAction& action);
void add_commands(CLI::App& app, CliAction& action);

/// What the input is: --text, --file or --ids; given twice or not at all it is a wrong call.
struct InputOptions {
  std::string model = "stories";
  std::optional<std::string> text, file, ids, inputs;
  std::optional<std::string> image, audio;  ///< beside a sound, text or ids are what the model has written
  std::optional<std::string> pair, target;  ///< a second text beside the first

  void add_model(CLI::App& command);
  void add_text(CLI::App& command);         ///< --text and --file ("-": standard input)
  void add_ids(CLI::App& command);          ///< --ids and --inputs
  void add_media(CLI::App& command);        ///< --image and --audio
  void add_second_text(CLI::App& command);  ///< --pair and --target
  /// Errors: InvalidArgument.
  Status check() const;
  /// REQUIRES: check(), and `text` or `file` is there. Errors: those of read_file.
  Result<std::string> read_text() const;
  /// The trace that these options ask for, with progress on the terminal. Errors: those of Model::trace.
  Result<TracePtr> trace(const Model& model, TraceOptions options) const;
  /// The tokens that `trace`, made by these options, was made of. Errors: those of reading the files again.
  Result<TokenInput> token_input(const Model& model, const AttentionTrace& trace) const;

 private:
  Result<TracePtr> trace_media(const Model& model, const TraceOptions& options) const;
};

/// The tokenizer of a built-in model or a folder, without its weights where that is possible.
Result<TokenizerPtr> tokenizer_of(const std::string& name_or_folder);

/// The token in front of what the decoder of an encoder-decoder reads, as the folder's config.json says; none
/// where there is no such file. Errors: Unsupported (the model has no decoder beside an encoder).
Result<std::optional<int>> decoder_start_of(const std::string& name_or_folder);

/// Adds examples below the options.
void set_examples(CLI::App& command, const std::string& examples);

}  // namespace headscope
