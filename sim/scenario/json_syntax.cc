#include "sim/scenario/json_syntax.h"

#include <algorithm>
#include <charconv>

#include "sim/scenario/wording.h"

namespace quorate::sim::reading {

namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
// What people write words and numbers with; JSON itself needs fewer.
bool is_wordlike(char c) {
  return is_digit(c) || is_letter(c) || std::string_view("+-._$").find(c) != std::string_view::npos;
}
bool is_literal(std::string_view word) {
  return word == "true" || word == "false" || word == "null";
}

bool is_number(std::string_view token) {
  std::size_t i = 0;
  const auto digits = [&] {
    const std::size_t first = i;
    while (i < token.size() && is_digit(token[i])) ++i;
    return i - first;
  };
  if (token.starts_with('-')) ++i;
  const bool zero = i < token.size() && token[i] == '0';
  const std::size_t before_point = digits();
  if (before_point == 0 || (zero && before_point > 1)) return false;
  if (i < token.size() && token[i] == '.') {
    ++i;
    if (digits() == 0) return false;
  }
  if (i < token.size() && (token[i] == 'e' || token[i] == 'E')) {
    ++i;
    if (i < token.size() && (token[i] == '+' || token[i] == '-')) ++i;
    if (digits() == 0) return false;
  }
  return i == token.size();
}

// The code unit behind a \u, or nothing when it isn't four hexadecimal digits.
std::optional<unsigned> code_unit(std::string_view token, std::size_t at) {
  if (token.size() < at + 6 || token[at] != '\\' || token[at + 1] != 'u') return std::nullopt;
  unsigned unit = 0;
  const char* const end = token.data() + at + 6;
  const auto [stopped, error] = std::from_chars(token.data() + at + 2, end, unit, 16);
  if (error != std::errc() || stopped != end) return std::nullopt;
  return unit;
}

struct Escape {
  std::size_t size = 2;
  const char* fault = nullptr;
};

// The escape at `at`, where a backslash stands that is not the token's last character.
Escape escape_at(std::string_view token, std::size_t at) {
  if (token[at + 1] != 'u') {
    if (std::string_view("\"\\/bfnrt").find(token[at + 1]) != std::string_view::npos) return {};
    return {2, "this is no escape that JSON knows; the backslash itself is written as \\\\"};
  }
  const auto unit = code_unit(token, at);
  if (!unit) return {2, "\\u needs four hexadecimal digits after it"};
  if (*unit < 0xD800 || *unit > 0xDFFF) return {6, nullptr};
  const auto other = code_unit(token, at + 6);
  if (*unit > 0xDBFF || !other || *other < 0xDC00 || *other > 0xDFFF)
    return {6,
            "this is only one half of a character; \\ud8.. to \\udb.. and \\udc.. to \\udf.. "
            "stand in pairs"};
  return {12, nullptr};
}

// What is wrong within the string that `token` begins with, or nothing.
std::optional<SyntaxFault> fault_in_string(std::string_view token, std::size_t offset) {
  std::size_t i = 1;
  while (i < token.size()) {
    if (token[i] == '"') return std::nullopt;
    if (token[i] == '\n' || token[i] == '\r')
      return SyntaxFault{offset, "this string is not closed on its line"};
    if (token[i] == '\t') return SyntaxFault{offset + i, "a tab within a string is written as \\t"};
    if (token[i] != '\\') {
      ++i;
      continue;
    }
    if (i + 1 == token.size()) break;
    const Escape escape = escape_at(token, i);
    if (escape.fault != nullptr) return SyntaxFault{offset + i, escape.fault};
    i += escape.size;
  }
  return SyntaxFault{offset, "this string has no closing quote"};
}

std::size_t end_of_token(std::string_view text, std::size_t at) {
  std::size_t end = at + 1;
  if (text[at] == '"') {
    while (end < text.size() && text[end] != '"') end += text[end] == '\\' ? 2 : 1;
    return std::min(end + 1, text.size());
  }
  if (is_wordlike(text[at]))
    while (end < text.size() && is_wordlike(text[end])) ++end;
  return end;
}

bool is_whole_token(std::string_view token) {
  if (token.front() == '"') return !fault_in_string(token, 0);
  return !is_wordlike(token.front()) || is_literal(token) || is_number(token);
}

struct Token {
  std::string_view token;  // empty: the end of the text
  std::size_t offset = 0;
  std::string_view before;  // the token before it
};

// The token at which a parser gave up after `consumed` bytes: the first that is unsound in itself,
// or else the one that it had just read. All before it are sound.
Token token_at(std::string_view text, std::size_t consumed) {
  Token last;
  std::size_t at = 0;
  while (true) {
    while (at < text.size() && is_blank(text[at])) ++at;
    if (at == text.size()) return {{}, text.size(), last.token};
    const std::size_t end = end_of_token(text, at);
    last = {text.substr(at, end - at), at, last.token};
    if (end >= consumed || !is_whole_token(last.token)) return last;
    at = end;
  }
}

// A sound token, or a mark of some kind, where something else is expected.
std::string misplaced(const Token& found, Inside inside, bool awaits_value) {
  const std::string_view before = found.before;
  if (inside == Inside::nothing)
    return awaits_value ? "an object is expected, which begins with {"
                        : "something stands after the end";
  const std::string close = inside == Inside::list ? "]" : "}";
  if (found.token.empty())
    return "the text ends here, but " + close +
           " is missing: " + (inside == Inside::list ? "a list" : "an object") + " is not closed";
  if (awaits_value)
    return before == ":" ? "a value is missing after the colon"
                         : "a colon is missing after the key";
  if (before != "," && before != "{" && before != "[")
    return "a comma or " + close + " is missing before this";
  if (before == "," && found.token == close) return "a comma stands before the closing " + close;
  if (before == "," && found.token == ",") return "a comma stands here twice";
  const std::string wanted = inside == Inside::list ? "a value" : "a key in double quotes";
  return wanted + (before == "," ? "" : " or " + close) + " is expected here";
}

bool expects_value(const Token& found, Inside inside, bool awaits_value) {
  if (inside == Inside::nothing) return awaits_value;
  if (inside == Inside::object) return awaits_value && found.before == ":";
  return found.before == "[" || found.before == ",";
}

bool expects_key(const Token& found, Inside inside, bool awaits_value) {
  return inside == Inside::object && !awaits_value && (found.before == "{" || found.before == ",");
}

std::string about_word(const Token& found, Inside inside, bool awaits_value) {
  const std::string_view word = found.token;
  if (expects_key(found, inside, awaits_value)) return "a key stands in double quotes";
  const bool is_name = is_letter(word.front()) || word.front() == '_' || word.front() == '$';
  if (!is_name && !is_number(word))
    return "this is no number that JSON knows (no leading + or zeros, no point without digits on "
           "both sides)";
  if (!expects_value(found, inside, awaits_value) || is_literal(word))
    return misplaced(found, inside, awaits_value);
  if (is_number(word)) return "this number is too large";
  for (const std::string_view literal : {"true", "false", "null"})
    if (nearest(word, {&literal, 1}) == literal)
      return "this is no word that JSON knows; did you mean " + std::string(literal) + "?";
  return "a text stands in double quotes";
}

bool is_foreign_quote(std::string_view text) {
  if (text.front() == '\'' || text.front() == '`') return true;
  constexpr std::string_view kCurled = "\xE2\x80";  // and 98, 99, 9C or 9D
  if (!text.starts_with(kCurled) || text.size() == kCurled.size()) return false;
  return std::string_view("\x98\x99\x9C\x9D").find(text[kCurled.size()]) != std::string_view::npos;
}

// The size of the UTF-8 character at `at`, or 0 when there is none.
std::size_t character_size(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) -> unsigned {
    return at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0U;
  };
  const auto follows = [&](std::size_t i) { return (byte(i) & 0xC0U) == 0x80U; };
  const unsigned first = byte(0), second = byte(1);
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return follows(1) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    if ((first == 0xE0 && second < 0xA0) || (first == 0xED && second > 0x9F)) return 0;
    return follows(1) && follows(2) ? 3 : 0;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    if ((first == 0xF0 && second < 0x90) || (first == 0xF4 && second > 0x8F)) return 0;
    return follows(1) && follows(2) && follows(3) ? 4 : 0;
  }
  return 0;
}

std::string byte_in_hex(char c) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  const auto byte = static_cast<unsigned char>(c);
  return std::string("0x") + kDigits[byte / 16] + kDigits[byte % 16];
}

}  // namespace

LineColumn line_and_column(std::string_view text, std::size_t offset) {
  LineColumn at;
  for (const char c : text.substr(0, offset)) {
    if (c == '\n') {
      ++at.line;
      at.column = 1;
    } else if ((static_cast<unsigned char>(c) & 0xC0U) != 0x80U) {
      ++at.column;
    }
  }
  return at;
}

std::optional<SyntaxFault> unreadable_bytes(std::string_view text) {
  if (std::all_of(text.begin(), text.end(), is_blank)) return SyntaxFault{0, "the text is empty"};
  if (text.starts_with("\xEF\xBB\xBF"))
    return SyntaxFault{0, "the text begins with a byte order mark; save it as UTF-8 without one"};
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t size = character_size(text, at);
    if (size == 0)
      return SyntaxFault{at, "the byte " + byte_in_hex(text[at]) + " is not UTF-8 here"};
    if (static_cast<unsigned char>(text[at]) < 0x20 && !is_blank(text[at]))
      return SyntaxFault{at, "a control character, the byte " + byte_in_hex(text[at])};
    at += size;
  }
  return std::nullopt;
}

SyntaxFault explain_syntax(std::string_view text, std::size_t consumed, Inside inside,
                           bool awaits_value) {
  const Token found = token_at(text, consumed);
  if (found.token.empty()) return {found.offset, misplaced(found, inside, awaits_value)};
  const char first = found.token.front();
  if (first == '"')
    if (auto fault = fault_in_string(found.token, found.offset)) return *fault;
  if (first == '/' || first == '#') return {found.offset, "JSON has no comments"};
  if (is_foreign_quote(text.substr(found.offset)))
    return {found.offset, "strings stand in plain double quotes, \"like this\""};
  if (is_wordlike(first)) return {found.offset, about_word(found, inside, awaits_value)};
  return {found.offset, misplaced(found, inside, awaits_value)};
}

}  // namespace quorate::sim::reading
