#include "models/families/class_names.h"

#include <algorithm>

namespace headscope {
namespace {

constexpr std::size_t kMaxClasses = 100'000;

}  // namespace

Result<std::vector<std::string>> class_names(const Json& config) {
  std::vector<std::string> names;
  const Json labels = config.value("id2label", Json());
  const std::size_t n = labels.is_object() ? labels.size() : 2;
  for (std::size_t i = 0; i < std::min(n, kMaxClasses); ++i) {
    const std::string key = std::to_string(i);
    const bool named = labels.is_object() && labels.contains(key) && labels[key].is_string();
    if (labels.is_object() && !named) break;
    names.push_back(named ? labels[key].get<std::string>() : "LABEL_" + key);
  }
  if (names.size() == n && n > 0) return names;
  return Error{ErrorCode::Corrupt,
               "config.json: 'id2label' must name each class by its number, from 0 on, at most " +
                   std::to_string(kMaxClasses),
               "Check that config.json belongs to this checkpoint"};
}

}  // namespace headscope
