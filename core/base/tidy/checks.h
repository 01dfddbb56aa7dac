// Is the tree as the design wants it? The style guide as functions from a text to its findings.
//
// `path` is always from the root of the tree: "core/base/ids.h". Where a rule has exceptions, they
// stand in its own table. Only the tidy test calls these.
#pragma once

#include <string>
#include <string_view>

#include "core/base/tidy/text.h"

namespace quorate::tidy {

// Each floor includes only floors below it.
Findings include_findings(std::string_view path, const std::string& text);

// Clocks, random numbers, floats, unordered containers, threads: outside the places made for them.
Findings ban_findings(std::string_view path, const std::string& text);

// A map or set ordered by addresses is ordered differently in each run.
Findings pointer_order_findings(std::string_view path, const std::string& text);

// Lines of at most 100 columns; files of at most 300 lines, a test of at most 600.
Findings line_findings(std::string_view path, const std::string& text);

// Functions of at most 70 lines.
Findings function_findings(std::string_view path, const std::string& text);

// A header opens with a comment and has its `#pragma once`.
Findings header_findings(std::string_view path, const std::string& text);

// Folders and files are named in snake_case.
Findings name_findings(std::string_view path);

// A file that its folder's meson.build does not list is never compiled, and its tests never run.
Findings build_findings(std::string_view path, const std::string& meson_build);

// The top level is fixed; what is in it by the name `name`?
Findings top_level_findings(std::string_view name);

}  // namespace quorate::tidy
