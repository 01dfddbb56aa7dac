// What may this text do to who reads it? Foreign text, rune by rune, for all writers.
//
// File names, abouts and trace lines come from users: they may hold broken UTF-8, or control
// characters that would move a terminal's cursor or make an XML file unreadable. The writers let
// sound UTF-8 through and replace the rest.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace quorate::reports {

struct Rune {
  char32_t code = 0;      // what it is; meaningless when not sound
  std::size_t bytes = 1;  // how many bytes it takes; 1 when not sound
  bool sound = false;     // well-formed UTF-8: no overlong form, no surrogate
};

// The first rune of `text`. Requires a text that is not empty.
Rune first_rune(std::string_view text);

// C0, DEL and C1. Tab and line feed are among them.
bool is_control(char32_t code);

// Fit for one line of a terminal: a tab, a line feed and a carriage return become a blank, every
// other control character and every byte that is not UTF-8 becomes '?'.
std::string printable(std::string_view text);

// How many columns a printable text takes: one a rune. Wide and combining runes are not weighed.
std::size_t columns_of(std::string_view text);

}  // namespace quorate::reports
