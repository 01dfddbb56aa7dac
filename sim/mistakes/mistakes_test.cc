#include "sim/mistakes/mistakes.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>
#include <string>
#include <typeinfo>
#include <vector>

using namespace quorate;
using namespace quorate::sim;

namespace {

// The decisions that rules.h lists: every `virtual ... name(`.
const std::set<std::string>& decisions() {
  static const std::set<std::string> found = [] {
    std::ifstream file(std::string(QUORATE_SOURCE_ROOT) + "/core/protocol/rules.h",
                       std::ios::binary);
    std::set<std::string> names;
    for (std::string line; std::getline(file, line);) {
      const std::size_t at = line.find("virtual ");
      const std::size_t end = line.find('(');
      if (at == std::string::npos || end == std::string::npos || line[at + 8] == '~') continue;
      names.insert(line.substr(line.rfind(' ', end) + 1, end - line.rfind(' ', end) - 1));
    }
    return names;
  }();
  return found;
}

// "ship_after, prev_matches" -> both.
std::vector<std::string> rules_of(const Mistake& mistake) {
  std::vector<std::string> names;
  std::istringstream in{std::string(mistake.rule)};
  for (std::string name; std::getline(in >> std::ws, name, ',');) names.push_back(name);
  return names;
}

}  // namespace

TEST_CASE("mistakes: there are enough of them, and each can be found by its name") {
  CHECK(mistakes().size() >= 20);
  for (const Mistake& mistake : mistakes()) CHECK(find_mistake(mistake.name) == &mistake);
  CHECK(find_mistake("") == nullptr);
  CHECK(find_mistake("no_such_mistake") == nullptr);
  CHECK(find_mistake("ok_before_quoru") == nullptr);
}

TEST_CASE("mistakes: their names, are snake_case, and no two are alike") {
  std::set<std::string_view> names;
  for (const Mistake& mistake : mistakes()) {
    CHECK_MESSAGE(
        mistake.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz_") == std::string_view::npos,
        mistake.name);
    CHECK_MESSAGE((mistake.name.front() != '_' && mistake.name.back() != '_'), mistake.name);
    names.insert(mistake.name);
  }
  CHECK(names.size() == mistakes().size());
}

TEST_CASE("mistakes: each, says what it does in a clause and who has made it") {
  for (const Mistake& mistake : mistakes()) {
    CHECK_MESSAGE((mistake.about.size() > 10 && mistake.about.back() != '.'), mistake.name);
    CHECK_MESSAGE((mistake.about.front() >= 'a' && mistake.about.front() <= 'z'), mistake.name);
    CHECK_MESSAGE(mistake.source.size() > 3, mistake.name);
  }
}

TEST_CASE("mistakes: each, is of decisions that rules.h has") {
  REQUIRE(decisions().size() > 20);
  REQUIRE(decisions().count("acks_needed") == 1);
  for (const Mistake& mistake : mistakes()) {
    CHECK_FALSE(rules_of(mistake).empty());
    for (const std::string& rule : rules_of(mistake))
      CHECK_MESSAGE(decisions().count(rule) == 1, mistake.name, ": ", rule);
  }
}

// A decision that no mistake gets wrong is one that no check was ever shown to guard.
TEST_CASE("mistakes: every decision of rules.h, is got wrong by one of them") {
  std::set<std::string> wrong;
  for (const Mistake& mistake : mistakes())
    for (const std::string& rule : rules_of(mistake)) wrong.insert(rule);
  for (const std::string& decision : decisions())
    CHECK_MESSAGE(wrong.count(decision) == 1, decision);
}

TEST_CASE("mistakes: each, has rules of its own, which are not the sound ones") {
  const Rules& sound = sound_rules();
  std::vector<const std::type_info*> types{&typeid(sound)};
  for (const Mistake& mistake : mistakes()) {
    REQUIRE(mistake.rules != nullptr);
    const Rules& rules = *mistake.rules;
    const std::type_info& type = typeid(rules);
    CHECK_MESSAGE(std::none_of(types.begin(), types.end(), [&](auto* t) { return *t == type; }),
                  mistake.name);
    types.push_back(&type);
  }
}
