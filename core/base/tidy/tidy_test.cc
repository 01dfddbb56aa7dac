// The style guide is a test: each check is shown to fail where it should, and then none may have
// anything to say of the tree.
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

#include "core/base/tidy/checks.h"

namespace fs = std::filesystem;
using namespace quorate::tidy;

namespace {

std::string text_of(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

Findings source_findings(std::string_view path, const std::string& text) {
  Findings all;
  for (const auto check : {include_findings, ban_findings, pointer_order_findings, line_findings,
                           function_findings, header_findings}) {
    const Findings found = check(path, text);
    all.insert(all.end(), found.begin(), found.end());
  }
  return all;
}

Findings tree_findings(const fs::path& root, int& files) {
  Findings all;
  const auto add = [&all](const Findings& found) {
    all.insert(all.end(), found.begin(), found.end());
  };
  for (const auto& entry : fs::directory_iterator(root))
    add(top_level_findings(entry.path().filename().string()));
  for (const char* folder : {"core", "reports", "sim", "scenarios"}) {
    for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
      const std::string path = entry.path().lexically_relative(root).string();
      add(name_findings(path));
      if (!path.ends_with(".h") && !path.ends_with(".cc")) continue;
      ++files;
      add(source_findings(path, text_of(entry.path())));
      add(build_findings(path, text_of(entry.path().parent_path() / "meson.build")));
    }
  }
  std::sort(all.begin(), all.end());
  return all;
}

std::string all_of(const Findings& findings) {
  std::string text;
  for (const std::string& finding : findings) text += finding + "\n";
  return text;
}

bool says(const Findings& findings, std::string_view what) {
  return all_of(findings).find(what) != std::string::npos;
}

std::string repeated(std::string_view line, int times) {
  std::string text;
  for (int i = 0; i < times; ++i) text += line;
  return text;
}

}  // namespace

TEST_CASE("tidy: the tree, is as the design wants it") {
  int files = 0;
  const Findings findings = tree_findings(QUORATE_SOURCE_ROOT, files);
  CHECK(files > 10);
  CHECK_MESSAGE(findings.empty(), findings.size(), " findings\n", all_of(findings));
}

TEST_CASE("tidy: an include of a higher floor or of a sibling, is found") {
  const auto found = [](std::string_view from, const std::string& to) {
    return include_findings(from, "\n  # include \"" + to + "\"  // why\n");
  };
  CHECK(says(found("core/log/wal.h", "core/wire/frame.h"), "core/log/wal.h:2: includes"));
  CHECK(says(found("core/env/driver.cc", "reports/result.h"), "no floor below"));
  CHECK(says(found("reports/text.cc", "sim/world/world.h"), "no floor below"));
  CHECK(says(found("reports/text.cc", "core/posix/member.h"), "no floor below"));
  CHECK(says(found("sim/search/run.cc", "core/posix/member.h"), "no floor below"));
  CHECK(says(found("sim/fault/fault.h", "sim/client/client.h"), "no floor below"));
  CHECK(says(found("sim/world/world.h", "sim/scenario/scenario_json.h"), "no floor below"));
  CHECK(says(found("core/base/time.cc", "time.h"), "from the root"));
}

TEST_CASE("tidy: an include of a lower floor or the same folder, is fine") {
  const auto found = [](std::string_view from, const std::string& to) {
    return include_findings(from, "#include \"" + to + "\"\n#include <vector>\n");
  };
  CHECK(found("core/log/wal.cc", "core/log/wal.h").empty());
  CHECK(found("core/env/driver.h", "core/base/ids.h").empty());
  CHECK(found("sim/cli/demo.cc", "core/posix/member.h").empty());
  CHECK(found("sim/world/world.h", "sim/scenario/scenario.h").empty());
  CHECK(found("sim/check/checker.h", "sim/fault/fault.h").empty());
  CHECK(include_findings("core/log/wal.h", "// #include \"sim/cli/main.h\"\n").empty());
}

TEST_CASE("tidy: each banned name, is found with what to write instead") {
  const auto found = [](const std::string& code) { return ban_findings("sim/world/a.cc", code); };
  CHECK(says(found("\nauto t = std::chrono::steady_clock::now();"), "a.cc:2: `steady_clock` is"));
  CHECK(says(found("f(time(nullptr));"), "`time` is banned here; take the time from the Clock"));
  CHECK(says(found("return std::time (nullptr);"), "`time`"));
  CHECK(says(found("return clock();"), "`clock`"));
  CHECK(says(found("std::mt19937 r;"), "ask sim/world/choice"));
  CHECK(says(found("int i = rand();"), "`rand`"));
  CHECK(says(found("std::uniform_int_distribution<int> d;"), "`uniform_int_distribution`"));
  CHECK(says(found("std::ranges::shuffle(v, r);"), "`shuffle`"));
  CHECK(says(found("double d;"), "count in whole units"));
  CHECK(says(found("#include <unordered_map>"), "std::map"));
  CHECK(says(found("std::this_thread::yield();"), "name a deadline"));
  CHECK(says(found("std::thread t;"), "a run is one thread"));
  CHECK(says(found("assert(true);"), "QUORATE_CHECK"));
  CHECK(says(found("std::hash<int> h;"), "crc32"));
}

TEST_CASE("tidy: a banned name in a comment, a literal or another sense, is fine") {
  const auto found = [](const std::string& code) { return ban_findings("sim/world/a.cc", code); };
  CHECK(found("// double\n/* rand()\n float */ int a = 1'000;").empty());
  CHECK(found("auto s = \"a \\\" double\"; char c = '\"'; int i;").empty());
  CHECK(found("auto s = R\"x(double \" )\" float)x\"; int double_ = 0;").empty());
  CHECK(found("Time time(5); virtual Clock& clock() = 0; env.clock(); p->time();").empty());
  CHECK(found("Time SimClock::time() const; int clock = 1; shuffle(deck);").empty());
  CHECK(found("static_assert(true);").empty());
  CHECK(ban_findings("sim/cli/progress.cc", "double d; steady_clock::now();").empty());
  CHECK(ban_findings("reports/text.cc", "double d;").empty());
  CHECK(says(ban_findings("reports/text.cc", "steady_clock::now();"), "steady_clock"));
}

TEST_CASE("tidy: an order by address, is found") {
  const auto found = [](const std::string& code) { return pointer_order_findings("a.h", code); };
  CHECK(says(found("std::set<const Node*> a;"), "`const Node*` is ordered by its address"));
  CHECK(says(found("std::map<std::pair<int, int>*, int> a;"), "address"));
  CHECK(says(found("std::map<std::shared_ptr<Node>, int> a;"), "address"));
  CHECK(found("std::map<std::pair<int, int>, Node*> a;").empty());
}

TEST_CASE("tidy: a line of 101 columns, is found, and letters are counted, not bytes") {
  CHECK(line_findings("a.h", std::string(100, 'x') + "\n").empty());
  CHECK(says(line_findings("a.h", std::string(101, 'x') + "\n"), "a.h:1: 101 columns"));
  CHECK(line_findings("a.h", repeated("\xc3\xa4", 100) + "\n").empty());
}

TEST_CASE("tidy: a file of more lines than may be, is found") {
  CHECK(line_findings("a.cc", repeated("\n", 300)).empty());
  CHECK(says(line_findings("a.cc", repeated("\n", 301)), "301 lines; at most 300"));
  CHECK(line_findings("a_test.cc", repeated("\n", 600)).empty());
  CHECK(says(line_findings("a_test.cc", repeated("\n", 601)), "at most 600"));
}

TEST_CASE("tidy: a function of 71 lines, is found wherever it stands") {
  for (const std::string open :
       {"int f() {\n", "A::A(B b = {}) : b_{b}, c_{2} {\n", "TEST_CASE(\"a {\") {\n",
        "bool operator==(A, A) {\n", "template <class T>\nT f(T t) {\n", "auto f = [](int i) {\n",
        "extern \"C\" int f() {\n"}) {
    CAPTURE(open);
    const int heads = line_of(open, open.size()) - 1;
    const auto of_lines = [&](int lines) {
      return open + repeated("  if (a) { b(); }\n", lines - heads - 1) + "}\n";
    };
    const auto in_class = [](const std::string& function) {
      return "namespace n {\nclass A : B {\n public:\n" + function + "};\n}\n";
    };
    CHECK(function_findings("a.cc", of_lines(70)).empty());
    CHECK(says(function_findings("a.cc", of_lines(71)), "a.cc:1: a function of 71 lines; at most"));
    CHECK(function_findings("a.cc", in_class(of_lines(70))).empty());
    CHECK(says(function_findings("a.cc", in_class(of_lines(71))), "a.cc:4: a function of 71"));
  }
}

TEST_CASE("tidy: a long type, table or namespace, is no function") {
  const auto found = [](std::string_view open) {
    const std::string rows = repeated("  A{1, \"}\"},\n", 90);
    return function_findings("a.cc", std::string(open) + rows + "};\n");
  };
  CHECK(found("constexpr std::array kTable{\n").empty());
  CHECK(found("const std::map<int (*)(), int> kTable = {\n").empty());
  CHECK(found("template <class T> struct A {\n").empty());
  CHECK(found("namespace {\n#define X {\\\n {\n").empty());
  CHECK(says(found("int f() { if (a) {\n"), "the braces don't balance"));
}

TEST_CASE("tidy: a header without comment or guard, is found") {
  CHECK(header_findings("a.h", "// Why?\n#pragma once\n").empty());
  CHECK(says(header_findings("a.h", "#pragma once\n"), "open with a comment"));
  CHECK(says(header_findings("a.h", "// Why? #pragma once\n"), "write `#pragma once`"));
}

TEST_CASE("tidy: names that are not snake_case, not built or not foreseen, are found") {
  CHECK(says(name_findings("core/log/waL.h"), "snake_case"));
  CHECK(says(name_findings("sim/my-check/a.h"), "snake_case"));
  CHECK(name_findings("scenarios/README.md").empty());
  CHECK(name_findings("scenarios/schema/scenario.schema.json").empty());
  CHECK(says(build_findings("core/log/wal.cc", "'wal_x.cc', 'wal'"), "list 'wal.cc'"));
  CHECK(says(build_findings("core/log/wal_test.cc", "'wal.cc'"), "list 'wal'"));
  CHECK(build_findings("core/log/wal_test.cc", "'wal',").empty());
  CHECK(says(top_level_findings("tools"), "fixed"));
  CHECK(top_level_findings(".clang-format").empty());
  CHECK(top_level_findings("build-asan").empty());
}
