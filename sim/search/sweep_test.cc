#include "sim/search/sweep.h"

#include <doctest/doctest.h>

#include <atomic>
#include <string>
#include <vector>

#include "sim/mistakes/mistakes.h"
#include "sim/scenario/general_swarm.h"
#include "sim/search/run.h"

using namespace quorate;
using namespace quorate::sim;

namespace {

const Rules& mistake(std::string_view name) { return *find_mistake(name)->rules; }

Scenario five() {
  Scenario scenario;
  scenario.file = "five.json";
  scenario.about = "Five writes.";
  return scenario;
}

// A sweep, as a little language: Swept(five()).seeds(0, 99).jobs(2).go().
class Swept {
 public:
  explicit Swept(const Scenario& scenario) : Swept(std::vector<Scenario>{scenario}) {}
  explicit Swept(std::vector<Scenario> scenarios) : scenarios_(std::move(scenarios)) {
    options_.rules = &sound_rules();
    options_.wall_us = [] { return 0; };
  }
  Swept& seeds(std::uint64_t first, std::uint64_t last) {
    options_.first_seed = first;
    options_.last_seed = last;
    return *this;
  }
  Swept& jobs(int count) {
    options_.jobs = count;
    return *this;
  }
  Swept& keep_going() {
    options_.keep_going = true;
    return *this;
  }
  Swept& with(std::string_view name) {
    options_.rules = &mistake(name);
    options_.mistake = name;
    return *this;
  }
  // For so many microseconds of a clock that goes on by one whenever it is looked at.
  Swept& for_us(std::int64_t us) {
    options_.lasts_us = us;
    options_.wall_us = [this] { return clock_++; };
    return *this;
  }
  // As if somebody had pressed Ctrl-C after so many runs.
  Swept& interrupted_after(std::uint64_t runs) {
    interrupted_ = runs == 0;
    options_.interrupted = &interrupted_;
    options_.progress = [this, runs](std::uint64_t done, std::uint64_t) {
      if (done >= runs) interrupted_ = true;
    };
    return *this;
  }
  SweepOptions& options() { return options_; }
  reports::SweepResult go() { return sweep(scenarios_, options_); }

 private:
  std::vector<Scenario> scenarios_;
  SweepOptions options_;
  std::atomic<bool> interrupted_{false};
  std::atomic<std::int64_t> clock_{0};
};

// The least of these seeds that breaks something, one by one.
std::uint64_t least_broken(const Scenario& scenario, std::string_view name, std::uint64_t last) {
  Runner runner;
  for (std::uint64_t seed = 0; seed <= last; ++seed)
    if (runner.run(scenario, seed, mistake(name)).violated) return seed;
  return last + 1;
}

std::uint64_t count_of(const reports::SweepResult& result, std::string_view name) {
  for (const reports::Probe& probe : result.probes)
    if (probe.name == name) return probe.count;
  return 0;
}

}  // namespace

TEST_CASE("sweep: a hundred seeds, are a hundred runs, and all are sound") {
  const reports::SweepResult result = Swept(five()).seeds(0, 99).go();
  CHECK((result.runs == 100 && result.violations == 0 && result.first_seed == 0 &&
         result.last_seed == 99));
  CHECK((!result.interrupted && !result.stopped_early));
  CHECK(count_of(result, "sometimes_write_ok") == 500);
  for (std::size_t i = 0; i < kProbes; ++i) {  // those never reached, too, of its profile
    const auto probe = static_cast<ProbeId>(i);
    const bool is_told = std::any_of(result.probes.begin(), result.probes.end(),
                                     [&](const auto& p) { return p.name == probe_name(probe); });
    CHECK(is_told == is_of(probe, Profile::ack_quorum));
  }
  REQUIRE(result.scenarios.size() == 1);
  CHECK((result.scenarios[0].file == "five.json" && result.scenarios[0].about == "Five writes."));
  CHECK((result.scenarios[0].runs == 100 && result.scenarios[0].digest == result.digest));
  CHECK_FALSE(result.scenarios[0].first);
}

TEST_CASE("sweep: a range of seeds, has both its ends, wherever it lies") {
  CHECK(Swept(five()).seeds(7, 7).go().runs == 1);
  CHECK(Swept(five()).seeds(60, 70).go().runs == 11);
  CHECK(Swept(five()).seeds(UINT64_MAX - 200, UINT64_MAX - 150).go().runs == 51);
}

TEST_CASE("sweep: the last seeds of all, are played and no others") {
  CHECK(Swept(five()).seeds(UINT64_MAX - 3, UINT64_MAX - 1).go().runs == 3);
  CHECK(Swept(five()).seeds(UINT64_MAX - 64, UINT64_MAX - 1).go().runs == 64);
  CHECK(Swept(five()).seeds(UINT64_MAX - 65, UINT64_MAX - 1).go().runs == 65);
  CHECK(Swept(five()).seeds(UINT64_MAX - 3, UINT64_MAX - 1).go().digest ==
        Swept(five()).seeds(UINT64_MAX - 3, UINT64_MAX - 3).go().digest +
            Swept(five()).seeds(UINT64_MAX - 2, UINT64_MAX - 1).go().digest);
}

// ---- the digest

TEST_CASE("sweep: its digest, is the same whatever the jobs, and so is all else") {
  const reports::SweepResult one = Swept({five(), general_swarm()}).seeds(0, 199).go();
  for (const int jobs : {2, 5}) {
    const reports::SweepResult other =
        Swept({five(), general_swarm()}).seeds(0, 199).jobs(jobs).go();
    CHECK((other.digest == one.digest && other.runs == one.runs && other.jobs == jobs));
    for (std::size_t i = 0; i < 2; ++i) CHECK(other.scenarios[i].digest == one.scenarios[i].digest);
    REQUIRE(other.probes.size() == one.probes.size());
    for (std::size_t i = 0; i < one.probes.size(); ++i)
      CHECK(other.probes[i].count == one.probes[i].count);
  }
}

TEST_CASE("sweep: its digest, adds up those of its parts") {
  const auto digest = [](std::uint64_t first, std::uint64_t last) {
    return Swept(five()).seeds(first, last).go().digest;
  };
  CHECK(digest(0, 199) == digest(0, 76) + digest(77, 199));
  CHECK(digest(0, 9) != digest(1, 10));
  const reports::SweepResult both = Swept({five(), general_swarm()}).seeds(0, 20).go();
  CHECK(both.digest == both.scenarios[0].digest + both.scenarios[1].digest);
}

// ---- violations

TEST_CASE("sweep: what breaks, is reported with its least seed, whatever the jobs") {
  for (const std::string name : {"counts_crc_failure", "serves_at_once", "restarts_timeout"}) {
    const std::uint64_t least = least_broken(general_swarm(), name, 300);
    REQUIRE_MESSAGE(least <= 300, name);
    for (const int jobs : {1, 2, 5}) {
      const reports::SweepResult result =
          Swept(general_swarm()).seeds(0, 999).with(name).jobs(jobs).go();
      CHECK((result.stopped_early && result.violations >= 1 && result.runs < 1000));
      REQUIRE(result.scenarios[0].first);
      CHECK_MESSAGE(result.scenarios[0].first->seed == least, name, ", jobs ", jobs);
    }
  }
}

TEST_CASE("sweep: what is reported of a violation, is its replay") {
  const reports::SweepResult result =
      Swept(general_swarm()).with("serves_at_once").seeds(0, 300).go();
  REQUIRE(result.scenarios[0].first);
  const reports::ReplayResult& first = *result.scenarios[0].first;
  const reports::ReplayResult again =
      replay(general_swarm(), first.seed, mistake("serves_at_once"), "serves_at_once");
  CHECK((first.digest == again.digest && first.repro == again.repro));
  REQUIRE(first.violations.size() == 1);
  CHECK(first.violations[0].sentence == again.violations[0].sentence);
  CHECK(result.mistake == "serves_at_once");
}

TEST_CASE("sweep: told to keep going, it plays all, counts all and still reports the least") {
  std::uint64_t broken = 0;
  Runner runner;
  for (std::uint64_t seed = 0; seed < 300; ++seed)
    broken += runner.run(general_swarm(), seed, mistake("counts_crc_failure")).violated ? 1 : 0;
  REQUIRE(broken > 3);
  for (const int jobs : {1, 2, 5}) {
    const reports::SweepResult result = Swept(general_swarm())
                                            .seeds(0, 299)
                                            .with("counts_crc_failure")
                                            .keep_going()
                                            .jobs(jobs)
                                            .go();
    CHECK((result.runs == 300 && result.violations == broken && !result.stopped_early));
    CHECK(result.scenarios[0].first->seed ==
          least_broken(general_swarm(), "counts_crc_failure", 299));
  }
}

TEST_CASE("sweep: of several scenarios, each has its own figures and its own first") {
  Scenario expects_too_much = five();
  expects_too_much.file = "six.json";
  expects_too_much.expect.ok = Range{6, 6};
  const reports::SweepResult result =
      Swept({five(), expects_too_much}).seeds(3, 9).keep_going().go();
  CHECK((result.runs == 14 && result.violations == 7));
  CHECK((result.scenarios[0].violations == 0 && !result.scenarios[0].first));
  CHECK((result.scenarios[1].violations == 7 && result.scenarios[1].first->seed == 3));
  CHECK(result.scenarios[1].first->scenario == "six.json");
}

// ---- the end

TEST_CASE("sweep: interrupted, has the verdict so far") {
  const reports::SweepResult result = Swept(five()).seeds(0, 1'000'000).interrupted_after(100).go();
  CHECK(result.interrupted);
  CHECK((result.runs >= 100 && result.runs < 1000 && result.violations == 0));
  CHECK(count_of(result, "sometimes_write_ok") == result.runs * 5);
}

TEST_CASE("sweep: interrupted before it began, has played nothing") {
  const reports::SweepResult result = Swept(five()).jobs(3).interrupted_after(0).go();
  CHECK((result.interrupted && result.runs == 0 && result.scenarios.size() == 1));
}

TEST_CASE("sweep: interrupted with several jobs, ends all of them") {
  const reports::SweepResult result =
      Swept(general_swarm()).seeds(0, 100'000'000).jobs(5).interrupted_after(1).go();
  CHECK((result.interrupted && result.runs < 2000));
}

TEST_CASE("sweep: for a time, ends when it is over, and says how far it came") {
  for (const int jobs : {1, 3}) {
    const reports::SweepResult result = Swept(five()).for_us(60).jobs(jobs).go();
    CHECK((result.runs > 64 && result.runs < 5000 && result.runs % 64 == 0));
    CHECK((result.first_seed == 0 && result.last_seed == result.runs - 1));
    CHECK_FALSE(result.stopped_early);
  }
}

TEST_CASE("sweep: for a time, stops at a violation all the same") {
  const reports::SweepResult result = Swept(five()).with("ok_before_quorum").for_us(1'000'000).go();
  CHECK((result.stopped_early && result.violations == 1 && result.scenarios[0].first->seed == 0));
}

TEST_CASE("sweep: its progress, only ever grows, and ends at all runs") {
  std::uint64_t last = 0;
  Swept swept(five());
  swept.seeds(0, 499).options().progress = [&](std::uint64_t runs, std::uint64_t violations) {
    CHECK((runs > last && violations == 0));
    last = runs;
  };
  swept.go();
  CHECK(last == 500);
}

TEST_CASE("sweep: of nothing, is nothing") {
  const reports::SweepResult result = Swept(std::vector<Scenario>()).go();
  CHECK((result.runs == 0 && result.digest == 0 && result.scenarios.empty()));
}

TEST_CASE("sweep: of the widest range and many files, plays something") {
  for (const std::size_t files : {64u, 65u, 100u}) {  // 64 times 2^58 blocks are 2^64
    const std::vector<Scenario> many(files, five());
    const reports::SweepResult result =
        Swept(many).seeds(0, UINT64_MAX - 1).interrupted_after(100).go();
    CHECK(result.runs >= 100);
  }
}
