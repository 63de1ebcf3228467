#include <memory>

#include "base/utf8.h"
#include "cli/console.h"
#include "cli/subcommand.h"
#include "cli/table.h"
#include "io/json.h"
#include "io/mapped_file.h"

namespace headscope {

namespace {

struct TokenizeOptions {
  InputOptions input;
  std::optional<std::string> cases;
  bool as_json = false;
};

/// One text, or two that a model reads together, and its tokens.
struct Tokenized {
  std::string text;
  std::optional<std::string> pair = {};
  std::vector<Token> tokens;

  std::string_view text_of(const Token& token) const {
    return std::string_view(token.text == 1 ? *pair : text).substr(token.begin, token.end - token.begin);
  }
};

/// Errors: as Tokenizer::encode_pair.
Result<Tokenized> tokenized(const Tokenizer& tokenizer, std::string text, std::optional<std::string> pair) {
  Tokenized result{std::move(text), std::move(pair), {}};
  if (!result.pair) {
    result.tokens = tokenizer.encode(result.text);
    return result;
  }
  Result<std::vector<Token>> both = tokenizer.encode_pair(result.text, *result.pair);
  if (!both) return both.error();
  result.tokens = std::move(*both);
  return result;
}

/// What the decoder of an encoder-decoder reads: its start token, where config.json names one, and `target`
/// without an end. Errors: as decoder_start_of.
Result<Tokenized> target_tokens(const Tokenizer& tokenizer, const std::string& folder,
                                const std::string& target) {
  Tokenized result{target, {}, tokenizer.encode(target, false)};
  const Result<std::optional<int>> start = decoder_start_of(folder);
  if (!start) return start.error();
  if (*start) result.tokens.insert(result.tokens.begin(), Token{**start, 0, 0, true});
  return result;
}

/// {"text", "ids", "tokens", "ranges" (bytes), "special_mask", "decoded"}; of a pair also "pair", "texts" (0
/// or 1: which of the two a range counts in) and "type_ids"
Json describe(const Tokenizer& tokenizer, const Tokenized& read) {
  Json ids = Json::array(), names = Json::array(), ranges = Json::array(), special = Json::array(),
       texts = Json::array(), types = Json::array();
  std::vector<TokenId> list;
  for (const Token& token : read.tokens) {
    list.push_back(token.id);
    ids.push_back(token.id);
    names.push_back(std::string(tokenizer.token_name(token.id)));
    ranges.push_back({token.begin, token.end});
    special.push_back(token.special ? 1 : 0);
    texts.push_back(token.text);
    types.push_back(token.type_id);
  }
  Json told = {{"text", read.text},       {"ids", ids},
               {"tokens", names},         {"ranges", ranges},
               {"special_mask", special}, {"decoded", tokenizer.decode(list)}};
  if (read.pair) {
    told["pair"] = *read.pair;
    told["texts"] = texts;
    told["type_ids"] = types;
  }
  return told;
}

std::string table_of(const Tokenizer& tokenizer, const Tokenized& read) {
  using Align = Table::Align;
  std::vector<Table::Column> columns = {{"#", Align::Right}, {"ID", Align::Right}};
  if (read.pair) columns.insert(columns.end(), {{"TEXT", Align::Right}, {"TYPE", Align::Right}});
  columns.insert(columns.end(), {{"BYTES", Align::Right}, {"TOKEN"}, {"STANDS FOR"}});
  Table table(columns);
  int index = 0;
  for (const Token& token : read.tokens) {
    std::vector<std::string> cells = {std::to_string(index++), std::to_string(token.id)};
    if (read.pair) {
      cells.push_back(std::to_string(token.text + 1));
      cells.push_back(std::to_string(token.type_id));
    }
    cells.push_back(std::to_string(token.begin) + ".." + std::to_string(token.end));
    cells.push_back(visible(tokenizer.token_name(token.id)));
    cells.push_back(token.special ? "(added)" : visible(read.text_of(token)));
    table.add(std::move(cells));
  }
  return table.text();
}

/// One JSON line for each line of `path`, an object with a "text" and, for two texts, a "pair".
Result<std::string> run_cases(const Tokenizer& tokenizer, const std::string& path) {
  const Result<MappedFile> file = MappedFile::open(path);
  if (!file) return file.error();
  std::string_view rest = file->text();
  std::string out;
  for (int number = 1; !rest.empty(); ++number) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    const std::string where = path + ", line " + std::to_string(number);
    const Result<Json> json = parse_json(line, where);
    if (!json) return json.error();
    JsonFields fields(*json, where);
    const std::string text = fields.string("text");
    std::optional<std::string> pair;
    if (fields.has("pair")) pair = fields.string("pair");
    if (!fields.status()) return fields.status().error();
    const Result<Tokenized> read = tokenized(tokenizer, text, std::move(pair));
    if (!read) return read.error();
    out += json_text(describe(tokenizer, *read), -1) + "\n";
  }
  return out;
}

/// What is printed of a text, and of what stands beside it. Errors: those of reading it, and of encode_pair.
Result<std::string> run_text(const Tokenizer& tokenizer, const TokenizeOptions& options) {
  const InputOptions& input = options.input;
  const Result<std::string> text = input.read_text();
  if (!text) return text.error();
  const Result<Tokenized> read = tokenized(tokenizer, *text, input.pair);
  if (!read) return read.error();
  if (!input.target)
    return options.as_json ? json_text(describe(tokenizer, *read)) + "\n" : table_of(tokenizer, *read);
  const Result<Tokenized> target = target_tokens(tokenizer, input.model, *input.target);
  if (!target) return target.error();
  if (!options.as_json)
    return "The source\n" + table_of(tokenizer, *read) + "\nThe target\n" + table_of(tokenizer, *target);
  Json told = describe(tokenizer, *read);
  told["target"] = describe(tokenizer, *target);
  return json_text(told) + "\n";
}

int run_tokenize(const TokenizeOptions& options) {
  if (!options.cases) {
    if (Status status = options.input.check(); !status) return report(status.error(), true);
  }
  const Result<TokenizerPtr> tokenizer = tokenizer_of(options.input.model);
  if (!tokenizer) return report(tokenizer.error());
  Result<std::string> out = std::string();
  if (options.cases) {
    out = run_cases(**tokenizer, *options.cases);
  } else {
    out = run_text(**tokenizer, options);
  }
  if (!out) return report(out.error());
  const Status status = print(*out);
  return status ? kDone : report(status.error());
}

}  // namespace

void add_tokenize(CLI::App& app, CliAction& action) {
  CLI::App* command = app.add_subcommand("tokenize", "Tokens of a text, their ids and byte ranges");
  const auto options = std::make_shared<TokenizeOptions>();
  options->input.add_model(*command);
  options->input.add_text(*command);
  options->input.add_second_text(*command);
  command
      ->add_option("--jsonl", options->cases,
                   "A file with a JSON object with \"text\" (and \"pair\") on each line")
      ->excludes("--text")
      ->excludes("--file")
      ->excludes("--pair")
      ->excludes("--target");
  command->add_flag("--json", options->as_json, "Write JSON");
  set_examples(
      *command,
      "  headscope tokenize --text \"the dog slept .\"\n"
      "  headscope tokenize --model stories260K --file story.txt --json\n"
      "  headscope tokenize --model bert-base-uncased --text \"Where is the bank?\" --pair \"Near the "
      "river.\"\n"
      "  headscope tokenize --model gpt2 --jsonl cases.jsonl");
  command->callback([options, &action] { action = [options] { return run_tokenize(*options); }; });
}

}  // namespace headscope
