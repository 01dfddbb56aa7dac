#include "core/base/tidy/text.h"

#include <algorithm>
#include <cctype>

namespace quorate::tidy {

namespace {

// Where the literal that opens at `at` ends: one past its closing quote.
std::size_t literal_end(std::string_view text, std::size_t at) {
  if (at > 0 && text[at - 1] == 'R' && text[at] == '"') {
    const std::size_t open = text.find('(', at);
    if (open == std::string_view::npos) return text.size();
    const std::string close = ")" + std::string(text.substr(at + 1, open - at - 1)) + "\"";
    const std::size_t end = text.find(close, open);
    return end == std::string_view::npos ? text.size() : end + close.size();
  }
  std::size_t i = at + 1;
  while (i < text.size() && text[i] != text[at] && text[i] != '\n') i += text[i] == '\\' ? 2 : 1;
  return i + 1;
}

}  // namespace

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }
bool is_space(char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; }

int line_of(std::string_view text, std::size_t at) {
  return 1 + static_cast<int>(std::count(text.begin(), text.begin() + static_cast<long>(at), '\n'));
}

std::string trimmed(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return std::string(text);
}

void blank(std::string& text, std::size_t from, std::size_t to) {
  for (std::size_t i = from; i < std::min(to, text.size()); ++i)
    if (text[i] != '\n') text[i] = ' ';
}

std::string code_of(std::string text, Literals literals) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::string_view two = std::string_view(text).substr(i, 2);
    if (two == "//" || two == "/*") {
      const std::size_t end = two == "//" ? text.find('\n', i) : text.find("*/", i + 2);
      const std::size_t to = end == std::string::npos ? text.size() : end + (two == "/*" ? 2 : 0);
      blank(text, i, to);
      i = to - 1;
    } else if (text[i] == '"' || (text[i] == '\'' && (i == 0 || !is_word(text[i - 1])))) {
      const std::size_t end = literal_end(text, i);  // 1'000 is no literal: hence the line above
      if (literals == Literals::blank_out) blank(text, i + 1, end - 1);
      i = end - 1;
    }
  }
  return text;
}

std::string place(std::string_view path, int line) {
  return std::string(path) + ":" + std::to_string(line) + ": ";
}

}  // namespace quorate::tidy
