// What does the program itself do? The executable, run as a person, a shell or a CI job would.
#include <doctest/doctest.h>

#include <pty.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>

namespace {

namespace fs = std::filesystem;

// A folder with some scenarios, in which command lines are run by sh; $Q is quorate.
class Shell {
 public:
  Shell() {
    // Whoever runs this in the background may have had them ignored, and then they stay so.
    for (const int number : {SIGINT, SIGTERM, SIGHUP}) std::signal(number, SIG_DFL);
    std::string path = (fs::temp_directory_path() / "quorate_commands_XXXXXX").string();
    REQUIRE(mkdtemp(path.data()) != nullptr);
    path_ = path;
    write("five.json", R"({"about": "Five writes."})");
    write("six.json", R"({"about": "It wants six.", "expect": {"ok": 6}})");
    write("truncated.json", R"({"about": "Half of it)");
    write("misspelt.json", R"({"about": "A key is wrong.", "expcet": {}})");
    fs::create_directory(path_ / "folder");
  }
  ~Shell() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }

  // Returns the exit code.
  int run(const std::string& command) {
    const std::string line =
        "cd '" + path_.string() + "' && Q='" QUORATE_BINARY "' && { " + command + " ; } >out 2>err";
    const int status = std::system(line.c_str());
    REQUIRE(WIFEXITED(status));
    out = text_of("out");
    err = text_of("err");
    return WEXITSTATUS(status);
  }
  // Runs it, and expects nothing but a line of errors that has these words.
  bool refuses(const std::string& command, const std::string& words) {
    const int code = run(command);
    INFO(command, "\n", code, "\n", out, "\n", err);
    CHECK(code == 2);
    CHECK(out == "");
    CHECK(err.starts_with("quorate: "));
    CHECK(err.find(words) != std::string::npos);
    return code == 2 && out.empty() && err.find(words) != std::string::npos;
  }
  // Its output as the one JSON value that it must be.
  nlohmann::json json(const std::string& command, int code = 0) {
    CHECK(run(command) == code);
    CHECK(err == "");
    CHECK(out.ends_with("\n"));
    const nlohmann::json value = nlohmann::json::parse(out, nullptr, false);
    REQUIRE_MESSAGE(!value.is_discarded(), out);
    return value;
  }
  void write(const std::string& name, const std::string& text) {
    std::ofstream(path_ / name, std::ios::binary) << text;
  }
  std::string text_of(const std::string& name) const {
    std::ifstream file(path_ / name, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  bool has(const std::string& name) const { return fs::exists(path_ / name); }
  const fs::path& path() const { return path_; }

  std::string out, err;

 private:
  fs::path path_;
};

// What such a command writes to its standard error when that is a terminal.
std::string on_a_terminal(const fs::path& folder, const std::string& command) {
  int master = -1, slave = -1;
  winsize size{};
  size.ws_row = 24;
  size.ws_col = 60;
  REQUIRE(openpty(&master, &slave, nullptr, nullptr, &size) == 0);
  const pid_t child = fork();
  if (child == 0) {
    dup2(slave, STDERR_FILENO);
    close(master);
    close(slave);
    const std::string line =
        "cd '" + folder.string() + "' && '" QUORATE_BINARY "' " + command + " >out";
    execl("/bin/sh", "sh", "-c", line.c_str(), nullptr);
    _exit(127);
  }
  close(slave);
  std::string shown;
  char room[4096];
  for (ssize_t got = 0; (got = read(master, room, sizeof(room))) > 0;)
    shown.append(room, static_cast<std::size_t>(got));
  close(master);
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  CHECK((WIFEXITED(status) && WEXITSTATUS(status) == 0));
  return shown;
}

}  // namespace

// ---- exit codes

TEST_CASE("commands: all is well, and the exit code is 0") {
  Shell shell;
  CHECK(shell.run("$Q replay five.json") == 0);
  CHECK(shell.out.starts_with("passed: five.json, seed 1\n"));
  CHECK(shell.run("$Q sweep five.json --seeds 20") == 0);
  CHECK(shell.run("$Q mistakes") == 0);
  CHECK(shell.out.find("ok_before_quorum") != std::string::npos);
  CHECK(shell.err == "");
}

TEST_CASE("commands: something is violated, and the exit code is 1") {
  Shell shell;
  CHECK(shell.run("$Q replay six.json") == 1);
  CHECK(shell.run("$Q replay five.json --mistake ok_before_quorum") == 1);
  CHECK(shell.run("$Q sweep five.json six.json --seeds 20") == 1);
  CHECK(shell.run("$Q sweep five.json --seeds 20 --mistake ok_before_quorum") == 1);
  CHECK(shell.run("$Q mistakes --find --only counts_foreign_ack --max-seeds 1") == 1);
  CHECK(shell.err == "");
}

TEST_CASE(
    "commands: help, is on standard output, with all that can be typed, and the exit code is 0") {
  Shell shell;
  CHECK(shell.run("$Q --help") == 0);
  for (const std::string command : {"replay", "sweep", "mistakes", "bench", "node", "demo"}) {
    CHECK(shell.out.find(command) != std::string::npos);
  }
  CHECK(shell.run("$Q replay --help") == 0);
  for (const std::string flag : {"FILE", "--seed", "--mistake", "--trace", "--json"})
    CHECK_MESSAGE(shell.out.find(flag) != std::string::npos, flag);
  CHECK(shell.run("$Q sweep --help") == 0);
  for (const std::string flag :
       {"--seeds", "--for", "--jobs", "--mistake", "--keep-going", "--json", "--junit"})
    CHECK_MESSAGE(shell.out.find(flag) != std::string::npos, flag);
  CHECK(shell.run("$Q mistakes --help") == 0);
  for (const std::string flag : {"--find", "--only", "--json"})
    CHECK(shell.out.find(flag) != std::string::npos);
  CHECK(shell.run("$Q node --help") == 0);
  for (const std::string flag : {"--config", "--id", "--facts", "Exit codes"})
    CHECK(shell.out.find(flag) != std::string::npos);
  CHECK(shell.out.find("--facts-fd") == std::string::npos);  // between parent and child alone
  CHECK(shell.run("$Q demo --help") == 0);
  for (const std::string flag : {"--writes", "--followers", "--delay-ack", "--kill", "--quorum",
                                 "--corrupt", "--rejoin", "--json"})
    CHECK_MESSAGE(shell.out.find(flag) != std::string::npos, flag);
  CHECK(shell.run("$Q bench --help") == 0);
  CHECK(shell.out.find("--json") != std::string::npos);
  CHECK(shell.err == "");
  CHECK(shell.run("$Q --version") == 0);
  CHECK(shell.out.find('.') != std::string::npos);
}

// ---- what can't be used

TEST_CASE("commands: what nobody can mean, is refused with its name, and the exit code is 2") {
  Shell shell;
  shell.refuses("$Q", "");
  shell.refuses("$Q replay", "FILE");
  shell.refuses("$Q sweep", "FILE");
  shell.refuses("$Q replay five.json --sede 3", "--sede");
  shell.refuses("$Q replay five.json --seed", "--seed");
  shell.refuses("$Q replay five.json --seed x", "x");
  shell.refuses("$Q replay five.json six.json", "six.json");
  shell.refuses("$Q sweep five.json --jobs 0", "--jobs");
  shell.refuses("$Q sweep five.json --jobs many", "many");
  shell.refuses("$Q sweep five.json --seeds 5..1", "5..1");
  shell.refuses("$Q sweep five.json --seeds x", "\"x\"");
  shell.refuses("$Q sweep five.json --seeds 99999999999999999999", "99999999999999999999");
  shell.refuses("$Q sweep five.json --for 3", "--for: \"3\"");
  shell.refuses("$Q sweep five.json --for 3s --seeds 7", "--for");
  shell.refuses("$Q mistakes --only ok_before_quorum", "--find");
  shell.refuses("$Q mistakes --find --max-seeds 0", "--max-seeds");
  shell.refuses("$Q bench --fast", "--fast");
}

TEST_CASE("commands: a command that there is not, is refused with its name") {
  Shell shell;
  CHECK(shell.run("$Q swep five.json") == 2);
  CHECK(shell.err.find("swep") != std::string::npos);
}

// CLI11 2.1 reads numbers by strtoull, which lets signs, octal numbers and overflows pass in
// silence.
TEST_CASE("commands: a seed that is no number of 64 bits, is refused") {
  Shell shell;
  for (const std::string seed : {"-1", "18446744073709551616", "99999999999999999999", "0x10"})
    CHECK_MESSAGE(shell.run(std::string("$Q replay five.json --seed ") + seed) == 2, seed);
}

TEST_CASE("commands: a seed of 64 bits, is played as it was typed") {
  Shell shell;
  CHECK(shell.run("$Q replay five.json --seed 18446744073709551615") == 0);
  CHECK(shell.out.find("seed 18446744073709551615") != std::string::npos);
}

TEST_CASE(
    "commands: a mistake that is misspelt, is refused with what was meant, before any file is "
    "read") {
  Shell shell;
  shell.refuses("$Q replay nowhere.json --mistake ok_befor_quorum", "ok_before_quorum");
  shell.refuses("$Q sweep five.json --mistake ok_befor_quorum", "ok_before_quorum");
  shell.refuses("$Q mistakes --find --only ok_befor_quorum", "ok_before_quorum");
}

TEST_CASE(
    "commands: a file that can't be used, is refused with its name and place, and nothing is run") {
  Shell shell;
  for (const std::string command :
       {"$Q replay ", "$Q sweep --seeds 1 five.json ", "$Q sweep --json --seeds 1 ",
        "$Q mistakes --find --scenario "}) {
    shell.refuses(command + "nowhere.json", "nowhere.json: there is no such file");
    shell.refuses(command + "folder", "folder: this is a directory");
    shell.refuses(command + "truncated.json", "truncated.json");
    shell.refuses(command + "misspelt.json", "expect");
    shell.refuses(command + "/dev/null", "/dev/null");
  }
}

TEST_CASE("commands: an error, is one line on standard error") {
  Shell shell;
  shell.run("$Q sweep five.json misspelt.json");
  CHECK(std::count(shell.err.begin(), shell.err.end(), '\n') == 1);
}

// ---- --json

TEST_CASE("commands: replay as JSON, is one object and nothing else") {
  Shell shell;
  const nlohmann::json run = shell.json("$Q replay five.json --seed 3 --trace --json");
  CHECK((run["seed"] == 3 && run["violations"].empty() && run["answers"]["ok"] == 5));
  CHECK(run["trace"].size() > 20);
  CHECK(run["digest"].get<std::string>().size() == 16);
  const nlohmann::json broken =
      shell.json("$Q replay five.json --mistake ok_before_quorum --json", 1);
  CHECK(broken["violations"][0]["check"] == "always_ok_is_on_quorum");
  CHECK(broken["violations"][0]["clause"] == "S1");
}

TEST_CASE("commands: sweep as JSON, is one object, with no progress beside it") {
  Shell shell;
  const nlohmann::json sweep = shell.json("$Q sweep five.json --seeds 3000 --json");
  CHECK((sweep["runs"] == 3000 && sweep["violations"] == 0 && sweep["interrupted"] == false));
  const nlohmann::json broken =
      shell.json("$Q sweep five.json six.json --seeds 5 --keep-going --json", 1);
  CHECK((broken["violations"] == 5 && broken["scenarios"][1]["first"]["seed"] == 0));
}

TEST_CASE("commands: sweeps with one job and with many, have the same digest") {
  Shell shell;
  const auto digest = [&](const char* jobs) {
    return shell.json(std::string("$Q sweep five.json --seeds 7..300 --json --jobs ") +
                      jobs)["digest"];
  };
  const nlohmann::json one = digest("1");
  CHECK((digest("2") == one && digest("16") == one));
}

TEST_CASE(
    "commands: mistakes as JSON, are one array, with what was found when that was asked for") {
  Shell shell;
  const nlohmann::json list = shell.json("$Q mistakes --json");
  REQUIRE((list.is_array() && list.size() >= 20));
  CHECK((list[0]["name"].is_string() && list[0]["source"].is_string()));
  const nlohmann::json found = shell.json("$Q mistakes --find --only ok_before_quorum --json");
  REQUIRE(found.size() == 1);
  CHECK((found[0]["found_after_seeds"] == 1 && found[0]["check"] == "always_ok_is_on_quorum"));
  CHECK((found[0]["median_seeds"] == 1 && found[0]["seeds_by_start"].size() == 1));
}

TEST_CASE("commands: mistakes from several starts, a median that is too far ends with 1") {
  Shell shell;
  const std::string find = "$Q mistakes --find --only quorum_is_all --starts 5";
  const nlohmann::json found = shell.json(find + " --json");
  CHECK((found[0]["seeds_by_start"].size() == 5 && found[0]["median_seeds"] > 1));
  const std::string median = std::to_string(found[0]["median_seeds"].get<std::uint64_t>());
  CHECK(shell.run(find + " --max-seeds " + median) == 0);
  CHECK(shell.out.find("not from each of the 5 starting seeds: quorum_is_all (") !=
        std::string::npos);
  CHECK(shell.run(find + " --max-seeds 1") == 1);
  CHECK(shell.run(find + " --markdown") == 0);
  CHECK(shell.out.find("| `quorum_is_all` | " + median + " | `") != std::string::npos);
}

TEST_CASE("commands: the command that a violation names, shows it again") {
  Shell shell;
  const nlohmann::json broken = shell.json("$Q sweep six.json --seeds 5..9 --json", 1);
  const std::string repro = broken["scenarios"][0]["first"]["repro"];
  REQUIRE(repro == "quorate replay six.json --seed 5 --trace");
  CHECK(shell.run("$Q" + repro.substr(7)) == 1);
  CHECK(shell.out.find("the scenario expects 6, but it was 5") != std::string::npos);
}

// ---- where the output goes

TEST_CASE("commands: a pipe that is closed early, is no crash") {
  Shell shell;
  CHECK(shell.run("$Q replay five.json --trace | head -1") == 0);
  CHECK(shell.out == "      0.000 ms  leader: starts with a log up to LSN=0, generation 0\n");
  CHECK(shell.err == "");
  shell.run("{ $Q replay five.json --trace --json; echo $? >code; } | true");
  CHECK(shell.err == "");
  CHECK(std::stoi(shell.text_of("code")) < 126);
}

TEST_CASE("commands: a full disk, is said, and the exit code is 2 where nothing was found") {
  Shell shell;
  for (const std::string command :
       {"$Q replay five.json", "$Q sweep five.json --seeds 5 --json", "$Q mistakes"}) {
    CHECK(shell.run(std::string(command) + " >/dev/full") == 2);
    CHECK_MESSAGE(shell.err.find("No space left") != std::string::npos, command, shell.err);
  }
  for (const std::string command :
       {"$Q sweep six.json --seeds 5", "$Q sweep six.json --seeds 5 --junit /dev/full",
        "$Q replay six.json", "$Q replay six.json --history /dev/full",
        "$Q mistakes --find --only counts_foreign_ack --max-seeds 1"})
    CHECK_MESSAGE(shell.run(std::string(command) + " >/dev/full") == 1, command);
}

TEST_CASE("commands: help on a full disk, is said too") {
  Shell shell;
  for (const std::string option : {"--help", "--version", "sweep --help"}) {
    CHECK(shell.run("$Q " + option + " >/dev/full") == 2);
    CHECK(shell.err == "quorate: standard output: No space left on device\n");
    CHECK(shell.run("$Q " + option) == 0);
    CHECK((!shell.out.empty() && shell.err.empty()));
  }
}

TEST_CASE("commands: a terminal, is shown how far a sweep is, and that line is gone at the end") {
  const Shell shell;
  const std::string shown = on_a_terminal(shell.path(), "sweep five.json --for 400ms");
  CHECK(shown.find("runs") != std::string::npos);
  CHECK(shown.find("seeds/s") != std::string::npos);
  CHECK(shown.ends_with("\r\x1b[K"));
  for (std::size_t at = 0; at < shown.size();) {  // no line is wider than the terminal
    const std::size_t end = std::min(shown.find('\r', at), shown.size());
    CHECK(end - at < 60 + 3);
    at = end + 1;
  }
}

TEST_CASE("commands: Ctrl-C, ends a sweep with its verdict so far") {
  Shell shell;
  CHECK(shell.run("timeout --foreground --preserve-status -s INT 0.5 $Q sweep five.json --seeds "
                  "100000000 --json") == 0);
  const nlohmann::json sweep = nlohmann::json::parse(shell.out, nullptr, false);
  REQUIRE_FALSE(sweep.is_discarded());
  CHECK((sweep["interrupted"] == true && sweep["runs"] > 0 && sweep["violations"] == 0));
  CHECK(shell.run("timeout --foreground --preserve-status -s TERM 0.5 $Q sweep five.json --seeds "
                  "100000000") == 0);
  CHECK(shell.out.find("interrupted") != std::string::npos);
}

TEST_CASE("commands: Ctrl-C, ends a search for mistakes with an array of those searched for") {
  Shell shell;
  const std::string search =
      "timeout --foreground --preserve-status -s INT 0.5 $Q mistakes --find --scenario five.json "
      "--max-seeds 1000000000 --jobs 1";
  const std::size_t all = shell.json("$Q mistakes --json").size();
  CHECK(shell.run(search + " --json") == 0);  // none that was searched for was missed
  const nlohmann::json found = nlohmann::json::parse(shell.out, nullptr, false);
  REQUIRE((found.is_array() && found.size() < all));
  for (const nlohmann::json& mistake : found) CHECK(mistake["found_after_seeds"].is_number());
  // Of those that a leader for good can make, as five.json has one.
  CHECK(shell.err.starts_with("quorate: interrupted: " + std::to_string(found.size()) + " of "));
  CHECK(shell.err.ends_with(" mistakes searched for\n"));
  CHECK(shell.run(search) == 0);
  CHECK(shell.out.find("not found before the interruption") != std::string::npos);
}

TEST_CASE("commands: signals that were ignored at the start, as nohup does, stay so") {
  Shell shell;
  const std::string ignore = "trap '' HUP INT TERM; ";
  const std::string signals = "B=$!; sleep 0.2; kill -INT $B; kill -TERM $B; kill -HUP $B; wait $B";
  CHECK(shell.run(ignore + "$Q sweep five.json --for 400ms --json & " + signals) == 0);
  CHECK(nlohmann::json::parse(shell.out)["interrupted"] == false);
  CHECK(shell.run(ignore + "$Q demo --delay-ack follower-2=300ms --writes 3 & " + signals) == 0);
}

TEST_CASE("commands: a sweep for a time, ends when it is over") {
  Shell shell;
  const auto began = std::chrono::steady_clock::now();
  const nlohmann::json sweep = shell.json("$Q sweep five.json --for 300ms --json");
  const auto took = std::chrono::steady_clock::now() - began;
  CHECK((sweep["runs"] > 0 && sweep["interrupted"] == false));
  CHECK((took > std::chrono::milliseconds(300) && took < std::chrono::seconds(10)));
}

// ---- --junit

TEST_CASE("commands: JUnit, is written beside the verdict, one case a scenario file") {
  Shell shell;
  CHECK(shell.run("$Q sweep five.json six.json --seeds 5 --keep-going --junit report.xml") == 1);
  const std::string xml = shell.text_of("report.xml");
  CHECK(xml.starts_with("<?xml"));
  CHECK(xml.find("tests=\"2\"") != std::string::npos);
  CHECK(xml.find("failures=\"1\"") != std::string::npos);
  CHECK(xml.find("quorate replay six.json --seed 0 --trace") != std::string::npos);
  CHECK_FALSE(shell.out.empty());
}

TEST_CASE("commands: a place where JUnit can't be written, is refused before the sweep") {
  Shell shell;
  shell.refuses("$Q sweep five.json --for 10m --junit folder/none/report.xml",
                "folder/none/report.xml");
  shell.refuses("$Q sweep five.json --for 10m --junit folder", "folder");
}

TEST_CASE("commands: a bad file, leaves an earlier JUnit report as it was") {
  Shell shell;
  shell.write("report.xml", "before");
  shell.refuses("$Q sweep five.json misspelt.json --junit report.xml", "misspelt.json");
  shell.refuses("$Q sweep five.json --mistake none --junit report.xml", "none");
  shell.refuses("$Q sweep five.json --seeds 5..1 --junit report.xml", "5..1");
  CHECK(shell.text_of("report.xml") == "before");
}

TEST_CASE("commands: a file that is read, is not written over by what was asked for") {
  Shell shell;
  const std::string before = shell.text_of("five.json");
  shell.refuses("$Q sweep misspelt.json five.json --junit ./five.json", "misspelt.json");
  shell.refuses("$Q sweep five.json --junit ./five.json", "--junit: ./five.json is read, too");
  shell.refuses("ln five.json six.jsonl; $Q replay five.json --history six.jsonl", "is read, too");
  CHECK(shell.text_of("five.json") == before);
}

TEST_CASE("commands: a mistake of elected leaders, is not looked for where there are none") {
  Shell shell;
  const std::string words =
      "votes_twice is a mistake of the profile replicated_log, and five.json is not of it";
  shell.refuses("$Q mistakes --find --only votes_twice --scenario five.json", "--only: " + words);
  shell.refuses("$Q replay five.json --mistake votes_twice", "--mistake: " + words);
  shell.refuses("$Q sweep five.json --mistake votes_twice", "--mistake: " + words);
  shell.refuses("$Q sweep five.json ./five.json --mistake votes_twice",
                "no scenario here is of it");
}

TEST_CASE("commands: no room for real processes, is no bug of ours") {
  Shell shell;
  for (const std::string command : {"replay --real five.json", "bench --real", "stress"})
    shell.refuses("TMPDIR=nowhere $Q " + command, "a folder for temporary files");
}

TEST_CASE("commands: JUnit that can't be written to its end, is said, and the exit code is 2") {
  Shell shell;
  CHECK(shell.run("$Q sweep five.json --seeds 5 --junit /dev/full") == 2);
  CHECK(shell.err.find("/dev/full could not be written whole") != std::string::npos);
}

// ---- bench --real

TEST_CASE("commands: bench --real, measures each case beside its floor, and leaves nothing") {
  Shell shell;
  const nlohmann::json bench =
      shell.json("$Q bench --real --json --seconds 0.1 --rounds 1 --clients 1,8 --folder .");
  CHECK((bench["rounds"] == 1 && bench["followers"] == 2 && bench["value_bytes"] == 100));
  CHECK((bench["interrupted"] == false && bench["folder"] == shell.path().string() + "/"));
  REQUIRE(bench["cases"].size() == 4);
  for (std::size_t i = 0; i < 4; ++i) {
    const nlohmann::json& one = bench["cases"][i];
    CHECK((one["clients"] == (i % 2 == 0 ? 1 : 8) && one["synced"] == (i >= 2)));
    CHECK(one["share_of_floor"] > 0);
    for (const char* who : {"ours", "floor"}) {
      CHECK((one[who]["commits"] > 0 && one[who]["commits_per_second"] > 0));
      CHECK((one[who]["p50_us"] > 0 && one[who]["p99_us"] >= one[who]["p50_us"]));
    }
  }
  CHECK(shell.run("ls -d quorate_bench_*") != 0);
}

TEST_CASE("commands: bench --real as text, is a table with a line a case") {
  Shell shell;
  CHECK(shell.run("$Q bench --real --seconds 0.05 --rounds 1 --clients 1") == 0);
  CHECK(shell.out.find("1 client, unsynced") != std::string::npos);
  CHECK(shell.out.find("1 client, synced") != std::string::npos);
}

// Prints a line for each process of quorate that was started in this folder.
constexpr const char* kLeft =
    "left() { for p in /proc/[0-9]*; do [ \"$(readlink $p/cwd)\" = \"$PWD\" ] && "
    "[ \"$(readlink $p/exe)\" = \"$Q\" ] && echo $p; done; } 2>/dev/null; ";

TEST_CASE("commands: bench --real and Ctrl-C, ends with what it has and leaves nothing") {
  Shell shell;
  for (const std::string signal : {"INT", "TERM", "HUP"}) {
    const std::string kill = "kill -" + signal + " -$B";  // all of them
    // A shell has SIGINT ignored in what it runs in the background.
    CHECK(shell.run("rm -f ls.txt; env --default-signal setsid $Q bench --real --json --seconds "
                    "600 --folder . & B=$!; until ls -d quorate_bench_*/* >ls.txt 2>&1; do :; "
                    "done; " +
                    kill + "; " + kill + "; wait $B") == 0);
    const nlohmann::json bench = nlohmann::json::parse(shell.out, nullptr, false);
    REQUIRE_FALSE(bench.is_discarded());
    CHECK((bench["interrupted"] == true && bench["cases"].empty()));
    CHECK(shell.run("ls -d quorate_bench_*") != 0);
    shell.run(std::string(kLeft) + "left");
    CHECK(shell.out == "");
  }
}

TEST_CASE("commands: bench --real killed, takes its processes with it") {
  Shell shell;
  CHECK(shell.run(std::string(kLeft) + "$Q bench --real --seconds 600 --folder . & B=$!; "
                                       "until [ $(left | wc -l) -ge 5 ]; do :; done; kill -9 $B; "
                                       "while [ -n \"$(left)\" ]; do :; done") == 0);
}

TEST_CASE("commands: options of bench --real that make no sense, are refused") {
  Shell shell;
  shell.refuses("$Q bench --real --clients 0", "--clients");
  shell.refuses("$Q bench --real --seconds 0", "--seconds");
  for (const std::string none : {"nan", "inf", "-nan"})
    shell.refuses("$Q bench --real --seconds=" + none, "--seconds");
  shell.refuses("$Q bench --seconds 1", "--real");
  shell.refuses("$Q bench --real --folder nowhere", "nowhere");
}
