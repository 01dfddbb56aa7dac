// How is it said to a person? Quoting, lists of words, and what a misspelt word was perhaps meant
// to be. Everything that these return is free of control characters, so a message stays one line.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace quorate::sim::reading {

using Words = std::vector<std::string_view>;

// The text with control characters written as \n or \u0001, and cut to about `at_most` bytes, never
// within a character, with "..." at the cut.
std::string shown(std::string_view text, std::size_t at_most);

// "text", in quotes, at most about 40 bytes of it.
std::string quoted(std::string_view text);

// one, two, three
std::string joined(std::span<const std::string_view> words);

// The one of `known` that was perhaps meant by `word`, or "" when none is near: the least edit
// distance (a letter too many, missing or wrong, or two neighbours exchanged; capitals do not
// matter) of at most a third of the word, or else the first that `word` is the beginning of.
std::string_view nearest(std::string_view word, std::span<const std::string_view> known);

// `; did you mean "x"?`, or nothing when no known word is near.
std::string did_you_mean(std::string_view word, std::span<const std::string_view> known);

}  // namespace quorate::sim::reading
