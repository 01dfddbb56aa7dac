#include "core/base/tidy/checks.h"

#include <algorithm>
#include <vector>

namespace quorate::tidy {

namespace {

bool starts_with_any(std::string_view path, const std::vector<std::string_view>& starts) {
  return std::any_of(starts.begin(), starts.end(), [&](auto s) { return path.starts_with(s); });
}

enum class When {
  always,  // wherever the word stands
  called,  // name(...), std::name(...), but no member, no declaration, nobody else's function
  in_std,  // std::name or std::ranges::name
};

struct Ban {
  When when;
  std::vector<std::string_view> words;  // one that begins with an underscore is an ending
  std::string_view instead;
  std::vector<std::string_view> allowed;  // the beginnings of the paths that may
};

const std::vector<Ban>& bans() {
  constexpr std::string_view kClock =
      "take the time from the Clock of core/env/env.h, or the `now` that was handed in";
  constexpr std::string_view kRandom =
      "ask sim/world/choice: a pure function of seed, purpose, whom and how manyeth";
  constexpr std::string_view kUnits =
      "count in whole units and name them: _us, _bytes, _percent, _ppm";
  constexpr std::string_view kOrder =
      "use std::map, std::set or a sorted vector: their order is the same everywhere";
  constexpr std::string_view kHash = "use crc32 or sim/world/digest: each library has its own hash";
  constexpr std::string_view kWait =
      "name a deadline (Node::next_deadline), or push a happening at a virtual time";
  constexpr std::string_view kThread =
      "a run is one thread; only sim/search sets several to work, and core/posix one to wait";
  constexpr std::string_view kCheck = "write QUORATE_CHECK(condition, \"why\"): it is never off";
  const std::vector<std::string_view> real_time{"core/posix/", "sim/cli/", "sim/search/bench",
                                                "core/base/crc32_compare.cc"};
  const std::vector<std::string_view> real_figures{"reports/", "sim/cli/", "sim/search/bench",
                                                   "core/base/crc32_compare.cc"};
  const std::vector<std::string_view> real_threads{"sim/search/", "sim/cli/", "core/posix/"};
  // clang-format off
  static const std::vector<Ban> kBans{
      {When::always, {"system_clock", "steady_clock", "high_resolution_clock", "utc_clock",
                      "file_clock", "gettimeofday", "clock_gettime", "timespec_get"},
       kClock, real_time},
      {When::called, {"time", "clock"}, kClock, real_time},
      {When::always, {"random_device", "mt19937", "mt19937_64", "minstd_rand", "minstd_rand0",
                      "default_random_engine", "srand", "drand48", "getrandom", "getentropy",
                      "arc4random"},
       kRandom, {}},
      {When::called, {"rand", "random"}, kRandom, {}},
      {When::in_std, {"shuffle", "sample", "_distribution", "generate_canonical"}, kRandom, {}},
      {When::always, {"float", "double"}, kUnits, real_figures},
      {When::always, {"unordered_map", "unordered_set", "unordered_multimap",
                      "unordered_multiset"},
       kOrder, {}},
      {When::in_std, {"hash"}, kHash, {}},
      {When::always, {"this_thread", "sleep_for", "sleep_until"}, kWait, {}},
      {When::called, {"sleep", "usleep", "nanosleep"}, kWait, {}},
      {When::in_std, {"thread", "jthread", "async"}, kThread, real_threads},
      {When::always, {"thread_local"}, kThread, real_threads},
      {When::called, {"assert"}, kCheck, {}},
  };
  // clang-format on
  return kBans;
}

bool matches(std::string_view word, std::string_view banned) {
  return banned.front() == '_' ? word.ends_with(banned) : word == banned;
}

// The word before a `::` that ends at `at`; empty for a leading `::`.
std::string_view qualifier_before(std::string_view code, std::size_t at) {
  std::size_t from = at - 2;
  while (from > 0 && is_word(code[from - 1])) --from;
  return code.substr(from, at - 2 - from);
}

// Is the word at [from, to) used so that the ban means it?
bool used_so(When when, std::string_view code, std::size_t from, std::size_t to) {
  if (when == When::always) return true;
  const bool qualified = from >= 2 && code.substr(from - 2, 2) == "::";
  const std::string_view qualifier = qualified ? qualifier_before(code, from) : "";
  if (when == When::in_std) return qualifier == "std" || qualifier == "ranges";
  while (to < code.size() && is_space(code[to])) ++to;
  if (to == code.size() || code[to] != '(') return false;
  if (qualified) return qualifier.empty() || qualifier == "std";
  const std::string before = trimmed(code.substr(0, from));
  if (before.empty()) return true;
  if (before.ends_with("return")) return true;
  return !is_word(before.back()) &&
         std::string_view(".>&*~").find(before.back()) == std::string_view::npos;
}

}  // namespace

Findings ban_findings(std::string_view path, const std::string& text) {
  Findings findings;
  const std::string code = code_of(text, Literals::blank_out);
  for (std::size_t from = 0; from < code.size();) {
    std::size_t to = from;
    while (to < code.size() && is_word(code[to])) ++to;
    const std::string_view word = std::string_view(code).substr(from, to - from);
    for (const Ban& ban : bans()) {
      const bool meant = std::any_of(ban.words.begin(), ban.words.end(),
                                     [&](auto banned) { return matches(word, banned); });
      if (!word.empty() && meant && !starts_with_any(path, ban.allowed) &&
          used_so(ban.when, code, from, to)) {
        findings.push_back(place(path, line_of(code, from)) + "`" + std::string(word) +
                           "` is banned here; " + std::string(ban.instead));
      }
    }
    from = std::max(to, from + 1);
  }
  return findings;
}

Findings pointer_order_findings(std::string_view path, const std::string& text) {
  Findings findings;
  const std::string code = code_of(text, Literals::blank_out);
  for (const std::string_view name : {"std::map<", "std::set<", "std::multimap<"}) {
    for (std::size_t at = code.find(name); at != std::string::npos; at = code.find(name, at + 1)) {
      const std::size_t from = at + name.size();
      std::size_t to = from;
      for (int depth = 0; to < code.size(); ++to) {
        if (depth == 0 && (code[to] == ',' || code[to] == '>')) break;
        depth += code[to] == '<' ? 1 : code[to] == '>' ? -1 : 0;
      }
      const std::string key = trimmed(std::string_view(code).substr(from, to - from));
      if (key.ends_with('*') || key.find("_ptr<") != std::string::npos)
        findings.push_back(place(path, line_of(code, at)) + "`" + key +
                           "` is ordered by its address; use an id as the key");
    }
  }
  return findings;
}

}  // namespace quorate::tidy
