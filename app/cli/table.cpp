#include "cli/table.h"

#include <algorithm>
#include <cassert>
#include <cstdio>

#include "base/utf8.h"

namespace headscope {

namespace {

std::size_t width_of(const std::string& text) {
  return code_points(text).size();
}

std::string csv_cell(const std::string& cell) {
  if (cell.find_first_of(",\"\r\n") == std::string::npos) return cell;
  std::string quoted = "\"";
  for (const char c : cell) quoted += c == '"' ? "\"\"" : std::string(1, c);
  return quoted + "\"";
}

}  // namespace

void Table::add(std::vector<std::string> cells) {
  assert(cells.size() == columns_.size());
  rows_.push_back(std::move(cells));
}

std::string Table::text(bool with_titles) const {
  std::vector<std::size_t> widths;
  for (const Column& column : columns_) widths.push_back(with_titles ? width_of(column.title) : 0);
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width_of(row[i]));
  }
  std::string text;
  const auto add_row = [&](const auto& cell_of) {
    std::string line;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      const std::string& cell = cell_of(i);
      const std::string padding(widths[i] - width_of(cell), ' ');
      if (i > 0) line += "  ";
      line += columns_[i].align == Align::Right ? padding + cell : cell + padding;
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  };
  if (with_titles) add_row([&](std::size_t i) -> const std::string& { return columns_[i].title; });
  for (const auto& row : rows_) add_row([&](std::size_t i) -> const std::string& { return row[i]; });
  return text;
}

std::string Table::csv() const {
  std::string text;
  for (std::size_t i = 0; i < columns_.size(); ++i) text += (i ? "," : "") + csv_cell(columns_[i].title);
  text += "\r\n";
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i < row.size(); ++i) text += (i ? "," : "") + csv_cell(row[i]);
    text += "\r\n";
  }
  return text;
}

std::string fixed(double value, int decimals) {
  char text[64];
  std::snprintf(text, sizeof text, "%.*f", decimals, value);
  return text;
}

std::string one_line(std::string_view text) {
  std::string result;
  for (const CodePoint& point : code_points(text)) {
    const std::string_view bytes = text.substr(point.begin, point.length);
    if (point.well_formed && point.value >= 0x20 && !(point.value >= 0x7F && point.value < 0xA0)) {
      result += bytes;
      continue;
    }
    for (const char byte : bytes) {
      char escaped[5];
      std::snprintf(escaped, sizeof escaped, "\\x%02x",
                    static_cast<unsigned>(static_cast<unsigned char>(byte)));
      result += escaped;
    }
  }
  return result;
}

std::string visible(std::string_view text) {
  std::string marked;
  for (const char c : text) marked += c == ' ' ? "·" : c == '\n' ? "⏎" : std::string(1, c);
  return one_line(marked);
}

}  // namespace headscope
