#include "tokenizers/load_tokenizer.h"

#include <system_error>

#include "io/quote.h"
#include "tokenizers/older_files.h"
#include "tokenizers/pipeline_tokenizer.h"
#include "tokenizers/word_tokenizer.h"

namespace headscope {
namespace fs = std::filesystem;

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
  const Result<Json> json = read_json(path);
  if (!json) return json.error();
  return make_tokenizer(*json, path.string());
}

Result<TokenizerPtr> make_tokenizer(const Json& json, const std::string& file) {
  const std::string name = quote(file, 300);
  JsonFields fields(json, name);
  if (!fields.status()) return fields.status().error();
  const Json& model = fields.child("model");
  JsonFields model_fields(model, name + ": model");
  if (!model_fields.status()) return model_fields.status().error();
  if (model.value("type", Json()) == "Words") return WordTokenizer::from_json(json_text(json));
  return PipelineTokenizer::read(json, name);
}

}  // namespace headscope
