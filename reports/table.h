// How do rows line up? Cells in columns, two blanks between them, no blanks at a line's end.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace quorate::reports {

enum class Align { left, right };
enum class Paint { plain, good, bad };  // good is green and bad is red, where colours are wanted

// The text in its colour; the bare text where `colour` is not wanted.
std::string painted(std::string_view text, Paint paint, bool colour);

struct Cell {
  Cell(std::string cell_text, Paint cell_paint = Paint::plain)  // NOLINT: a text is a cell
      : text(std::move(cell_text)), paint(cell_paint) {}
  std::string text;  // made printable when the row is added
  Paint paint;
};

class Table {
 public:
  Table(std::vector<Align> columns, bool colour);

  // Requires at most as many cells as there are columns.
  void row(std::vector<Cell> cells);
  // Whole lines below the last row, as they are; they do not widen the columns.
  void note(std::string lines);

  std::string text(std::size_t indent) const;

 private:
  struct Row {
    std::vector<Cell> cells;
    std::string note;
  };
  std::vector<Align> columns_;
  std::vector<std::size_t> widths_;
  bool colour_;
  std::vector<Row> rows_;
};

}  // namespace quorate::reports
