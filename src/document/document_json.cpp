#include "document/document_json.h"

#include <array>
#include <utility>

#include "base/version.h"
#include "document/model_reference.h"
#include "document/state_json.h"
#include "document/story_json.h"
#include "io/atomic_write.h"
#include "io/json.h"
#include "io/mapped_file.h"

namespace headscope {

namespace {

constexpr std::size_t kMaxFileBytes = std::size_t{16} << 20;
constexpr int kMaxVersion = 1'000'000;

constexpr std::array kFileFields = {"headscope", "program", "story"};

}  // namespace

std::string document_text(const Document& document) {
  Json known = state_json(document);
  known["headscope"] = kDocumentVersion;
  known["program"] = kVersion;
  if (!(*document.story == Story{})) known["story"] = story_json(*document.story, document);
  if (document.unknown_fields.empty()) return json_text(known) + "\n";
  Result<Json> all = parse_json(document.unknown_fields, "unknown fields");
  if (!all || !all->is_object()) return json_text(known) + "\n";
  all->update(known, true);
  return json_text(*all) + "\n";
}

Result<Document> parse_document(std::string_view text, std::string_view name) {
  Result<Json> json =
      parse_json(text, name, {.max_bytes = kMaxFileBytes, .max_depth = 32, .unique_keys = true});
  if (!json) return json.error();
  const std::string where(name);
  if (!json->is_object() || !json->contains("headscope")) {
    return Error{ErrorCode::Unsupported, "'" + where + "' is not a document of Headscope",
                 "Documents are JSON objects with \"headscope\": 1; open a checkpoint by its folder"};
  }
  JsonFields fields(*json, where);
  fields.integer("headscope", 1, kMaxVersion);
  if (!fields.status()) return fields.status().error();
  Document document;
  Json unknown = json_without(json_without(*json, kStateFields), kFileFields);
  if (Status status = read_state(*json, where, document, unknown); !status) return status.error();
  if (const Json& story = fields.child("story"); !story.is_null()) {
    Result<Story> read = read_story(story, where + ": story", document);
    if (!read) return read.error();
    document.story = std::move(*read);
  }
  if (!unknown.empty()) document.unknown_fields = json_text(unknown, -1);
  return document;
}

Result<Document> load_document(const std::filesystem::path& path) {
  Result<std::string> text = read_file(path, kMaxFileBytes);
  if (!text) return text.error();
  Result<Document> document = parse_document(*text, path.filename().string());
  if (!document) return document;
  return with_found_paths(std::move(*document), path.parent_path());
}

Status save_document(const Document& document, const std::filesystem::path& path) {
  return write_file_atomically(path, document_text(with_relative_paths(document, path.parent_path())));
}

}  // namespace headscope
