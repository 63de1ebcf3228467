#include "file_list.h"

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <string_view>
#include <system_error>

#include "base/utf8.h"
#include "input_file.h"
#include "io/json.h"
#include "models/model_folders.h"

namespace headscope {

namespace {

namespace fs = std::filesystem;
using Kind = UiFileEntry::Kind;

constexpr std::size_t kMostEntries = 5000;

std::string lower(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

/// "checkpoint · llama", from the first words of its config.json.
std::string checkpoint_detail(const fs::path& folder) {
  constexpr std::uintmax_t kLargestConfig = 1 << 20;
  std::error_code error;
  const fs::path file = folder / "config.json";
  if (const auto size = fs::file_size(file, error); error || size > kLargestConfig) return "checkpoint";
  const Result<Json> config = read_json(file);
  if (!config || !config->is_object()) return "checkpoint";
  const auto type = config->find("model_type");
  if (type == config->end() || !type->is_string()) return "checkpoint";
  return "checkpoint · " + to_valid_utf8(type->get<std::string>()).substr(0, 40);
}

/// Whether it can be opened, and as what.
bool describe(const fs::path& path, bool is_folder, std::optional<InputKind> wanted, UiFileEntry& entry) {
  std::error_code error;
  if (is_folder) {
    const bool checkpoint = fs::is_regular_file(path / "config.json", error);
    entry.kind = checkpoint ? Kind::Checkpoint : Kind::Folder;
    entry.detail = checkpoint ? checkpoint_detail(path) : "folder";
    return true;
  }
  const std::string extension = lower(path.extension().string());
  if (extension == ".headscope") {
    entry.kind = Kind::Document;
    entry.detail = "document";
  } else if (extension == ".png" || extension == ".svg" || extension == ".pdf") {
    entry.kind = Kind::Picture;
    entry.detail = "picture";
  } else if (extension == ".safetensors") {
    entry.kind = Kind::Dump;
    entry.detail = "attention dump";
  } else if (const std::optional<InputKind> input = input_kind_of(path); input && input == wanted) {
    entry.kind = input == InputKind::Sound ? Kind::Sound : Kind::Picture;
    entry.detail = input == InputKind::Sound ? "sound" : "picture";
  } else {
    return false;
  }
  return true;
}

}  // namespace

UiFileEntry file_entry(const fs::path& path) {
  UiFileEntry entry;
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (error || !fs::exists(status) || !describe(path, fs::is_directory(status), input_kind_of(path), entry))
    return entry;
  const fs::path name = path.filename().empty() ? path.parent_path().filename() : path.filename();
  entry.name = to_valid_utf8(name.string());
  entry.path = path.string();
  return entry;
}

UiFiles list_files(const fs::path& given, InputKind wanted) {
  UiFiles files;
  std::error_code error;
  const fs::path folder = fs::weakly_canonical(given, error);
  files.folder = to_valid_utf8(folder.string());
  if (folder.has_parent_path() && folder.parent_path() != folder)
    files.parent = folder.parent_path().string();
  fs::directory_iterator at(folder, error);
  if (error) {
    files.problem = "This folder cannot be read: " + error.message();
    return files;
  }
  for (const fs::directory_iterator end; at != end; at.increment(error)) {
    if (error || files.entries.size() >= kMostEntries) break;
    UiFileEntry entry;
    const std::string name = at->path().filename().string();
    if (name.starts_with('.') || !describe(at->path(), at->is_directory(error), wanted, entry)) continue;
    entry.name = to_valid_utf8(name);
    entry.path = at->path().string();
    files.entries.push_back(std::move(entry));
  }
  const auto rank = [](const UiFileEntry& entry) { return entry.kind <= Kind::Checkpoint ? 0 : 1; };
  std::sort(files.entries.begin(), files.entries.end(), [&](const UiFileEntry& a, const UiFileEntry& b) {
    if (rank(a) != rank(b)) return rank(a) < rank(b);
    const std::string x = lower(a.name), y = lower(b.name);
    return x != y ? x < y : a.name < b.name;
  });
  return files;
}

std::vector<UiFileEntry> known_files(const std::vector<std::string>& recent, bool found) {
  constexpr std::size_t kMostKnown = 60;
  std::vector<UiFileEntry> known;
  const auto add = [&](const fs::path& path, const std::string& name, const char* origin) {
    std::error_code error;
    const fs::path whole = fs::weakly_canonical(path, error);
    const auto is_it = [&](const UiFileEntry& entry) { return entry.path == whole.string(); };
    if (error || known.size() >= kMostKnown || std::any_of(known.begin(), known.end(), is_it)) return;
    UiFileEntry entry = file_entry(whole);
    if (entry.name.empty()) return;
    if (!name.empty()) entry.name = to_valid_utf8(name);
    entry.origin = origin;
    known.push_back(std::move(entry));
  };
  for (const std::string& path : recent) add(path, "", "recent");
  for (const ModelFolder& model : recent_models()) add(model.folder, model.name, "recent");
  if (!found) return known;
  for (const ModelFolder& model : found_models()) add(model.folder, model.name, "found here");
  return known;
}

fs::path expand_home(const std::string& path) {
  const char* home = std::getenv("HOME");
  if (home && path.starts_with("~/")) return fs::path(home) / path.substr(2);
  return path;
}

}  // namespace headscope
