#include "reports/table.h"

#include <algorithm>

#include "core/base/check.h"
#include "reports/utf8.h"

namespace quorate::reports {

std::string painted(std::string_view text, Paint paint, bool colour) {
  if (!colour || paint == Paint::plain) return std::string(text);
  return (paint == Paint::good ? "\x1b[32m" : "\x1b[31m") + std::string(text) + "\x1b[0m";
}

Table::Table(std::vector<Align> columns, bool colour)
    : columns_(std::move(columns)), widths_(columns_.size(), 0), colour_(colour) {}

void Table::row(std::vector<Cell> cells) {
  QUORATE_CHECK(cells.size() <= columns_.size(), "a row has more cells than its table has columns");
  for (std::size_t i = 0; i < cells.size(); ++i) {
    cells[i].text = printable(cells[i].text);
    widths_[i] = std::max(widths_[i], columns_of(cells[i].text));
  }
  rows_.push_back({std::move(cells), {}});
}

void Table::note(std::string lines) {
  if (rows_.empty()) rows_.emplace_back();
  rows_.back().note += lines;
}

std::string Table::text(std::size_t indent) const {
  std::string out;
  for (const Row& row : rows_) {
    std::string line;
    std::size_t owed = indent;  // blanks, paid only when something follows
    for (std::size_t i = 0; i < row.cells.size(); ++i) {
      const Cell& cell = row.cells[i];
      const std::size_t spare = widths_[i] - columns_of(cell.text);
      if (columns_[i] == Align::right) owed += spare;
      if (!cell.text.empty()) {
        line.append(owed, ' ');
        line += painted(cell.text, cell.paint, colour_);
        owed = 0;
      }
      if (columns_[i] == Align::left) owed += spare;
      owed += 2;
    }
    if (!row.cells.empty()) out += line + '\n';
    out += row.note;
  }
  return out;
}

}  // namespace quorate::reports
