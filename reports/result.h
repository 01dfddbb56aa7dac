// What came out? The shape of every result, as plain data.
//
// sim fills these in; the writers of this folder make text, JSON and JUnit XML of them. Nothing
// here knows of worlds, nodes or threads. Times of the simulated world are virtual microseconds
// (`at_us`); times of this machine are in seconds or microseconds as the name says.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace quorate::reports {

// One broken property of one run.
struct Violation {
  std::string check;                    // always_..., eventually_..., expect_..., or invariant
  std::string sentence;                 // what was broken, for a person
  std::int64_t at_us = 0;               // when
  std::vector<std::string> last_lines;  // the narrated trace up to there, its end
};

// How often something worth reaching was reached.
struct Probe {
  std::string name;  // sometimes_...
  std::uint64_t count = 0;
};

// What the clients were told.
struct Answers {
  std::uint64_t ok = 0;
  std::uint64_t timeout = 0;  // fate unknown
  std::uint64_t error = 0;    // nothing has happened
  std::uint64_t lost = 0;     // the connection broke before the answer
};

struct ReplayResult {
  std::string scenario;  // the file
  std::string about;
  std::uint64_t seed = 0;
  std::string mistake;  // empty: the sound core
  std::uint64_t digest = 0;
  std::int64_t virtual_us = 0;
  std::uint64_t happenings = 0;
  std::uint64_t faults = 0;
  std::uint64_t committed = 0;  // records on a quorum at the end
  std::string cluster;          // "1 leader, 2 followers, Q = 2 of followers alone"
  Answers answers;
  std::vector<Probe> probes;  // those reached
  std::vector<Violation> violations;
  std::vector<std::string> trace;  // only when asked for
  std::string repro;               // the command that plays it again
};

// One scenario file of a sweep.
struct SweptScenario {
  std::string file;
  std::string about;
  std::uint64_t runs = 0;
  std::uint64_t violations = 0;  // runs with at least one
  std::uint64_t digest = 0;      // over all its runs, whatever their order
  double seconds = 0;            // processor time of its runs
  std::optional<ReplayResult>
      first;  // the run of the least seed that broke something, with its trace
};

struct SweepResult {
  std::uint64_t first_seed = 0;
  std::uint64_t last_seed = 0;  // the last one asked for, or reached with --for
  std::string mistake;
  int jobs = 1;
  bool interrupted = false;    // Ctrl-C: the verdict so far
  bool stopped_early = false;  // at the first violation, without --keep-going
  std::uint64_t runs = 0;
  std::uint64_t violations = 0;
  std::uint64_t digest = 0;
  double seconds = 0;  // by the wall clock
  std::vector<SweptScenario> scenarios;
  std::vector<Probe> probes;  // all of them; those with count 0 were never reached
};

struct MistakeResult {
  std::string name;
  std::string rule;    // the decision that it gets wrong
  std::string about;   // what it does, in a sentence
  std::string source;  // where it was made
  // Filled in by a search only.
  std::optional<std::uint64_t> found_after_seeds;
  std::string check;  // which check caught it
  std::string sentence;
  std::uint64_t seed = 0;
  std::string repro;
};

struct MistakesResult {
  bool searched = false;
  std::uint64_t max_seeds = 0;
  std::uint64_t first_seed = 0;
  std::string scenario;
  double seconds = 0;
  bool interrupted = false;
  std::vector<MistakeResult> mistakes;
};

struct BenchResult {
  double us_per_committed_write = 0;
  double floor_us_per_committed_write = 0;
  double ratio_to_floor = 0;
  double seeds_per_second_per_core = 0;
  double allocations_per_committed_write = 0;
  double happenings_per_committed_write = 0;
  double faults_per_seed = 0;
  double snapshot_us = 0;  // copying a running world
  std::uint64_t writes = 0;
  std::uint64_t seeds = 0;
  double crc_ns_per_record = 0;  // of record_bytes
  std::uint64_t record_bytes = 0;
};

}  // namespace quorate::reports
