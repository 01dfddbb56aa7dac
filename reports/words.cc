#include "reports/words.h"

#include <array>
#include <charconv>
#include <cmath>

#include "reports/utf8.h"

namespace quorate::reports {
namespace {

// Separators into the digits up to the decimal point, if there is one.
std::string with_separators(std::string digits) {
  const std::size_t first = digits.starts_with('-') ? 1 : 0;
  std::size_t at = digits.find('.');
  if (at == std::string::npos) at = digits.size();
  while (at > first + 3) {
    at -= 3;
    digits.insert(at, 1, ',');
  }
  return digits;
}

// Requires a finite number. The largest has 309 digits before its point.
std::string digits_of(double number, int decimals) {
  std::array<char, 400> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number,
                                 std::chars_format::fixed, decimals);
  return std::string(buffer.data(), end.ptr);
}

}  // namespace

std::string grouped(std::uint64_t number) { return with_separators(std::to_string(number)); }

std::string grouped(double number, int decimals) {
  return std::isfinite(number) ? with_separators(digits_of(number, decimals)) : "-";
}

std::string fixed(double number, int decimals) {
  return digits_of(std::isfinite(number) ? number : 0.0, decimals);
}

std::string counted(std::uint64_t number, std::string_view thing) {
  std::string text = grouped(number) + ' ';
  text += thing;
  if (number != 1) text += 's';
  return text;
}

std::string hex16(std::uint64_t number) {
  std::string text(16, '0');
  for (std::size_t i = 16; i > 0; --i, number >>= 4) text[i - 1] = "0123456789abcdef"[number & 15U];
  return text;
}

std::string virtual_time(std::int64_t us) {
  // The magnitude in unsigned numbers, because the least signed one has none among the signed.
  const auto bits = static_cast<std::uint64_t>(us);
  const std::uint64_t magnitude = us < 0 ? 0 - bits : bits;
  const std::string thousandths = std::to_string(magnitude % 1000);
  return (us < 0 ? "-" : "") + grouped(magnitude / 1000) + '.' +
         std::string(3 - thousandths.size(), '0') + thousandths + " ms";
}

std::string wall_time(double seconds) {
  if (!std::isfinite(seconds) || seconds < 0) return "-";
  if (seconds < 9.995) return digits_of(seconds, 2) + " s";
  if (seconds < 59.95) return digits_of(seconds, 1) + " s";
  if (seconds >= 1e15) return "-";
  const auto whole = static_cast<std::uint64_t>(seconds + 0.5);
  if (whole < 3600) return std::to_string(whole / 60) + " min " + std::to_string(whole % 60) + " s";
  return grouped(whole / 3600) + " h " + std::to_string(whole % 3600 / 60) + " min";
}

double per_second(std::uint64_t count, double seconds) {
  return seconds > 0 ? static_cast<double>(count) / seconds : 0.0;
}

std::string wrapped(std::string_view text, std::size_t indent, std::size_t columns) {
  std::string out;
  std::string line;
  const auto finish_line = [&] {
    if (!line.empty()) out += std::string(indent, ' ') + line + '\n';
    line.clear();
  };
  while (!text.empty()) {
    const std::size_t end = text.find(' ');
    const std::string_view word = text.substr(0, end);
    if (indent + columns_of(line) + 1 + columns_of(word) > columns) finish_line();
    if (!line.empty() && !word.empty()) line += ' ';
    line += word;
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  finish_line();
  return out;
}

}  // namespace quorate::reports
