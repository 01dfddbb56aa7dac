#include "core/base/tidy/checks.h"

#include <algorithm>
#include <array>

namespace quorate::tidy {

Findings header_findings(std::string_view path, const std::string& text) {
  Findings findings;
  if (!path.ends_with(".h")) return findings;
  if (!text.starts_with("//"))
    findings.push_back(place(path, 1) + "open with a comment: which question is answered here?");
  if (code_of(text, Literals::keep).find("#pragma once\n") == std::string::npos)
    findings.push_back(place(path, 1) + "write `#pragma once` below the opening comment");
  return findings;
}

Findings name_findings(std::string_view path) {
  const std::string_view name = path.substr(path.rfind('/') + 1);
  const bool sound = std::all_of(path.begin(), path.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '/';
  });
  if (sound || name == "README.md") return {};
  return {place(path, 1) + "name it in snake_case: small letters, digits and `_`"};
}

Findings build_findings(std::string_view path, const std::string& meson_build) {
  if (!path.ends_with(".cc")) return {};
  std::string listed(path.substr(path.rfind('/') + 1));
  if (listed.ends_with("_test.cc")) listed.erase(listed.size() - 8);
  if (listed == "test_main.cc") return {};  // the root lists it
  if (meson_build.find("'" + listed + "'") != std::string::npos) return {};
  return {place(path, 1) + "list '" + listed + "' in its folder's meson.build"};
}

Findings top_level_findings(std::string_view name) {
  constexpr std::array<std::string_view, 8> kKnown{"LICENSE", "README.md", "core", "meson.build",
                                                   "reports", "scenarios", "sim",  "subprojects"};
  const bool known = std::find(kKnown.begin(), kKnown.end(), name) != kKnown.end();
  // Dotfiles are free; git ignores the build folders (.gitignore, /build*/).
  if (known || name.starts_with('.') || name.starts_with("build")) return {};
  return {place(name, 1) + "the top level is fixed; find it a room below core, sim or reports"};
}

}  // namespace quorate::tidy
