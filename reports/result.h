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
  std::string clause = {};              // of the fault model, on which the check rests: "S1"
  std::string clause_says = {};         // its title; both empty where the check rests on none
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
  std::string history_lines = {};  // what its clients saw (history_lines.h); when asked for
  std::string history = {};        // the file where that stands; empty: in none
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
  // Filled in by a search only; the first five tell of the first starting seed that found it.
  std::optional<std::uint64_t> found_after_seeds;
  std::string check;  // which check caught it
  std::string sentence;
  std::uint64_t seed = 0;
  std::string repro;
  bool is_searched = false;  // it was found, or all seeds were played: no interruption came before
  // By starting seed: how many seeds it took from there, nothing where all were played in vain.
  std::vector<std::optional<std::uint64_t>> seeds_by_start = {};
  // The middle one of those; of an even number the greater of the two in the middle. What was not
  // found is greater than all others, so nothing here says: from half of the starts, or more.
  std::optional<std::uint64_t> median_seeds = {};
};

struct MistakesResult {
  bool searched = false;
  std::uint64_t max_seeds = 0;
  std::uint64_t first_seed = 0;
  std::uint64_t starts = 1;  // from so many starting seeds each was searched for
  std::string scenario;
  double seconds = 0;
  bool interrupted = false;  // Ctrl-C: what was found so far
  std::vector<MistakeResult> mistakes;
};

struct DemoWrite {
  std::uint64_t lsn = 0;
  std::string answer;  // "OK", or the error that the client was told
  std::int64_t took_us = 0;
};

// A leader that was killed with an entry on its disk alone, and what became of that.
struct DemoFailover {
  std::string old_leader;
  std::uint64_t old_generation = 0;
  std::uint64_t cut_lsn = 0;  // of the entry, in the log of the old leader
  std::string new_leader;
  std::uint64_t new_generation = 0;
};

// The lesson, played by real processes.
struct DemoResult {
  std::uint32_t followers = 0;
  std::string quorum;              // the rule
  int acks_needed = 0;             // Q
  std::vector<std::string> about;  // what is shown, a sentence each
  std::vector<std::string> lines;  // what happened, in order
  std::vector<DemoWrite> writes;
  std::uint64_t committed = 0;  // of those, in the end
  std::string simulated;        // the command that shows the same in the simulator
  std::optional<DemoFailover> failover;
  std::string failure;  // what did not come out as it must; empty: nothing
};

// A real cluster that was killed again and again under load.
struct StressResult {
  std::uint64_t seed = 0;
  std::uint32_t followers = 0;
  int acks_needed = 0;               // Q
  std::string election;              // the rule by which nodes elect their leader; empty: one leads
  std::uint64_t snapshot_bytes = 0;  // a log grows by so much before a snapshot; 0: none is taken
  std::uint32_t clients = 0;
  bool redis_benchmark = false;      // it was further load
  std::uint64_t benchmark_runs = 0;  // how often it was begun: an error ends it
  bool interrupted = false;
  double seconds = 0;  // under load
  std::uint64_t kills = 0;
  std::uint64_t leader_kills = 0;  // of those
  std::uint64_t restarts = 0;
  std::uint64_t rejoined = 0;        // follower restarts that the leader heard of in that life
  std::uint64_t never_rejoined = 0;  // killed again before, or while the leader was away
  std::uint64_t torn_tails = 0;      // found and cut at a start after SIGKILL
  std::uint64_t snapshots_taken = 0;
  std::uint64_t snapshots_installed = 0;  // by a node that lacked what the others had dropped
  Answers answers;
  std::int64_t slowest_us = 0;  // answer
  std::int64_t deadline_us = 0;
  std::int64_t allowance_us = 0;
  std::uint64_t records = 0;          // in each log at the end
  std::uint64_t foreign_records = 0;  // those of them that redis-benchmark wrote
  std::vector<std::string> checked;   // what holds, a sentence each
  std::string failure;                // what was broken first; empty: nothing
  std::string folder;                 // logs and outputs, kept after a failure
};

// A fault of a scenario; how it is made for real, or why it can't be: one of the two is empty.
struct RealFaultResult {
  std::string fault;
  std::string made_by;
  std::string why_not;
};

// The first thing that a simulated and a real world did not decide alike.
struct Parting {
  std::string kind;  // record, answer, ack, or process: how far the world came
  std::string about;
  std::string simulated;
  std::string real;
};

// One scenario, played in both worlds.
struct RealReplayResult {
  std::string scenario;  // the file
  std::string about;
  std::uint64_t seed = 0;
  std::string cluster;               // as of a replay
  std::string outcome;               // agrees, differs, holds, broken, not_for_real
  std::vector<std::string> why_not;  // reasons beyond single faults, sentences
  std::vector<RealFaultResult> faults;
  // What was compared; 0 when nothing was.
  std::uint64_t records = 0;  // of all logs
  std::uint64_t answers = 0;
  std::uint64_t acks = 0;  // of all followers, one an LSN
  std::optional<Parting> parting;
  // Of nodes that elect their leader, played: what was judged at the end, whoever led. It `holds`
  // where the worlds part, which they may; where it does not, `broken` says what.
  std::vector<std::string> owed;
  std::string broken;
  std::string waited_for;          // what the real world did not do in time; empty: nothing
  std::uint64_t plays = 0;         // of the real world
  std::int64_t late_us = 0;        // how late this machine was at the most
  std::vector<std::string> notes;  // on plays that did not count
  std::string simulated;           // the command that shows the simulated world
};

// An operation of a stored history, where it contradicts others.
struct CheckedOperation {
  std::uint64_t process = 0;
  std::string f;        // read, write, cas
  std::string value;    // as JSON text; what was read, or is written
  std::string from;     // of a cas, likewise
  std::string outcome;  // ok, swapped, not_swapped, found, not_found, unknown
  std::uint64_t begin_line = 0;
  std::uint64_t end_line = 0;  // 0: it has no end
  std::optional<std::int64_t> begin_time, end_time;
  bool is_needed = true;  // false: perhaps it happened; the contradiction stands either way
};

// Why one key is not linearizable.
struct CheckedKey {
  std::string key;                           // as JSON text
  std::string sentence;                      // why these contradict each other
  bool is_minimal = true;                    // false: that no less would do could not be told
  std::vector<CheckedOperation> operations;  // in the order in which they began
  std::uint64_t others = 0;                  // operations on this key that are not shown
};

// Is a stored history linearizable?
struct CheckResult {
  std::string file;
  std::uint64_t operations = 0;
  std::uint64_t unknown = 0;  // of those: their fate
  std::uint64_t failed = 0;   // of those: they did not happen
  std::uint64_t keys = 0;
  std::vector<CheckedKey> contradictions;  // one a key that is not linearizable
  std::vector<std::string> undecided;      // keys for which the memory did not suffice
  std::uint64_t memory_mib = 0;            // that was allowed
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
  // Of the profile replicated_log: three nodes that elect their leader.
  double elected_us_per_committed_write = 0;    // asked of the leader ...
  double forwarded_us_per_committed_write = 0;  // ... or of a follower, who passes it on
  double elected_seeds_per_second_per_core = 0;
  double elected_faults_per_seed = 0;
};

// What the clients of a real cluster saw, or those of the bare floor.
struct RealBenchFigures {
  double commits_per_second = 0;
  double p50_us = 0;
  double p99_us = 0;
  std::uint64_t commits = 0;  // of all rounds together
};

struct RealBenchCase {
  std::uint64_t clients = 0;
  bool synced = false;
  RealBenchFigures ours;
  RealBenchFigures floor;
  double share_of_floor = 0;
};

// A real cluster beside the floor of this machine.
struct RealBenchResult {
  std::uint64_t followers = 0;
  std::uint64_t value_bytes = 0;
  std::uint64_t rounds = 0;  // of each of the two; the figures are medians
  double seconds_per_round = 0;
  std::string folder;       // where the logs were
  std::string file_system;  // empty: not known
  bool interrupted = false;
  std::vector<RealBenchCase> cases;
};

}  // namespace quorate::reports
