#include "sim/scenario/general_swarm.h"

namespace quorate::sim {

Scenario general_swarm() {
  Scenario swarm;
  swarm.file = "scenarios/general_swarm.json";
  swarm.about =
      "The general swarm: each seed draws its own cluster, workload and faults of every kind; what "
      "was "
      "answered OK must stay, and when the faults are over all must recover.";
  swarm.cluster.followers = {1, 6};
  swarm.network.delay = {{80, 3000}, Distribution::long_tail};
  swarm.disk.sync = {{30, 6000}, Distribution::long_tail};
  swarm.clock.drift_ppm = {-300, 300};
  swarm.workload.clients = {1, 4};
  swarm.workload.keys = {1, 8};
  swarm.workload.writes = {10, 60};
  swarm.workload.value_bytes = {8, 200};
  swarm.workload.think_us = {0, 1500};
  swarm.workload.reads_percent = 20;
  swarm.workload.deletes_percent = 10;
  swarm.workload.pipeline = {2, 16};
  swarm.workload.pipelined_percent = 30;
  swarm.random_faults.window_ms = {5, 150};
  swarm.random_faults.faults = {
      {FaultKind::delay, 20, {1, 2}, {5, 100}, {500, 20'000}},
      {FaultKind::hold, 20, {1, 2}, {0, 0}, {1'000, 250'000}},
      {FaultKind::cut, 25, {1, 3}, {0, 0}, {0, 0}},
      {FaultKind::partition, 20, {1, 2}, {10, 400}, {0, 0}},
      {FaultKind::corrupt, 25, {1, 3}, {0, 0}, {0, 0}},
      {FaultKind::inject_ack, 20, {1, 3}, {0, 0}, {0, 0}},
      {FaultKind::crash, 40, {1, 3}, {1, 120}, {0, 0}},
      {FaultKind::pause, 15, {1, 2}, {1, 400}, {0, 0}},
      {FaultKind::slow_disk, 15, {1, 2}, {5, 100}, {500, 30'000}},
      {FaultKind::disk_full, 12, {1, 1}, {1, 100}, {0, 0}, {0, 1000}},
      {FaultKind::fail_sync, 10, {1, 1}, {1, 100}, {0, 0}},
      {FaultKind::damage_disk, 10, {1, 1}, {1, 100}, {0, 0}},
      {FaultKind::wake_up, 12, {1, 1}, {50, 400}, {5'000, 60'000}},
  };
  return swarm;
}

Scenario elected_swarm(ElectionRule rule) {
  Scenario swarm = general_swarm();
  const bool adopts = rule == ElectionRule::adopt;
  swarm.file = adopts ? "scenarios/elected_swarm_adopt.json" : "scenarios/elected_swarm.json";
  swarm.about =
      std::string("The general swarm of nodes that elect their leader, ") +
      (adopts ? "who takes over the best log of its majority"
              : "who must have the most up-to-date log of its majority") +
      ": whoever leads is hit most; what was answered must stay true, and when the faults are over "
      "all must recover.";
  swarm.profile = Profile::replicated_log;
  swarm.cluster = ClusterSpec();
  swarm.cluster.nodes = {1, 7};
  swarm.cluster.election = rule;
  // A leader that is cut off must be able to lead on for a while beside the next one: so timeouts
  // differ and clocks are far apart, partitions outlast both, and clients ask often.
  swarm.cluster.write_timeout_ms = 200;
  swarm.cluster.election_timeout_ms = {100, 600};
  // Who is elected first is mostly the one that would also step down first: not always.
  swarm.cluster.eager_percent = 40;
  // What was said before a partition may come after it; and a log may take several frames.
  swarm.cluster.peer_silence_ms = {150, 1500};
  swarm.cluster.ship_bytes = {100, 4000};
  // With about half of the seeds the log grows to where a snapshot is taken.
  swarm.cluster.snapshot_bytes = {400, 16000};
  swarm.cluster.log_kept_bytes = {0, 2000};
  // And with a few there are more clients than sessions: who comes back finds his dropped.
  swarm.cluster.max_sessions = {2, 20};
  swarm.clock.drift_ppm = {-200'000, 200'000};
  swarm.workload.clients = {1, 10};
  swarm.workload.keys = {1, 4};
  swarm.workload.writes = {20, 100};
  swarm.workload.think_us = {0, 60000};
  swarm.workload.reads_percent = 35;
  swarm.workload.cas_percent = 30;
  swarm.workload.pipeline = {2, 12};
  swarm.workload.pipelined_percent = 25;
  swarm.workload.asks_leader_percent = 25;
  swarm.random_faults.window_ms = {400, 2000};
  for (RandomFault& fault : swarm.random_faults.faults) {
    if (fault.fault == FaultKind::partition)
      fault = {FaultKind::partition, 40, {1, 3}, {10, 1200}, {0, 0}};
    if (fault.fault == FaultKind::pause) fault = {FaultKind::pause, 30, {1, 2}, {1, 1200}, {0, 0}};
    if (fault.fault == FaultKind::crash) fault = {FaultKind::crash, 70, {1, 5}, {1, 600}, {0, 0}};
  }
  return swarm;
}

}  // namespace quorate::sim
