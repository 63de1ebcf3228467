#include "models/model_folders.h"

#include <algorithm>
#include <cstdlib>
#include <string_view>
#include <system_error>

#include "io/atomic_write.h"
#include "io/json.h"
#include "io/mapped_file.h"

namespace headscope {
namespace {

namespace fs = std::filesystem;

/// More entries than this in one folder are not somebody's models.
constexpr int kMaxEntries = 2000;
constexpr const char* kRecentFile = "recent-models.json";

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

bool is_checkpoint(const fs::path& folder) {
  std::error_code ignored;
  return fs::is_regular_file(folder / "config.json", ignored);
}

/// The folders in a folder; none where it cannot be read.
std::vector<fs::path> folders_in(const fs::path& parent) {
  std::vector<fs::path> found;
  std::error_code error;
  fs::directory_iterator at(parent, error);
  for (int i = 0; !error && i < kMaxEntries && at != fs::directory_iterator(); ++i) {
    std::error_code ignored;
    if (at->is_directory(ignored)) found.push_back(at->path());
    at.increment(error);
  }
  std::ranges::sort(found);
  return found;
}

fs::path hub_cache() {
  for (const char* name : {"HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE"}) {
    if (const std::string folder = variable(name); !folder.empty()) return folder;
  }
  if (const std::string home = variable("HF_HOME"); !home.empty()) return fs::path(home) / "hub";
  if (const std::string cache = variable("XDG_CACHE_HOME"); !cache.empty()) {
    return fs::path(cache) / "huggingface" / "hub";
  }
  const std::string home = variable("HOME");
  return home.empty() ? fs::path() : fs::path(home) / ".cache" / "huggingface" / "hub";
}

/// The snapshot of a cached model to open; empty when there is none.
fs::path snapshot_of(const fs::path& model) {
  if (const auto main = read_file(model / "refs" / "main", 1000); main) {
    std::string revision = *main;
    while (!revision.empty() && (revision.back() == '\n' || revision.back() == ' ')) revision.pop_back();
    const bool plain = !revision.empty() && revision.find('/') == revision.npos && revision.front() != '.';
    if (plain && is_checkpoint(model / "snapshots" / revision)) return model / "snapshots" / revision;
  }
  fs::path newest;
  fs::file_time_type newest_time;
  for (const fs::path& snapshot : folders_in(model / "snapshots")) {
    if (!is_checkpoint(snapshot)) continue;
    std::error_code ignored;
    const auto time = fs::last_write_time(snapshot, ignored);
    if (newest.empty() || time > newest_time) newest = snapshot, newest_time = time;
  }
  return newest;
}

/// "models--org--name" is "org/name".
void add_cached(const fs::path& cache, std::vector<ModelFolder>& models) {
  constexpr std::string_view kPrefix = "models--";
  for (const fs::path& entry : folders_in(cache)) {
    std::string name = entry.filename().string();
    if (!name.starts_with(kPrefix)) continue;
    name.erase(0, kPrefix.size());
    for (auto at = name.find("--"); at != name.npos; at = name.find("--", at)) name.replace(at, 2, "/");
    if (fs::path snapshot = snapshot_of(entry); !snapshot.empty()) models.push_back({name, snapshot});
  }
}

/// Checkpoints in a folder, or one level deeper (org/name).
void add_plain(const fs::path& parent, std::vector<ModelFolder>& models) {
  for (const fs::path& entry : folders_in(parent)) {
    const std::string name = entry.filename().string();
    if (is_checkpoint(entry)) {
      models.push_back({name, entry});
      continue;
    }
    for (const fs::path& inner : folders_in(entry)) {
      if (is_checkpoint(inner)) models.push_back({name + "/" + inner.filename().string(), inner});
    }
  }
}

}  // namespace

std::vector<ModelFolder> found_models() {
  std::vector<ModelFolder> models;
  if (const fs::path cache = hub_cache(); !cache.empty()) add_cached(cache, models);
  const std::string own = variable("HEADSCOPE_MODELS");
  for (std::size_t from = 0; from < own.size();) {
    const std::size_t to = std::min(own.find(':', from), own.size());
    if (to > from) add_plain(own.substr(from, to - from), models);
    from = to + 1;
  }
  if (const std::string home = variable("HOME"); !home.empty()) add_plain(fs::path(home) / "models", models);
  std::ranges::stable_sort(models, {}, &ModelFolder::name);
  return models;
}

std::vector<ModelFolder> recent_models(const fs::path& state_folder) {
  std::vector<ModelFolder> models;
  const auto json = read_json(state_folder / kRecentFile, {.max_bytes = 1 << 20, .max_depth = 4});
  if (!json || !json->is_array()) return models;
  for (const Json& entry : *json) {
    if (!entry.is_string()) continue;
    const fs::path folder = entry.get<std::string>();
    if (!is_checkpoint(folder)) continue;
    // Snapshots of the Hugging Face cache are named after their revision.
    const bool snapshot = folder.parent_path().filename() == "snapshots";
    std::string name = (snapshot ? folder.parent_path().parent_path() : folder).filename().string();
    if (snapshot && name.starts_with("models--")) {
      name.erase(0, 8);
      if (const auto at = name.find("--"); at != name.npos) name.replace(at, 2, "/");
    }
    models.push_back({name, folder});
  }
  return models;
}

Status remember_model(const fs::path& folder, const fs::path& state_folder) {
  std::error_code ignored;
  const std::string full = fs::weakly_canonical(folder, ignored).string();
  Json list = Json::array({full});
  for (const ModelFolder& known : recent_models(state_folder)) {
    if (known.folder.string() == full || static_cast<int>(list.size()) >= kMaxRecentModels) continue;
    list.push_back(known.folder.string());
  }
  fs::create_directories(state_folder, ignored);
  return write_file_atomically(state_folder / kRecentFile, json_text(list) + "\n");
}

}  // namespace headscope
