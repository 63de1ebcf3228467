#include "preferences.h"

#include <fstream>
#include <iterator>

#include <nlohmann/json.hpp>

#include "io/atomic_write.h"

namespace headscope {

namespace {

using OrderedJson = nlohmann::ordered_json;

template <class T>
void read(const OrderedJson& json, const char* key, T& value) {
  const auto found = json.find(key);
  if (found == json.end()) return;
  if constexpr (std::is_same_v<T, bool>) {
    if (found->is_boolean()) value = found->template get<bool>();
  } else {
    if (found->is_number()) value = found->template get<T>();
  }
}

}  // namespace

Preferences load_preferences(const std::filesystem::path& path) {
  Preferences p;
  std::ifstream file(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const OrderedJson json = OrderedJson::parse(text, nullptr, false);
  if (!json.is_object()) return p;
  int x = 0, y = 0, sort = 0;
  if (json.contains("x") && json.contains("y")) {
    read(json, "x", x);
    read(json, "y", y);
    p.place.x = x;
    p.place.y = y;
  }
  read(json, "width", p.place.width);
  if (const auto folder = json.find("folder"); folder != json.end() && folder->is_string()) {
    p.folder = folder->get<std::string>();
  }
  if (const auto recent = json.find("recent"); recent != json.end() && recent->is_array()) {
    for (const OrderedJson& entry : *recent) {
      if (entry.is_string() && p.recent.size() < kMostRecent) p.recent.push_back(entry.get<std::string>());
    }
  }
  read(json, "height", p.place.height);
  read(json, "maximized", p.place.maximized);
  read(json, "head_sort", sort);
  if (sort >= 0 && sort <= static_cast<int>(HeadSort::Previous)) p.ui.sort = static_cast<HeadSort>(sort);
  return p;
}

Status save_preferences(const std::filesystem::path& path, const Preferences& p) {
  std::error_code ignored;
  std::filesystem::create_directories(path.parent_path(), ignored);
  OrderedJson json;
  if (p.place.x && p.place.y) {
    json["x"] = *p.place.x;
    json["y"] = *p.place.y;
  }
  json["width"] = p.place.width;
  json["height"] = p.place.height;
  json["maximized"] = p.place.maximized;
  json["folder"] = p.folder;
  json["recent"] = p.recent;
  json["head_sort"] = static_cast<int>(p.ui.sort);
  return write_file_atomically(path, json.dump(2, ' ', false, OrderedJson::error_handler_t::replace) + "\n");
}

}  // namespace headscope
