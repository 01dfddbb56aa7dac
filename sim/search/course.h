// What has to be done, and in which order, to play a run again in another world? Its course: the
// requests, each with what had been decided before it was sent, and the faults.
//
// The simulator plays the scenario with its seed, and everything is taken from that run: who asked
// what and when (so the draws of a workload are those of the simulated clients themselves), how far
// the world had come by then, what it decided. A world that is slower waits with each step until it
// has come as far, so what the course says holds whatever its pace: a fault that struck between two
// answers strikes between them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "reports/result.h"
#include "sim/fault/plan.h"
#include "sim/scenario/scenario.h"
#include "sim/search/decided.h"

namespace quorate::sim {

struct Step {
  enum class Does : std::uint8_t { request, strike, restart, end };

  Time at;
  Does does = Does::request;
  std::size_t which = 0;  // of Course::requests, or of Course::faults
  Marks before;           // what had been decided by then
};

struct CourseRequest {
  std::uint32_t client = 1;
  std::uint64_t number = 1;  // of that client's
  OperationKind op = OperationKind::set;
  std::string key;
  std::string value;
  std::string from;  // of a cas
  NodeId node;       // who alone is asked, of a session; none: anyone
  Lsn lsn;           // of a write: where the leader appended it; none: it did not
};

// A node went down with bytes in its file that no disk had; so many of them were lost.
struct UnsyncedEnd {
  NodeId node;
  Time at;
  std::uint64_t unsynced = 0;
  std::uint64_t lost = 0;
};

struct Course {
  NodeConfig node;
  // By node (replicated_log): what the seed has drawn; and when it stands, where that is not drawn.
  std::vector<Duration> election_timeouts;
  std::vector<Duration> stands_after;
  Duration recover_within;
  std::string cluster;  // "1 leader, 2 followers, Q = 2 of the followers alone"
  std::vector<PlannedFault> faults;
  std::vector<CourseRequest> requests;
  std::vector<Step> steps;  // in order
  Marks end;                // how far the world came
  std::vector<Decided> decided;
  std::vector<UnsyncedEnd> unsynced_ends;
  // A client read a key while another one's write to it was under way: it may have been either way.
  bool reads_race = false;
  std::optional<reports::Violation> violated;  // the simulated world breaks a check: no course
};

// Plays it with the sound core.
Course course_of(const Scenario& scenario, std::uint64_t seed);

}  // namespace quorate::sim
