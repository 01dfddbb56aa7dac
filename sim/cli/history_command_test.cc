// Is what `replay --history` and `sweep --history` write what `quorate check` reads, and does it
// say of a run what the run's own judge has said?
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "sim/check/client_history.h"
#include "sim/check/probes.h"
#include "sim/cli/check/check_history.h"
#include "sim/cli/real/processes_fixture.h"
#include "sim/client/client_recorder.h"
#include "sim/mistakes/mistakes.h"
#include "sim/scenario/general_swarm.h"
#include "sim/scenario/scenario_json.h"
#include "sim/search/run.h"

using namespace quorate;
using namespace quorate::cli;

namespace {

namespace fs = std::filesystem;

std::string path_of(const std::string& name) {
  return QUORATE_SOURCE_ROOT "/scenarios/" + name + ".json";
}

const Rules& rules_with(const char* mistake) {
  const sim::Mistake* found = sim::find_mistake(mistake);
  REQUIRE(found != nullptr);
  return *found->rules;
}

// More clients that read what others write than the swarm has: so a mistake shows with more seeds.
sim::Scenario busy(sim::Scenario swarm) {
  swarm.cluster.nodes = {3, 5};
  swarm.workload.clients = {6, 8};
  swarm.workload.deletes_percent = 30;
  swarm.workload.cas_percent = 30;
  swarm.workload.keys = {1, 2};
  swarm.workload.writes = {60, 80};
  swarm.workload.reads_percent = 60;
  return swarm;
}

// Of many runs: what their own judge said of the clients' history, and what the stored one says.
struct Verdicts {
  int sound = 0;   // both: linearizable
  int broken = 0;  // both: not
  int others = 0;  // another check has ended the run before
  std::string differ;

  void play(const sim::Scenario& scenario, std::uint64_t first, std::uint64_t last,
            const Rules& rules = sound_rules()) {
    for (std::uint64_t seed = first; seed <= last; ++seed) add(scenario, seed, rules);
  }

 private:
  void add(const sim::Scenario& scenario, std::uint64_t seed, const Rules& rules) {
    sim::Runner runner;
    sim::ClientRecorder recorder(runner.world());
    runner.set_ear(&recorder, &recorder);
    const sim::RunOutcome outcome = runner.run(scenario, seed, rules);
    std::istringstream lines(recorder.lines());
    const reports::CheckResult result = check_history(read_history(lines, "it"), 64);
    const bool holds = result.contradictions.empty() && result.undecided.empty();
    const bool is_judged =
        !outcome.violated || outcome.violated->check == sim::ClientHistory::kName;
    if (!is_judged)
      ++others;
    else if (holds != !outcome.violated)
      differ += " " + std::to_string(seed);
    else
      ++(holds ? sound : broken);
  }
};

}  // namespace

TEST_CASE("history: of elected leaders, is judged as the run's own judge does it") {
  for (const ElectionRule rule : {ElectionRule::most_up_to_date, ElectionRule::adopt}) {
    CAPTURE(to_text(rule));
    Verdicts sound;
    sound.play(sim::elected_swarm(rule), 0, 299);
    CHECK(sound.differ == "");
    CHECK(sound.sound == 300);
    Verdicts wrong;
    wrong.play(busy(sim::elected_swarm(rule)), 0, 149, rules_with("reads_unconfirmed"));
    wrong.play(busy(sim::elected_swarm(rule)), 0, 149, rules_with("serves_before_own_entry"));
    wrong.play(busy(sim::elected_swarm(rule)), 0, 149, rules_with("repeats_take_effect"));
    CHECK(wrong.differ == "");
    CHECK(wrong.broken >= 5);
    CHECK(wrong.sound >= 100);
  }
}

TEST_CASE("history: of the classics that show what was not so, is not linearizable") {
  Verdicts verdicts;
  for (const auto& [name, mistake] :
       {std::pair{"deposed_leader_that_reads", "reads_unconfirmed"},
        std::pair{"read_before_the_leaders_own_entry", "serves_before_own_entry"}}) {
    const sim::Scenario scenario = sim::read_scenario_file(path_of(name), sim::probe_names());
    verdicts.play(scenario, scenario.seed, scenario.seed, rules_with(mistake));
    verdicts.play(scenario, scenario.seed, scenario.seed);
  }
  CHECK(verdicts.differ == "");
  CHECK((verdicts.broken == 2 && verdicts.sound == 2));
}

// Its judge asks more of a read than that (S4), but by each record's place in the log. Clients with
// several requests under way have a process for each.
TEST_CASE("history: of one leader for good, is linearizable, with pipelines, dels and timeouts") {
  Verdicts verdicts;
  verdicts.play(sim::general_swarm(), 0, 499);
  CHECK(verdicts.differ == "");
  CHECK(verdicts.sound == 500);
  sim::Scenario scenario = sim::read_scenario_file(path_of("pipelined_writes"), sim::probe_names());
  scenario.expect = {};
  sim::Runner runner;
  sim::ClientRecorder recorder(runner.world());
  runner.set_ear(&recorder, &recorder);
  runner.run(scenario, scenario.seed, sound_rules());
  CHECK(recorder.lines().find("\"process\":64,") != std::string::npos);
}

TEST_CASE("history: replay writes it, and check judges the file") {
  const TestFolder folder;
  const std::string file = folder.path() + "/h.jsonl";
  Run wrong(folder, {"replay", path_of("deposed_leader_that_reads"), "--mistake",
                     "reads_unconfirmed", "--history", file, "--json"});
  CHECK(wrong.code() == 1);
  CHECK(nlohmann::json::parse(wrong.out())["history"] == file);
  Run says_so(folder, {"check", file});
  CHECK(says_so.code() == 1);
  Run sound(folder, {"replay", path_of("deposed_leader_that_reads"), "--history", file});
  CHECK(sound.code() == 0);
  CHECK(sound.out().find("history       " + file) != std::string::npos);
  Run holds(folder, {"check", file});  // what was there is gone
  CHECK(holds.code() == 0);
  Run without(folder, {"replay", path_of("five_records"), "--json"});
  CHECK(without.code() == 0);
  CHECK(nlohmann::json::parse(without.out())["history"].is_null());
}

TEST_CASE("history: sweep writes those of the runs that it shows, by scenario and seed") {
  const TestFolder folder;
  const std::string into = folder.path() + "/new/histories";
  Run run(folder,
          {"sweep", path_of("deposed_leader_that_reads"), path_of("five_records"), "--seeds",
           "1..1", "--keep-going", "--mistake", "reads_unconfirmed", "--history", into});
  CHECK(run.code() == 1);
  const std::string file = into + "/deposed_leader_that_reads-1.jsonl";
  CHECK(run.out().find("quorate check " + file) != std::string::npos);
  Run check(folder, {"check", file});
  CHECK(check.code() == 1);
  CHECK(std::distance(fs::directory_iterator(into), fs::directory_iterator()) == 1);
}

TEST_CASE("history: two scenarios of one name in different folders, have a file each") {
  const TestFolder folder;
  for (const std::string name : {"a", "b"}) {
    fs::create_directory(folder.path() + "/" + name);
    std::ofstream(folder.path() + "/" + name + "/it.json")
        << R"({"about": "It wants six.", "expect": {"ok": 6}})";
  }
  const std::string into = folder.path() + "/out";
  Run run(folder, {"sweep", folder.path() + "/a/it.json", folder.path() + "/b/it.json", "--seeds",
                   "1", "--keep-going", "--history", into});
  CHECK(run.code() == 1);
  CHECK(std::distance(fs::directory_iterator(into), fs::directory_iterator()) == 2);
}

TEST_CASE("history: a place that can't be written to, is said before anything is played") {
  const TestFolder folder;
  Run no_folder(folder, {"replay", path_of("five_records"), "--history", "/none/h.jsonl"});
  CHECK(no_folder.code() == 2);
  CHECK(no_folder.err() == "quorate: --history: can't write /none/h.jsonl\n");
  const std::string file = folder.path() + "/file";
  std::ofstream(file) << "here";
  Run no_sweep(folder, {"sweep", path_of("five_records"), "--for", "10m", "--history", file});
  CHECK(no_sweep.code() == 2);
  CHECK(no_sweep.err().find("--history: ") != std::string::npos);
  Run real(folder, {"replay", "--real", path_of("five_records"), "--history", file});
  CHECK(real.code() == 2);
  CHECK(bytes_of_file(file) == "here");
}

TEST_CASE("history: a full disk, is an error of its own and not hidden by the verdict") {
  const TestFolder folder;
  Run run(folder, {"replay", path_of("five_records"), "--history", "/dev/full", "--json"});
  CHECK(run.code() == 2);
  CHECK(run.err() == "quorate: --history: /dev/full could not be written whole\n");
  CHECK(nlohmann::json::parse(run.out())["history"].is_null());
}
