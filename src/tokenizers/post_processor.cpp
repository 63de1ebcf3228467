#include "tokenizers/post_processor.h"

#include <algorithm>

#include "io/quote.h"

namespace headscope {

namespace {

constexpr TokenId kMaxTokenId = 16'000'000;

Error corrupt(const std::string& file, const std::string& what) {
  return {ErrorCode::Corrupt, file + ": post_processor " + what, "Download the tokenizer again"};
}

bool is_token_id(const Json& json) {
  return json.is_number_unsigned() && json.get<std::uint64_t>() <= static_cast<std::uint64_t>(kMaxTokenId);
}

/// ["[SEP]", 102]
Result<TokenId> named_id(const Json& json, const std::string& key, const std::string& file) {
  if (!json.is_array() || json.size() != 2 || !json[0].is_string() || !is_token_id(json[1])) {
    return corrupt(file, "'" + key + "' must be a token and its id, found " + quote(json_text(json, -1), 60));
  }
  return json[1].get<TokenId>();
}

}  // namespace

// ---- reading ----

Result<PostProcessor> PostProcessor::read(const Json& json, const std::string& file) {
  PostProcessor result;
  if (json.is_null()) return result;
  if (Status status = read_step(json, file, result); !status) return status.error();
  return result;
}

Status PostProcessor::read_step(const Json& json, const std::string& file, PostProcessor& out) {
  JsonFields fields(json, file + ": post_processor");
  const std::string type = fields.string("type");
  if (!fields.status()) return fields.status();
  if (type == "Sequence") {
    for (const Json& child : fields.child("processors")) {
      if (Status status = read_step(child, file, out); !status) return status;
    }
    return {};
  }
  if (type == "ByteLevel") return {};  // it moves offsets alone
  const bool is_template = type == "TemplateProcessing";
  if (!is_template && type != "RobertaProcessing" && type != "BertProcessing") {
    return Error{ErrorCode::Unsupported,
                 file + ": a post_processor of the kind " + quote(type) + " is not supported",
                 "Supported are TemplateProcessing, RobertaProcessing, BertProcessing and ByteLevel"};
  }
  if (out.is_given_) {
    return Error{ErrorCode::Unsupported,
                 file + ": more than one post_processor that adds tokens is not supported",
                 "Export the tokenizer with one template"};
  }
  out.is_given_ = true;
  return is_template ? read_templates(json, file, out)
                     : read_cls_sep(json, file, type == "RobertaProcessing", out);
}

Status PostProcessor::read_templates(const Json& json, const std::string& file, PostProcessor& out) {
  JsonFields fields(json, file + ": post_processor");
  const Json& special_tokens = fields.child("special_tokens");
  for (const bool pair : {false, true}) {
    const std::string key = pair ? "pair" : "single";
    const Json& list = fields.child(key);
    Template& items = pair ? out.pair_ : out.single_;
    items.clear();
    if (pair && list.is_null()) continue;
    if (!list.is_array()) return corrupt(file, "'" + key + "' must be a list");
    int n_texts[2] = {0, 0};
    for (const Json& entry : list) {
      const bool is_text = entry.is_object() && entry.contains("Sequence");
      if (!is_text && !(entry.is_object() && entry.contains("SpecialToken")))
        return corrupt(file, "'" + key + "' holds an unknown item");
      JsonFields piece(entry[is_text ? "Sequence" : "SpecialToken"], file + ": post_processor");
      const std::string name = piece.string("id");
      Item item;
      item.type_id = static_cast<int>(piece.integer("type_id", 0, 1000, 0));
      if (!piece.status()) return piece.status();
      if (is_text) {
        item.text = name == "B";
        if ((name != "A" && name != "B") || (item.text == 1 && !pair) || n_texts[item.text]++ > 0)
          return corrupt(file, "'" + key + "' takes the text " + quote(name) + ", which it does not have");
      } else {
        if (!special_tokens.is_object() || !special_tokens.contains(name))
          return corrupt(file, "names the special token " + quote(name) + ", which it does not describe");
        const Json& ids = JsonFields(special_tokens[name], file).child("ids");
        if (!ids.is_array()) return corrupt(file, "special token " + quote(name) + " has no list of ids");
        for (const Json& id : ids) {
          if (!is_token_id(id))
            return corrupt(file,
                           "special token " + quote(name) + " has the id " + quote(json_text(id, -1), 40));
          item.ids.push_back(id.get<TokenId>());
        }
      }
      items.push_back(std::move(item));
    }
    if (n_texts[0] != 1 || n_texts[1] != pair) return corrupt(file, "'" + key + "' must take each text once");
  }
  return {};
}

Status PostProcessor::read_cls_sep(const Json& json, const std::string& file, bool roberta,
                                   PostProcessor& out) {
  JsonFields fields(json, file + ": post_processor");
  const Result<TokenId> cls = named_id(fields.child("cls"), "cls", file),
                        sep = named_id(fields.child("sep"), "sep", file);
  if (!cls) return cls.error();
  if (!sep) return sep.error();
  const int second = roberta ? 0 : 1;  // RoBERTa knows a single segment
  out.single_ = {{-1, {*cls}, 0}, {0, {}, 0}, {-1, {*sep}, 0}};
  out.pair_ = out.single_;
  if (roberta) out.pair_.push_back({-1, {*sep}, 0});
  out.pair_.push_back({1, {}, second});
  out.pair_.push_back({-1, {*sep}, second});
  return {};
}

// ---- applying ----

std::vector<Token> PostProcessor::fill(const Template& items, const Half* halves, bool add_special) {
  std::vector<Token> result;
  int text = 0;  // added tokens stand at the end of what came before them
  std::size_t at = 0;
  for (const Item& item : items) {
    if (item.text >= 0) {
      text = item.text;
      at = halves[text].text_bytes;
      for (Token token : halves[text].tokens) {
        token.type_id = item.type_id;
        token.text = text;
        result.push_back(token);
      }
    } else if (add_special) {
      for (const TokenId id : item.ids) result.push_back({id, at, at, true, item.type_id, text});
    }
  }
  return result;
}

std::vector<Token> PostProcessor::apply(std::vector<Token> tokens, std::size_t text_bytes,
                                        bool add_special) const {
  if (single_.size() == 1 && single_.front().type_id == 0) return tokens;
  const Half half{std::move(tokens), text_bytes};
  return fill(single_, &half, add_special);
}

Result<std::vector<Token>> PostProcessor::apply_pair(const Half& first, const Half& second,
                                                     bool add_special) const {
  if (pair_.empty()) {
    return Error{ErrorCode::Unsupported, "the tokenizer's template says nothing about pairs of texts",
                 "Give one text, or a model that was trained on pairs"};
  }
  const Half halves[] = {first, second};
  return fill(pair_, halves, add_special);
}

}  // namespace headscope
