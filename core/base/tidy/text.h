// What in a source is code? Texts for the tidy checks to read.
//
// Comments and literals turn into spaces, so that no word in them is taken for code, and everything
// keeps its line. A heuristic, not a compiler: it knows raw strings and 1'000, but no trigraphs.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace quorate::tidy {

// "path:line: what is wrong; what to write instead", each.
using Findings = std::vector<std::string>;

// The text with its comments, and if so wished what stands within quotes, turned into spaces.
enum class Literals { keep, blank_out };
std::string code_of(std::string text, Literals literals);

// Turns [from, to) into spaces, except for the ends of lines.
void blank(std::string& text, std::size_t from, std::size_t to);

bool is_word(char c);  // of an identifier
bool is_space(char c);
std::string trimmed(std::string_view text);
int line_of(std::string_view text, std::size_t at);  // the first is 1

// "path:line: ", the beginning of a finding.
std::string place(std::string_view path, int line);

}  // namespace quorate::tidy
