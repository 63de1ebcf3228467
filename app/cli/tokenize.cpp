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

/// {"text", "ids", "tokens", "ranges" (bytes), "special_mask", "decoded"}
Json describe(const Tokenizer& tokenizer, const std::string& text) {
  Json ids = Json::array(), names = Json::array(), ranges = Json::array(), special = Json::array();
  std::vector<TokenId> list;
  for (const Token& token : tokenizer.encode(text)) {
    list.push_back(token.id);
    ids.push_back(token.id);
    names.push_back(std::string(tokenizer.token_name(token.id)));
    ranges.push_back({token.begin, token.end});
    special.push_back(token.special ? 1 : 0);
  }
  return {{"text", text},
          {"ids", ids},
          {"tokens", names},
          {"ranges", ranges},
          {"special_mask", special},
          {"decoded", tokenizer.decode(list)}};
}

std::string table_of(const Tokenizer& tokenizer, const std::string& text) {
  using Align = Table::Align;
  Table table(
      {{"#", Align::Right}, {"ID", Align::Right}, {"BYTES", Align::Right}, {"TOKEN"}, {"STANDS FOR"}});
  int index = 0;
  for (const Token& token : tokenizer.encode(text)) {
    table.add({std::to_string(index++), std::to_string(token.id),
               std::to_string(token.begin) + ".." + std::to_string(token.end),
               visible(tokenizer.token_name(token.id)),
               token.special ? "(added)"
                             : visible(std::string_view(text).substr(token.begin, token.end - token.begin))});
  }
  return table.text();
}

/// One JSON line for each line of `path`, an object with a "text".
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
    if (!fields.status()) return fields.status().error();
    out += json_text(describe(tokenizer, text), -1) + "\n";
  }
  return out;
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
    const Result<std::string> text = options.input.read_text();
    if (!text) return report(text.error());
    out = options.as_json ? json_text(describe(**tokenizer, *text)) + "\n" : table_of(**tokenizer, *text);
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
  command->add_option("--jsonl", options->cases, "A file with a JSON object with \"text\" on each line")
      ->excludes("--text")
      ->excludes("--file");
  command->add_flag("--json", options->as_json, "Write JSON");
  set_examples(*command,
               "  headscope tokenize --text \"the dog slept .\"\n"
               "  headscope tokenize --model stories260K --file story.txt --json\n"
               "  headscope tokenize --model gpt2 --jsonl cases.jsonl");
  command->callback([options, &action] { action = [options] { return run_tokenize(*options); }; });
}

}  // namespace headscope
