#include "tokenizers/load_tokenizer.h"

#include <system_error>

#include "io/mapped_file.h"
#include "io/quote.h"
#include "tokenizers/model_tables.h"
#include "tokenizers/older_files.h"
#include "tokenizers/pipeline_tokenizer.h"
#include "tokenizers/word_tokenizer.h"

namespace headscope {
namespace fs = std::filesystem;

namespace {

Result<TokenizerPtr> tokenizer_of(const TokenizerFile& from, const std::string& file) {
  const std::string name = quote(file, 300);
  JsonFields fields(from.json, name);
  if (!fields.status()) return fields.status().error();
  const Json& model = fields.child("model");
  JsonFields model_fields(model, name + ": model");
  if (!model_fields.status()) return model_fields.status().error();
  // Its vocabulary is a list of words alone, which stays in the tree.
  if (model.value("type", Json()) == "Words") return WordTokenizer::from_json(json_text(from.json));
  return PipelineTokenizer::read(from, name);
}

}  // namespace

Result<TokenizerPtr> load_tokenizer(const fs::path& folder_or_file) {
  fs::path path = folder_or_file;
  std::error_code ignored;
  if (fs::is_directory(path, ignored)) {
    path /= "tokenizer.json";
    if (!fs::exists(path, ignored)) {
      const Result<Json> older = read_older_tokenizer(folder_or_file);
      return older ? make_tokenizer(*older, folder_or_file.string()) : older.error();
    }
  }
  const Result<MappedFile> file = MappedFile::open(path);
  if (!file) return file.error();
  return parse_tokenizer(file->text(), path.string());
}

Result<TokenizerPtr> parse_tokenizer(std::string_view text, const std::string& file) {
  const Result<TokenizerFile> parsed = parse_tokenizer_file(text, file);
  return parsed ? tokenizer_of(*parsed, file) : parsed.error();
}

Result<TokenizerPtr> make_tokenizer(const Json& json, const std::string& file) {
  return tokenizer_of({json, {}}, file);
}

}  // namespace headscope
