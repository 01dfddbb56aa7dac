#include "core/base/tidy/checks.h"

#include <algorithm>
#include <sstream>

namespace quorate::tidy {

namespace {

constexpr int kMaxColumns = 100;
constexpr int kMaxFileLines = 300;
constexpr int kMaxTestFileLines = 600;
constexpr int kMaxFunctionLines = 70;

// Does what stands before a brace open a namespace or a type? Then what is inside is looked at, and
// not counted itself.
bool opens_scope(std::string head) {
  if (head.starts_with("template")) {
    std::size_t end = head.find('<');
    for (int depth = 0; end < head.size(); ++end) {
      depth += head[end] == '<' ? 1 : head[end] == '>' ? -1 : 0;
      if (depth == 0) break;
    }
    head.erase(0, std::min(end + 1, head.size()));
  }
  const std::size_t paren = head.find('(');
  if (paren == std::string::npos && head.starts_with("extern \"")) return true;
  std::istringstream words(head.substr(0, paren));
  for (std::string word; words >> word;)
    if (word == "namespace" || word == "class" || word == "struct" || word == "union" ||
        word == "enum" || word == "TEST_SUITE")
      return true;
  return false;
}

// Blanks the preprocessor's lines, each with those it goes on to.
void blank_directives(std::string& code) {
  for (std::size_t at = 0; at < code.size();) {
    std::size_t end = std::min(code.find('\n', at), code.size());
    if (trimmed(std::string_view(code).substr(at, end - at)).starts_with("#")) {
      while (end < code.size() && code[end - 1] == '\\')
        end = std::min(code.find('\n', end + 1), code.size());
      blank(code, at, end);
    }
    at = end + 1;
  }
}

// Reads brace by brace. A function is a block in a namespace or a type with parentheses before it.
class FunctionSizes {
 public:
  Findings read(std::string_view path, const std::string& text) {
    path_ = path;
    code_ = code_of(text, Literals::blank_out);
    blank_directives(code_);
    for (std::size_t i = 0; i < code_.size(); ++i) {
      if (block_depth_ > 0)
        in_block(i);
      else
        in_scope(i);
    }
    if (scopes_ != 0 || block_depth_ != 0 || parens_ != 0)
      findings_.push_back(place(path_, line_of(code_, code_.size())) + "the braces don't balance");
    return findings_;
  }

 private:
  // Within namespaces and types only.
  void in_scope(std::size_t i) {
    const char c = code_[i];
    if (c == '(' || c == ')') parens_ += c == '(' ? 1 : -1;
    if (parens_ > 0) return;
    const std::string before = c == '{' || c == ':' ? text_since_head(i) : "";
    if (c == '{' && !opens_scope(before)) {
      block_depth_ = 1;
      before_block_ = before;
      return;
    }
    if (c == '{') ++scopes_;
    if (c == '}') --scopes_;
    const bool label = before == "public" || before == "protected" || before == "private";
    if (c == '{' || c == '}' || c == ';' || label) head_ = i + 1;
  }

  // Within a function or an initialiser.
  void in_block(std::size_t i) {
    block_depth_ += code_[i] == '{' ? 1 : code_[i] == '}' ? -1 : 0;
    if (block_depth_ > 0) return;
    const std::size_t next = code_.find_first_not_of(" \n", i + 1);
    const bool goes_on = next < code_.size() && (code_[next] == ',' || code_[next] == '{');
    if (goes_on) return;  // `A::A() : b_{1}, c_{2} {`
    while (is_space(code_[head_])) ++head_;
    const int lines = line_of(code_, i) - line_of(code_, head_) + 1;
    const bool is_function =
        before_block_.find('(') != std::string::npos && !before_block_.ends_with('=');
    if (is_function && lines > kMaxFunctionLines)
      findings_.push_back(place(path_, line_of(code_, head_)) + "a function of " +
                          std::to_string(lines) + " lines; at most " +
                          std::to_string(kMaxFunctionLines) + ": give its steps names");
    head_ = i + 1;
  }

  std::string text_since_head(std::size_t to) const {
    return trimmed(std::string_view(code_).substr(head_, to - head_));
  }

  std::string_view path_;
  std::string code_;
  Findings findings_;
  std::size_t head_ = 0;      // where what is about to open began
  std::string before_block_;  // what stands between there and its brace
  int scopes_ = 0;
  int block_depth_ = 0;
  int parens_ = 0;
};

}  // namespace

Findings line_findings(std::string_view path, const std::string& text) {
  Findings findings;
  std::istringstream lines(text);
  std::string line;
  int number = 0;
  while (std::getline(lines, line)) {
    ++number;
    const auto columns =
        std::count_if(line.begin(), line.end(), [](char c) { return (c & 0xc0) != 0x80; });
    if (columns > kMaxColumns)
      findings.push_back(place(path, number) + std::to_string(columns) + " columns; at most " +
                         std::to_string(kMaxColumns));
  }
  const int most = path.ends_with("_test.cc") ? kMaxTestFileLines : kMaxFileLines;
  if (number > most)
    findings.push_back(place(path, number) + std::to_string(number) + " lines; at most " +
                       std::to_string(most) + ": it is two things, so make it two files");
  return findings;
}

Findings function_findings(std::string_view path, const std::string& text) {
  return FunctionSizes().read(path, text);
}

}  // namespace quorate::tidy
