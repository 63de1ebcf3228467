#include "tokenizers/special_template.h"

#include "io/quote.h"

namespace headscope {

Result<SpecialTemplate> SpecialTemplate::read(const Json& json, const std::string& file) {
  SpecialTemplate result;
  if (json.is_null()) return result;
  if (Status status = read_step(json, file, result); !status) return status.error();
  return result;
}

Status SpecialTemplate::read_step(const Json& json, const std::string& file, SpecialTemplate& out) {
  JsonFields fields(json, file + ": post_processor");
  const std::string type = fields.string("type");
  if (!fields.status()) return fields.status();
  if (type == "Sequence") {
    for (const Json& child : fields.child("processors")) {
      if (Status status = read_step(child, file, out); !status) return status;
    }
    return {};
  }
  if (type == "ByteLevel") return {};
  if (type == "TemplateProcessing") return read_single(json, file, out);
  return Error{ErrorCode::Unsupported,
               file + ": a post_processor of the kind " + quote(type) + " is not supported",
               "Supported are TemplateProcessing and ByteLevel"};
}

Status SpecialTemplate::read_single(const Json& json, const std::string& file, SpecialTemplate& out) {
  const auto corrupt = [&](const std::string& what) {
    return Error{ErrorCode::Corrupt, file + ": post_processor " + what, "Download the tokenizer again"};
  };
  JsonFields fields(json, file);
  const Json& single = fields.child("single");
  const Json& special_tokens = fields.child("special_tokens");
  if (!single.is_array()) return corrupt("'single' must be a list");
  bool seen_text = false;
  for (const Json& item : single) {
    if (item.is_object() && item.contains("Sequence")) {
      seen_text = true;
      continue;
    }
    if (!item.is_object() || !item.contains("SpecialToken")) return corrupt("'single' holds an unknown item");
    const std::string name = JsonFields(item["SpecialToken"], file).string("id");
    if (!special_tokens.is_object() || !special_tokens.contains(name)) {
      return corrupt("names the special token " + quote(name) + ", which it does not describe");
    }
    const Json& ids = JsonFields(special_tokens[name], file).child("ids");
    if (!ids.is_array()) return corrupt("special token " + quote(name) + " has no list of ids");
    for (const Json& id : ids) {
      if (!id.is_number_unsigned() || id.get<std::uint64_t>() > 16'000'000) {
        return corrupt("special token " + quote(name) + " has the id " + quote(json_text(id, -1), 40));
      }
      (seen_text ? out.after_ : out.before_).push_back(id.get<TokenId>());
    }
  }
  return {};
}

std::vector<Token> SpecialTemplate::apply(std::vector<Token> tokens, std::size_t text_bytes) const {
  std::vector<Token> result;
  result.reserve(before_.size() + tokens.size() + after_.size());
  for (const TokenId id : before_) result.push_back({id, 0, 0, true});
  result.insert(result.end(), tokens.begin(), tokens.end());
  for (const TokenId id : after_) result.push_back({id, text_bytes, text_bytes, true});
  return result;
}

}  // namespace headscope
