// Why is this text no JSON? The first fault, where it begins, and its cause in plain words.
//
// Knows the grammar of JSON only as far as one fault is to be explained: that there is one, and
// near which byte, the parser has found out.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace quorate::sim::reading {

struct SyntaxFault {
  std::size_t offset = 0;  // in bytes; the text's size when something is missing at its end
  std::string cause;
};

// Both from 1; a column is a character, not a byte.
struct LineColumn {
  std::size_t line = 1;
  std::size_t column = 1;
};

// Requires offset <= text.size().
LineColumn line_and_column(std::string_view text, std::size_t offset);

// What must not stand in the text wherever it stands: nothing at all, a byte order mark, bytes that
// are not UTF-8, control characters other than blanks.
std::optional<SyntaxFault> unreadable_bytes(std::string_view text);

// In what the fault stands, all of it before the fault being sound.
enum class Inside { nothing, list, object };

// Requires a text without unreadable bytes that a JSON parser gave up on after it had taken
// `consumed` bytes (one more than there are: it met the end). `awaits_value`: the last that was
// read is a key, or nothing at all has been read.
SyntaxFault explain_syntax(std::string_view text, std::size_t consumed, Inside inside,
                           bool awaits_value);

}  // namespace quorate::sim::reading
