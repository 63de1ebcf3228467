#include "tokenizers/older_files.h"

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "base/utf8.h"
#include "io/mapped_file.h"
#include "io/quote.h"
#include "tokenizers/known_split.h"
#include "tokenizers/vocabulary.h"

namespace headscope {
namespace {

namespace fs = std::filesystem;

constexpr const char* kRecipe =
    "Convert it: python -c \"from transformers import AutoTokenizer as A; "
    "A.from_pretrained('FOLDER').save_pretrained('FOLDER')\"";

bool is_file(const fs::path& path) {
  std::error_code ignored;
  return fs::is_regular_file(path, ignored);
}

/// An object, empty where the file is not there.
Result<Json> read_settings(const fs::path& path) {
  if (!is_file(path)) return Json::object();
  Result<Json> json = read_json(path);
  if (!json || json->is_object()) return json;
  return corrupt_tokenizer(quote(path.string(), 300), "expected a JSON object");
}

/// The lines of a text file, without their ends; a last empty line does not count.
Result<std::vector<std::string>> read_lines(const fs::path& path) {
  const Result<MappedFile> file = MappedFile::open(path);
  if (!file) return file.error();
  std::string_view rest = file->text();
  std::vector<std::string> lines;
  if (!is_valid_utf8(rest)) {
    return corrupt_tokenizer(quote(path.string(), 300), "expected text in UTF-8, found other bytes");
  }
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    lines.emplace_back(line);
  }
  return lines;
}

/// Special tokens are written as texts or as objects with a "content".
std::string token_text(const Json& settings, const std::string& role) {
  const auto found = settings.find(role);
  if (found == settings.end()) return "";
  if (found->is_string()) return found->get<std::string>();
  if (found->is_object() && found->contains("content") && (*found)["content"].is_string())
    return (*found)["content"].get<std::string>();
  return "";
}

struct Settings {
  Json tokenizer, special, model;

  std::string special_token(const std::string& role, const std::string& otherwise) const {
    for (const Json* json : {&special, &tokenizer}) {
      if (const std::string text = token_text(*json, role); !text.empty()) return text;
    }
    return otherwise;
  }
  bool flag(const std::string& key, bool otherwise) const {
    const auto found = tokenizer.find(key);
    return found != tokenizer.end() && found->is_boolean() ? found->get<bool>() : otherwise;
  }
  /// "Roberta" of "RobertaTokenizerFast", else config.json's "model_type"; "" where neither says.
  std::string kind() const {
    std::string name = token_text(tokenizer, "tokenizer_class");
    if (const auto at = name.find("Tokenizer"); at != std::string::npos) name.resize(at);
    if (name.empty() || name == "PreTrained") name = token_text(model, "model_type");
    return name;
  }
};

bool is_one_of(const std::string& kind, std::initializer_list<const char*> names) {
  return std::find(names.begin(), names.end(), kind) != names.end();
}

/// What "added_tokens" holds: each of `contents` that the vocabulary has.
Json added_tokens(const Json& vocab, std::initializer_list<std::string> contents, const std::string& mask) {
  Json added = Json::array();
  for (const std::string& content : contents) {
    const auto id = vocab.find(content);
    if (id == vocab.end()) continue;
    added.push_back({{"id", *id},
                     {"content", content},
                     {"special", true},
                     {"normalized", false},
                     // RoBERTa's mask takes the space before it along.
                     {"lstrip", content == mask},
                     {"rstrip", false},
                     {"single_word", false}});
  }
  return added;
}

Result<Json> read_bpe(const fs::path& folder, const Settings& settings) {
  Result<Json> vocab = read_json(folder / "vocab.json");
  if (!vocab) return vocab.error();
  const std::string name = quote((folder / "vocab.json").string(), 300);
  if (!vocab->is_object()) return corrupt_tokenizer(name, "expected an object of tokens and ids");
  const Result<std::vector<std::string>> lines = read_lines(folder / "merges.txt");
  if (!lines) return lines.error();
  Json merges = Json::array();
  for (std::size_t i = 0; i < lines->size(); ++i) {
    const std::string& line = (*lines)[i];
    if (line.empty() || (i == 0 && line.starts_with("#version"))) continue;
    merges.push_back(line);
  }

  const std::string kind = settings.kind();
  const bool roberta =
      is_one_of(kind, {"Roberta", "roberta", "Bart", "bart", "Longformer", "longformer", "LED", "led",
                       "Camembert"}) ||
      (kind.empty() && vocab->contains("<s>") && vocab->contains("</s>") && vocab->contains("<mask>"));
  const bool gpt2 = is_one_of(kind, {"GPT2", "gpt2", "gpt_neo", "gptj", "CodeGen", "codegen"}) ||
                    (kind.empty() && vocab->contains("<|endoftext|>"));
  const bool qwen2 = is_one_of(kind, {"Qwen2", "qwen2", "qwen3"});
  if (!roberta && !gpt2 && !qwen2) {
    return Error{ErrorCode::Unsupported,
                 quote(folder.string(), 300) + " has vocab.json and merges.txt of the kind " +
                     quote(kind.empty() ? "unnamed" : kind) + ", which is not known without a tokenizer.json",
                 kRecipe};
  }
  const std::string bos = settings.special_token("bos_token", roberta ? "<s>" : "<|endoftext|>");
  const std::string eos = settings.special_token("eos_token", roberta ? "</s>" : "<|endoftext|>");
  const std::string unk = settings.special_token("unk_token", roberta ? "<unk>" : "<|endoftext|>");
  const std::string pad = settings.special_token("pad_token", roberta ? "<pad>" : "");
  const std::string mask = settings.special_token("mask_token", roberta ? "<mask>" : "");
  const std::string cls = settings.special_token("cls_token", "<s>");
  const std::string sep = settings.special_token("sep_token", "</s>");
  const Json byte_level = {{"type", "ByteLevel"},
                           {"add_prefix_space", settings.flag("add_prefix_space", false)},
                           {"use_regex", !qwen2}};
  Json json = {{"model", {{"type", "BPE"}, {"vocab", *vocab}, {"merges", merges}}},
               {"added_tokens", added_tokens(*vocab, {bos, eos, unk, pad, mask, cls, sep}, mask)},
               {"pre_tokenizer", byte_level},
               {"decoder", {{"type", "ByteLevel"}}}};
  if (roberta) {
    const auto id_of = [&](const std::string& token) {
      return Json::array({token, vocab->value(token, Json())});
    };
    json["post_processor"] = {{"type", "RobertaProcessing"}, {"cls", id_of(cls)}, {"sep", id_of(sep)}};
  }
  if (qwen2) {
    const Json split = {{"type", "Split"}, {"pattern", {{"Regex", kQwen2Split}}}, {"behavior", "Isolated"}};
    json["normalizer"] = {{"type", "NFC"}};
    json["pre_tokenizer"] = {{"type", "Sequence"}, {"pretokenizers", Json::array({split, byte_level})}};
  }
  return json;
}

Result<Json> read_wordpiece(const fs::path& folder, const Settings& settings) {
  const Result<std::vector<std::string>> lines = read_lines(folder / "vocab.txt");
  if (!lines) return lines.error();
  const std::string kind = settings.kind();
  if (!kind.empty() && !is_one_of(kind, {"Bert", "bert", "DistilBert", "distilbert", "Electra", "electra",
                                         "MPNet", "mobilebert", "MobileBert"})) {
    return Error{ErrorCode::Unsupported,
                 quote(folder.string(), 300) + " has a vocab.txt of the kind " + quote(kind) +
                     ", which is not known without a tokenizer.json",
                 kRecipe};
  }
  Json vocab = Json::object();
  std::uint64_t id = 0;
  for (const std::string& line : *lines) {
    if (vocab.contains(line)) {
      return corrupt_tokenizer(quote((folder / "vocab.txt").string(), 300),
                               "line " + std::to_string(id + 1) + " holds " + quote(line) + " a second time");
    }
    vocab[line] = id++;
  }
  const std::string unk = settings.special_token("unk_token", "[UNK]");
  const std::string cls = settings.special_token("cls_token", "[CLS]");
  const std::string sep = settings.special_token("sep_token", "[SEP]");
  for (const std::string& token : {unk, cls, sep}) {
    if (!vocab.contains(token)) {
      return corrupt_tokenizer(quote((folder / "vocab.txt").string(), 300),
                               "the token " + quote(token) + " is missing");
    }
  }
  const Json strips = settings.tokenizer.value("strip_accents", Json());
  return Json{{"model", {{"type", "WordPiece"}, {"vocab", vocab}, {"unk_token", unk}}},
              {"added_tokens", added_tokens(vocab,
                                            {unk, cls, sep, settings.special_token("pad_token", "[PAD]"),
                                             settings.special_token("mask_token", "[MASK]")},
                                            "")},
              {"normalizer",
               {{"type", "BertNormalizer"},
                {"lowercase", settings.flag("do_lower_case", true)},
                {"strip_accents", strips},
                {"handle_chinese_chars", settings.flag("tokenize_chinese_chars", true)}}},
              {"pre_tokenizer", {{"type", "BertPreTokenizer"}}},
              {"post_processor",
               {{"type", "BertProcessing"},
                {"cls", Json::array({cls, vocab[cls]})},
                {"sep", Json::array({sep, vocab[sep]})}}},
              {"decoder", {{"type", "WordPiece"}}}};
}

}  // namespace

Result<Json> read_older_tokenizer(const fs::path& folder) {
  Settings settings;
  for (const auto& [json, file] :
       {std::pair(&settings.tokenizer, "tokenizer_config.json"),
        std::pair(&settings.special, "special_tokens_map.json"), std::pair(&settings.model, "config.json")}) {
    Result<Json> read = read_settings(folder / file);
    if (!read) return read.error();
    *json = std::move(*read);
  }
  if (is_file(folder / "vocab.json") && is_file(folder / "merges.txt")) return read_bpe(folder, settings);
  if (is_file(folder / "vocab.txt")) return read_wordpiece(folder, settings);
  for (const char* name : {"tokenizer.model", "spiece.model", "sentencepiece.bpe.model", "source.spm"}) {
    if (is_file(folder / name)) {
      return Error{ErrorCode::Unsupported,
                   quote(folder.string(), 300) + " has its tokenizer in the SentencePiece file " + name +
                       " alone, which is not read",
                   kRecipe};
    }
  }
  return Error{
      ErrorCode::NotFound,
      quote(folder.string(), 300) + " holds no tokenizer.json, vocab.json with merges.txt, or vocab.txt",
      "Save the tokenizer with the checkpoint, or give token ids (--ids)"};
}

}  // namespace headscope
