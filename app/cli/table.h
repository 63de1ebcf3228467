#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace headscope {

/// Text in columns, for a terminal or as comma-separated values. The columns are as wide as their widest
/// cell, counted in code points.
class Table {
 public:
  enum class Align { Left, Right };
  struct Column {
    std::string title;
    Align align = Align::Left;
  };

  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}
  /// REQUIRES: one cell for each column.
  void add(std::vector<std::string> cells);

  std::string text(bool with_titles = true) const;
  /// RFC 4180; the first line has the titles.
  std::string csv() const;

 private:
  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

/// "0.123": a number with so many decimals.
std::string fixed(double value, int decimals);

/// Text as it can stand in one line of a terminal: control characters and ill-formed bytes as \xNN.
std::string one_line(std::string_view text);
/// The same with spaces as "·" and newlines as "⏎".
std::string visible(std::string_view text);

}  // namespace headscope
