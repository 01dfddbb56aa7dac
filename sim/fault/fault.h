// What goes wrong in this run, and when? The faults of a plan, and who makes them happen.
//
// What each kind does, and what a cluster owes its users under it, is written down in README.md
// beside this file; this is the machine that does it. Node names and chance are resolved before
// (plan.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/scenario/scenario.h"
#include "sim/world/world.h"

namespace quorate::sim {

struct PlannedFault {
  FaultKind kind = FaultKind::crash;
  Time at;
  std::optional<World::ArmedMoment> after;  // instead of a time
  NodeId node;
  NodeId peer;  // none: all others
  Duration lasts;
  Duration by;
  std::optional<Duration> restart_after;
  std::int64_t survives_percent = 0;
  bool torn = false;
  bool kills = false;  // crash: the process dies, the machine keeps its page cache
  Direction direction = Direction::both;
  CorruptPart part = CorruptPart::record;
  InjectedAck ack = InjectedAck::duplicate;
  bool at_next_append = false;  // crash: not at once, but in the middle of the next append
  // crash: not at once, but `by` after the next election, if there is one while it `lasts`.
  bool of_next_leader = false;
  Lsn lsn;  // of the record meant; none: any
  std::int64_t count = 1;
  ByteCount room;  // disk_full: so much fits still
};

// One line about it, for the trace.
std::string describe(const PlannedFault& fault, Profile profile = Profile::ack_quorum);

class Faults {
 public:
  // An alarm's number says which fault and what about it.
  enum Phase : std::uint32_t { kStrike, kRestart, kRepeat };
  static constexpr std::uint32_t alarm_of(std::size_t index, Phase phase) {
    return static_cast<std::uint32_t>(index) * 4 + phase;
  }

  // Alarms of the world whose number is below this belong to the faults.
  static constexpr std::uint32_t kAlarms = 1u << 24;

  // Sets the alarms for all of them. A node that halts by itself is restarted after
  // `restart_pause`.
  void begin(World& world, const std::vector<PlannedFault>& faults, Duration restart_pause);

  // An alarm has gone off, or a moment has come. Returns a fault that has just struck, or null.
  const PlannedFault* alarm(World& world, std::uint32_t what, Observer& observer);
  const PlannedFault* fired(World& world, std::uint32_t what, Observer& observer);
  // The node has stopped itself.
  void halted(World& world, NodeId node, Observer& observer);

  // When the last fault known so far is over; what waits for a moment that has not come is not
  // counted.
  Time over_at() const { return over_at_; }
  std::uint64_t struck() const { return struck_; }
  // Nodes that a fault took down for good (bit n: node n + 1).
  std::uint32_t down_for_good() const { return down_for_good_; }

 private:
  // Returns whether it has struck: it may only have begun to wait.
  bool strike(World& world, std::uint32_t index, Observer& observer);
  // Some faults wait, once their time has come, for the moment in which they hurt most.
  bool waits_for_moment(World& world, std::uint32_t index);
  // Likewise for somebody else to lead, in a newer generation than at first.
  bool waits_for_next_leader(World& world, std::uint32_t index);
  static void find_leader(const World& world, PlannedFault& fault);
  void strike_link(World& world, const PlannedFault& fault);
  void crash(World& world, std::uint32_t index, Observer& observer);
  void restart(World& world, NodeId node, Observer& observer);
  void inject_ack(World& world, const PlannedFault& fault);
  void damage_record(World& world, const PlannedFault& fault, std::uint32_t index,
                     Observer& observer);
  void lasts_until(Time at) { over_at_ = std::max(over_at_, at); }
  template <class Act>
  void each_peer(const World& world, const PlannedFault& fault, Act act);
  template <class Act>
  void each_link(World& world, const PlannedFault& fault, Direction direction, Act act);

  std::vector<PlannedFault> faults_;
  std::vector<bool> armed_;             // by fault: it waits for its moment, or has done so
  std::vector<Generation> led_before_;  // by fault that waits for the next leader; none: not yet
  std::vector<std::uint32_t> damages_;  // faults that damage a record at their node's next start
  Duration restart_pause_;
  Time over_at_;
  std::uint64_t struck_ = 0;
  std::uint32_t down_for_good_ = 0;
};

}  // namespace quorate::sim
