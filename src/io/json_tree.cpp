#include "io/json_tree.h"

#include <utility>

namespace headscope {

Json& JsonTree::place(Json value) {
  if (open_.empty()) return root_ = std::move(value);
  Json& parent = *open_.back();
  if (parent.is_array()) return parent.emplace_back(std::move(value));
  return parent[key_] = std::move(value);
}

bool JsonTree::add(Json value) {
  place(std::move(value));
  return true;
}

bool JsonTree::open(Json value) {
  open_.push_back(&place(std::move(value)));
  return true;
}

bool JsonTree::close() {
  open_.pop_back();
  return true;
}

bool JsonTree::key(string_t& value) {
  key_ = std::move(value);
  return true;
}

bool JsonTree::parse_error(std::size_t, const std::string&, const Json::exception& error) {
  reason_ = error.what();
  if (const auto* at = dynamic_cast<const Json::parse_error*>(&error)) error_byte_ = at->byte;
  return false;
}

}  // namespace headscope
