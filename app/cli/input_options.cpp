#include <charconv>
#include <cmath>
#include <iostream>
#include <iterator>
#include <system_error>

#include "base/paths.h"
#include "cli/console.h"
#include "cli/subcommand.h"
#include "io/json.h"
#include "io/mapped_file.h"
#include "io/quote.h"
#include "models/family.h"
#include "models/trace_dump.h"
#include "tokenizers/load_tokenizer.h"

namespace headscope {

namespace {

constexpr std::size_t kMaxTextBytes = std::size_t{16} << 20;

Result<std::vector<int>> parse_ids(const std::string& list) {
  std::vector<int> ids;
  for (const char *at = list.data(), *end = at + list.size(); at < end;) {
    int id = 0;
    const auto [next, fault] = std::from_chars(at, end, id);
    if (fault != std::errc() || id < 0 || (next != end && *next != ',')) {
      return Error{ErrorCode::InvalidArgument,
                   "--ids: expected whole numbers with commas, found " + quote(list),
                   "For example --ids 1,15,7"};
    }
    ids.push_back(id);
    at = next == end ? end : next + 1;
  }
  return ids;
}

}  // namespace

void InputOptions::add_model(CLI::App& command) {
  command.add_option("--model,-m", model, "Built-in name or checkpoint folder")->capture_default_str();
}

void InputOptions::add_text(CLI::App& command) {
  command.add_option("--text,-t", text, "The text");
  command.add_option("--file,-f", file, "Read the text from a file; - is standard input");
}

void InputOptions::add_ids(CLI::App& command) {
  command.add_option("--ids", ids, "Token ids instead of a text, such as 1,15,7");
  command.add_option(
      "--inputs", inputs,
      "A safetensors file with input_ids (attention_mask, position_ids), pixel_values or input_features");
}

void InputOptions::add_media(CLI::App& command) {
  command.add_option("--image", image, "A picture, PNG or JPEG, for a model that looks (ViT, DeiT)");
  command.add_option(
      "--audio", audio,
      "A sound, WAV, FLAC or OGG, for a model that listens (Whisper); --text or --ids beside it are "
      "what the decoder has written");
}

void InputOptions::add_second_text(CLI::App& command) {
  CLI::Option* second =
      command.add_option("--pair", pair, "The second sentence of a pair, for an encoder such as BERT");
  command
      .add_option("--target", target,
                  "What the decoder of an encoder-decoder has written so far; without it, nothing but its "
                  "start token")
      ->excludes(second);
}

Status InputOptions::check() const {
  if ((pair || target) && ((!text && !file) || image || audio)) {
    return Error{ErrorCode::InvalidArgument, "a second text goes with a first one",
                 "Give --text or --file beside it; --inputs has token_type_ids and decoder_input_ids"};
  }
  const int n_media = image.has_value() + audio.has_value();
  const int n = text.has_value() + file.has_value() + ids.has_value() + inputs.has_value();
  if (n_media == 1 && !inputs && n <= (audio ? 1 : 0)) return {};
  if (n_media > 0) {
    return Error{ErrorCode::InvalidArgument, "the input is given more than once",
                 "Give --image alone, or --audio and at most one of --text, --file and --ids"};
  }
  if (n == 1) return {};
  return Error{ErrorCode::InvalidArgument,
               n == 0 ? "there is nothing to read" : "the input is given more than once",
               "Give one of --text, --file, --ids and --inputs, as far as the command has them"};
}

Result<std::string> InputOptions::read_text() const {
  if (text) return *text;
  if (*file != "-") return read_file(*file, kMaxTextBytes);
  std::string all((std::istreambuf_iterator<char>(std::cin)), std::istreambuf_iterator<char>());
  if (all.size() <= kMaxTextBytes) return all;
  return Error{ErrorCode::InvalidArgument, "standard input is longer than 16 MB", "Give a shorter text"};
}

Result<TracePtr> InputOptions::trace_media(const Model& model, const TraceOptions& options) const {
  const Result<MediaInputPtr> media = model.read_media(image ? *image : *audio);
  if (!media) return media.error();
  if (ids) {
    const Result<std::vector<int>> list = parse_ids(*ids);
    if (!list) return list.error();
    TokenInput input;
    input.media = *media;
    input.decoder_input_ids = *list;
    return model.trace_ids(input, options);
  }
  if (!text && !file) return model.trace_media(*media, "", options);
  const Result<std::string> read = read_text();
  if (!read) return read.error();
  return model.trace_media(*media, *read, options);
}

Result<TracePtr> InputOptions::trace(const Model& model, TraceOptions options) const {
  ProgressLine line;
  options.on_layer = [&](const TracePtr&, float progress) {
    line.show("computing… " + std::to_string(std::lround(100 * progress)) + " %");
  };
  if (image || audio) return trace_media(model, options);
  if (inputs) {
    const Result<TokenInput> input = read_token_input(*inputs);
    if (!input) return input.error();
    return model.trace_ids(*input, options);
  }
  if (ids) {
    const Result<std::vector<int>> list = parse_ids(*ids);
    if (!list) return list.error();
    return model.trace_ids(TokenInput{.ids = *list}, options);
  }
  const Result<std::string> read = read_text();
  if (!read) return read.error();
  if (!pair && !target) return model.trace(*read, options);
  if (model.second_text() != (pair ? SecondText::Pair : SecondText::Target)) {
    return Error{
        ErrorCode::Unsupported,
        quote(model.name()) + (pair ? " reads no sentence pairs" : " has no decoder beside an encoder"),
        "Leave " + std::string(pair ? "--pair" : "--target") + " out"};
  }
  return model.trace_texts({*read, pair ? pair : target}, options);
}

Result<TokenInput> InputOptions::token_input(const Model& model, const AttentionTrace& trace) const {
  if (inputs) return read_token_input(*inputs);
  const auto ids_of = [](const AttentionTrace& part) {
    std::vector<int> list;
    for (const TraceToken& token : part.tokens) list.push_back(token.id);
    return list;
  };
  TokenInput input;
  (trace.parts.empty() ? input.ids : input.decoder_input_ids) = ids_of(trace);
  if (image || audio) {
    Result<MediaInputPtr> media = model.read_media(image ? *image : *audio);
    if (!media) return media.error();
    input.media = std::move(*media);
  } else if (!trace.parts.empty()) {
    input.ids = ids_of(*trace.parts.front());
  }
  return input;
}

Result<TokenizerPtr> tokenizer_of(const std::string& name_or_folder) {
  namespace fs = std::filesystem;
  std::error_code ignored;
  for (const fs::path& folder : {assets_dir() / "models" / name_or_folder, fs::path(name_or_folder)}) {
    if (!fs::is_directory(folder, ignored)) continue;
    Result<TokenizerPtr> tokenizer = load_tokenizer(folder);
    if (tokenizer || tokenizer.error().code != ErrorCode::NotFound) return tokenizer;
  }
  const Result<ModelPtr> model = open_model(name_or_folder);
  if (!model) return model.error();
  // The pointer shares the model, which owns the tokenizer.
  return TokenizerPtr(*model, &(*model)->tokenizer());
}

Result<std::optional<int>> decoder_start_of(const std::string& name_or_folder) {
  namespace fs = std::filesystem;
  for (const fs::path& folder : {assets_dir() / "models" / name_or_folder, fs::path(name_or_folder)}) {
    const Result<Json> config = read_json(folder / "config.json");
    const Result<FamilyModel> family = config ? read_family(*config) : config.error();
    if (!family) continue;
    if (family->decoder) return std::optional(family->decoder->start_id);
    return Error{ErrorCode::Unsupported, quote(name_or_folder) + " has no decoder beside an encoder",
                 "Leave --target out"};
  }
  return std::optional<int>();
}

void set_examples(CLI::App& command, const std::string& examples) {
  command.footer("Examples:\n" + examples);
}

}  // namespace headscope
