// A judged history, in text.
#include <algorithm>
#include <map>

#include "reports/table.h"
#include "reports/text_report.h"
#include "reports/utf8.h"
#include "reports/words.h"

namespace quorate::reports {

namespace {

constexpr std::size_t kWidestDrawing = 60;
constexpr std::size_t kLongestValue = 24;

std::string short_of(const std::string& value) {
  const std::string text = printable(value);
  return text.size() <= kLongestValue ? text : text.substr(0, kLongestValue - 3) + "...";
}

std::string what(const CheckedOperation& op) {
  std::string text = op.f + ' ';
  if (op.f == "cas") text += short_of(op.from) + " -> ";
  text += short_of(op.value);
  if (op.outcome == "not_swapped") text += ", did not swap";
  if (op.outcome == "found") text += ", found something";
  if (op.outcome == "not_found") text += ", found nothing";
  if (op.outcome == "unknown") text += ", fate unknown";
  return op.is_needed ? text : '(' + text + ')';
}

std::string lines_of(const CheckedOperation& op) {
  return std::to_string(op.begin_line) + '-' +
         (op.end_line == 0 ? "" : std::to_string(op.end_line));
}

// When each was open, beside the others: the moments at which one of them begins or ends, in their
// order, at even distances.
class Drawing {
 public:
  explicit Drawing(const std::vector<CheckedOperation>& operations) {
    for (const CheckedOperation& op : operations) {
      columns_[op.begin_line] = 0;
      if (has_end(op)) columns_[op.end_line] = 0;
    }
    const std::size_t step = columns_.size() * 4 <= kWidestDrawing ? 4 : 2;
    for (auto& [line, column] : columns_) {
      column = width_;
      width_ += step;
    }
    if (width_ > 2 * kWidestDrawing) width_ = 0;
  }

  std::string of(const CheckedOperation& op) const {
    if (width_ == 0) return "";
    const std::size_t begin = columns_.at(op.begin_line);
    std::string row(begin, ' ');
    row += '|';
    if (!has_end(op)) return row + std::string(width_ - begin - 1, '-') + ">";
    return row + std::string(columns_.at(op.end_line) - begin - 1, '-') + '|';
  }

 private:
  static bool has_end(const CheckedOperation& op) {
    return op.end_line != 0 && op.outcome != "unknown";
  }

  std::map<std::uint64_t, std::size_t> columns_;  // by line
  std::size_t width_ = 0;
};

std::string contradiction_of(const CheckedKey& key) {
  const auto needed = static_cast<std::uint64_t>(
      std::count_if(key.operations.begin(), key.operations.end(),
                    [](const CheckedOperation& op) { return op.is_needed; }));
  std::string text = "\nkey " + printable(key.key) + ": ";
  text += needed == 1 ? "this operation can't be explained\n\n"
                      : "these " + grouped(needed) + " operations contradict each other\n\n";
  const Drawing drawing(key.operations);
  Table table({Align::left, Align::right, Align::left, Align::left}, false);
  table.row({{"lines"}, {"process"}, {"operation"}, {"from its beginning to its end"}});
  for (const CheckedOperation& op : key.operations)
    table.row({{lines_of(op)}, {std::to_string(op.process)}, {what(op)}, {drawing.of(op)}});
  text += table.text(2) + "\n" + wrapped(printable(key.sentence), 2, kTextColumns);
  std::string about;
  if (needed < key.operations.size())
    about += "What stands in brackets may or may not have happened: that changes nothing. ";
  if (key.others > 0)
    about += "Nor does it matter whether the " + grouped(key.others) +
             " other operations on this key happened. ";
  about += !key.is_minimal ? "Perhaps fewer would do: the search for the least was cut short."
           : needed == 1   ? ""
                           : "Without any one of the " + grouped(needed) +
                               " there is an order that explains the rest.";
  return text + wrapped(about, 2, kTextColumns);
}

}  // namespace

void write_text(std::ostream& out, const CheckResult& check, TextOptions options) {
  const bool decided = check.undecided.empty();
  std::string text = !check.contradictions.empty()
                         ? painted("NOT LINEARIZABLE", Paint::bad, options.colour)
                     : decided ? painted("linearizable", Paint::good, options.colour)
                               : "undecided";
  text += ": " + printable(check.file) + '\n';
  Table table({Align::left, Align::left}, false);
  std::string operations = grouped(check.operations);
  if (check.unknown > 0) operations += ", the fate of " + grouped(check.unknown) + " unknown";
  if (check.failed > 0) operations += ", " + grouped(check.failed) + " failed";
  table.row({{"operations"}, {operations}});
  std::string keys = grouped(check.keys);
  if (!check.contradictions.empty())
    keys += ", " + grouped(check.contradictions.size()) + " not linearizable";
  table.row({{"keys"}, {keys}});
  text += table.text(2);
  for (const CheckedKey& key : check.contradictions) text += contradiction_of(key);
  for (const std::string& key : check.undecided)
    text += "\nkey " + printable(key) + ": undecided, " + grouped(check.memory_mib) +
            " MiB did not suffice (--memory-mib allows more)\n";
  out.write(text.data(), static_cast<std::streamsize>(text.size()));
}

}  // namespace quorate::reports
