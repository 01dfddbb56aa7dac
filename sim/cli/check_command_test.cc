// quorate check, run as a person or a CI job would.
#include <doctest/doctest.h>

#include <stdlib.h>
#include <sys/wait.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>

#include "sim/linear/history_fixture.h"

namespace {

namespace fs = std::filesystem;
using namespace quorate::sim::linear;

const std::string kFine =
    R"({"process":0,"type":"invoke","f":"write","key":"k1","value":3,"time":12}
{"process":0,"type":"ok","f":"write","key":"k1","value":3,"time":15}
{"process":1,"type":"invoke","f":"read","key":"k1","value":null,"time":16}
{"process":1,"type":"ok","f":"read","key":"k1","value":3,"time":17}
)";
const std::string kStale =
    R"({"process":1,"type":"invoke","f":"read","key":"k1","value":null,"time":18}
{"process":1,"type":"ok","f":"read","key":"k1","value":null,"time":19}
)";

class Shell {
 public:
  Shell() {
    // Whoever runs this in the background may have had them ignored, and then they stay so.
    for (const int number : {SIGINT, SIGTERM, SIGHUP}) std::signal(number, SIG_DFL);
    std::string path = (fs::temp_directory_path() / "quorate_check_XXXXXX").string();
    REQUIRE(mkdtemp(path.data()) != nullptr);
    path_ = path;
    write("fine.jsonl", kFine);
    write("stale.jsonl", kFine + kStale);
    write("truncated.jsonl", kFine.substr(0, 100));
  }
  ~Shell() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  void write(const std::string& name, const std::string& text) {
    std::ofstream(path_ / name, std::ios::binary) << text;
  }
  // Returns the exit code; $C is quorate check.
  int run(const std::string& command) {
    const std::string line = "cd '" + path_.string() + "' && C='" QUORATE_BINARY " check' && { " +
                             command + " ; } >out 2>err";
    const int status = std::system(line.c_str());
    REQUIRE(WIFEXITED(status));
    out = text_of("out");
    err = text_of("err");
    return WEXITSTATUS(status);
  }

  std::string out, err;

 private:
  std::string text_of(const std::string& name) const {
    std::ifstream file(path_ / name, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  fs::path path_;
};

// The history as a file of JSON Lines.
std::string lines_of(const History& history) {
  std::string all;
  const auto value_text = [](Value value) {
    return value == kNull ? "null" : std::to_string(value);
  };
  std::uint32_t process = 0;
  std::vector<std::uint32_t> processes(history.operations.size());
  for (const Event& event : history.events) {
    const Operation& op = history.operations[event.op];
    if (!event.is_end) processes[event.op] = process++;
    nlohmann::json line;
    line["process"] = processes[event.op];
    line["type"] = !event.is_end             ? "invoke"
                   : op.fate == Fate::ok     ? "ok"
                   : op.fate == Fate::failed ? "fail"
                                             : "info";
    line["f"] = op.kind == Kind::read ? "read" : op.kind == Kind::write ? "write" : "cas";
    line["key"] = op.key;
    const bool is_told = event.is_end && op.fate == Fate::ok;
    const auto value = nlohmann::json::parse(value_text(op.value));
    line["value"] = op.kind == Kind::write || (op.kind == Kind::read && is_told) ? value : nullptr;
    if (op.kind == Kind::cas) line["value"] = {nlohmann::json::parse(value_text(op.from)), value};
    if (op.kind == Kind::cas && is_told) line["swapped"] = op.swapped;
    all += line.dump() + "\n";
  }
  return all;
}

}  // namespace

TEST_CASE("check command: a linearizable history, is said so, and the exit code is 0") {
  Shell shell;
  CHECK(shell.run("$C fine.jsonl") == 0);
  CHECK(shell.out == "linearizable: fine.jsonl\n  operations  2\n  keys        1\n");
  CHECK(shell.run("$C fine.jsonl --json") == 0);
  CHECK(nlohmann::json::parse(shell.out)["linearizable"] == true);
  CHECK(shell.err == "");
}

TEST_CASE("check command: one that is not, is refused with the contradiction, and code 1") {
  Shell shell;
  CHECK(shell.run("$C stale.jsonl") == 1);
  CHECK(shell.out.starts_with("NOT LINEARIZABLE: stale.jsonl\n"));
  CHECK(shell.out.find("The read (lines 5-6) saw null") != std::string::npos);
  CHECK(shell.run("$C --json stale.jsonl") == 1);
  const nlohmann::json json = nlohmann::json::parse(shell.out);
  CHECK(json["linearizable"] == false);
  CHECK(json["contradictions"][0]["operations"].size() == 3);
  CHECK(shell.err == "");
}

TEST_CASE("check command: a minus, is standard input") {
  Shell shell;
  CHECK(shell.run("$C - <stale.jsonl") == 1);
  CHECK(shell.out.starts_with("NOT LINEARIZABLE: standard input\n"));
  CHECK(shell.run("$C - </dev/null") == 2);
  CHECK(shell.err == "quorate: standard input: there is no event in it\n");
}

TEST_CASE("check command: standard input that can't be read, is not taken for its end") {
  Shell shell;
  CHECK(shell.run("$C - <.") == 2);
  CHECK(shell.err == "quorate: standard input: can't be read: Is a directory\n");
  CHECK(shell.out == "");
}

TEST_CASE("check command: Ctrl-C or SIGTERM, ends it without a verdict on what it has read") {
  Shell shell;
  for (const std::string signal : {"INT", "TERM"}) {
    const int code = shell.run(
        "rm -f pipe; mkfifo pipe; { cat fine.jsonl; exec sleep 30; } >pipe & timeout --foreground "
        "--preserve-status -s " +
        signal + " 0.3 $C - <pipe; code=$?; kill $!; exit $code");
    CHECK(code == 128 + (signal == "INT" ? SIGINT : SIGTERM));
    CHECK(shell.out == "");
  }
}

TEST_CASE("check command: what can't be used, is refused in one line, and the exit code is 2") {
  Shell shell;
  CHECK(shell.run("$C") == 2);
  CHECK(shell.err.find("FILE") != std::string::npos);
  CHECK(shell.run("$C nowhere.jsonl") == 2);
  CHECK(shell.err == "quorate: nowhere.jsonl: there is no such file\n");
  CHECK(shell.run("$C .") == 2);
  CHECK(shell.err == "quorate: .: this is a directory, not a file\n");
  CHECK(shell.run("$C truncated.jsonl") == 2);
  CHECK(shell.err.starts_with("quorate: truncated.jsonl: line 2, column "));
  CHECK(shell.run("$C fine.jsonl --memory-mib 0") == 2);
  CHECK(shell.out == "");
}

TEST_CASE("check command: output that can't be written, is said, or quietly over") {
  Shell shell;
  CHECK(shell.run("$C fine.jsonl >/dev/full") == 2);
  CHECK(shell.err == "quorate: standard output: No space left on device\n");
  CHECK(shell.run("$C stale.jsonl >/dev/full") == 1);  // what it found goes before
  shell.run("$C stale.jsonl | true");
  CHECK(shell.err == "");
}

TEST_CASE("check command: what its memory does not suffice for, is undecided, with code 4") {
  Shell shell;
  Shape shape;
  shape.processes = 20;
  shape.operations = 10'000;
  shape.values = 50;
  shape.reads_percent = 30;
  shape.unknown_percent = shape.failed_percent = 2;
  History history = DrawnHistory(0, shape).draw();
  for (std::size_t i = 9'000;; ++i) {
    Operation& op = history.operations.at(i);
    if (op.kind != Kind::read || op.fate != Fate::ok) continue;
    op.value = 1 + op.value % 50;
    break;
  }
  shell.write("hard.jsonl", lines_of(history));
  CHECK(shell.run("$C hard.jsonl --memory-mib 1") == 4);
  CHECK(shell.out.find("key 0: undecided, 1 MiB did not suffice") != std::string::npos);
  CHECK(shell.run("$C hard.jsonl --memory-mib 1 --json") == 4);
  CHECK(nlohmann::json::parse(shell.out)["linearizable"].is_null());
}

TEST_CASE("check command: 10,000 operations of 20 clients on 10 keys, are judged") {
  Shell shell;
  Shape shape;
  shape.processes = 20;
  shape.keys = 10;
  shape.operations = 10'000;
  shape.values = 0;
  shape.unknown_percent = 2;
  History history = DrawnHistory(3, shape).draw();
  shell.write("long.jsonl", lines_of(history));
  CHECK(shell.run("$C long.jsonl") == 0);
  CHECK(shell.out.find("operations  10,000") != std::string::npos);
}

TEST_CASE("check command: help, tells the format and the exit codes") {
  Shell shell;
  CHECK(shell.run("$C --help") == 0);
  for (const std::string word : {"FILE", "--json", "--memory-mib", "invoke", "swapped",
                                 "sim/linear/README.md", "4 undecided"})
    CHECK_MESSAGE(shell.out.find(word) != std::string::npos, word);
}
