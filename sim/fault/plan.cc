#include "sim/fault/plan.h"

#include <algorithm>

#include "sim/world/node_names.h"

namespace quorate::sim {

namespace {

PlannedFault resolve(const FaultEntry& entry, bool elects) {
  PlannedFault fault;
  fault.kind = entry.fault;
  fault.at = Time() + milliseconds(entry.at_ms);
  fault.node = node_by_name(entry.node, elects);
  fault.peer = node_by_name(entry.peer, elects);
  fault.lasts = milliseconds(entry.for_ms);
  fault.by = microseconds(entry.by_us);
  if (entry.restart_after_ms) fault.restart_after = milliseconds(*entry.restart_after_ms);
  fault.survives_percent = entry.survives_percent;
  fault.torn = entry.torn;
  fault.direction = entry.direction;
  fault.part = entry.part;
  fault.ack = entry.ack;
  fault.lsn = Lsn(static_cast<std::uint64_t>(entry.lsn));
  fault.count = entry.count;
  fault.room = ByteCount(static_cast<std::uint64_t>(entry.room_bytes));
  if (entry.after)
    fault.after = World::ArmedMoment{node_by_name(entry.after->node, elects), entry.after->did,
                                     Lsn(static_cast<std::uint64_t>(entry.after->lsn)), 0, false};
  return fault;
}

// Draws faults of one kind. `whom` makes each kind's draws its own.
class Drawer {
 public:
  Drawer(const Choice& choice, const RandomFault& spec, std::uint32_t nodes, bool elects,
         Range window_ms)
      : choice_(choice),
        spec_(spec),
        whom_(static_cast<std::uint64_t>(spec.fault) + 1),
        nodes_(nodes),
        elects_(elects),
        window_us_{window_ms.min * 1000, window_ms.max * 1000} {}

  void draw(std::vector<PlannedFault>& to) const {
    if (!choice_.percent(spec_.chance_percent, Purpose::fault_on, whom_, 0)) return;
    const std::int64_t count = choice_.in(spec_.count, Purpose::fault_count, whom_, 0);
    for (std::int64_t n = 0; n < count; ++n) one(static_cast<std::uint64_t>(n), to);
  }

 private:
  void one(std::uint64_t nth, std::vector<PlannedFault>& to) const {
    PlannedFault fault;
    fault.kind = spec_.fault;
    fault.at = Time(choice_.in(window_us_, Purpose::fault_at, whom_, nth));
    fault.lasts = milliseconds(choice_.in(spec_.for_ms, Purpose::fault_for, whom_, nth));
    fault.by = microseconds(choice_.in(spec_.by_us, Purpose::fault_by, whom_, nth));
    fault.node = NodeId(1 + below(nodes_, Purpose::fault_node, nth));
    const NodeId some_follower(2 + below(nodes_ - 1, Purpose::fault_peer, nth));
    const NodeId leader = elects_ ? kWhoLeads : NodeId(1);
    if (elects_) {
      // Whoever leads is hit more often than a node that follows: nothing else makes elections.
      if (below(2, Purpose::fault_on_leader, nth) == 0) fault.node = leader;
      fault.peer = some_follower == fault.node ? NodeId(1) : some_follower;
    } else {  // all connections have the leader at one end
      fault.peer = fault.node == leader ? some_follower : leader;
    }
    switch (spec_.fault) {
      case FaultKind::partition: {
        const std::uint32_t detail = below(8, Purpose::fault_detail, nth);
        fault.direction = detail % 4 == 0   ? Direction::to_peer
                          : detail % 4 == 1 ? Direction::from_peer
                                            : Direction::both;
        if (detail >= 5) fault.peer = NodeId();  // the node from all others
        if (elects_ && detail >= 5) next_leader(fault, nth, to);
        break;
      }
      case FaultKind::pause:
        if (elects_) next_leader(fault, nth, to);
        break;
      case FaultKind::corrupt: {
        constexpr CorruptPart kParts[] = {CorruptPart::record, CorruptPart::record,
                                          CorruptPart::head, CorruptPart::ack};
        fault.part = kParts[below(4, Purpose::fault_detail, nth)];
        fault.node = fault.part == CorruptPart::record ? leader : fault.node;
        if (fault.part == CorruptPart::ack) fault.node = some_follower;
        if (!elects_ || fault.part == CorruptPart::ack)
          fault.peer = fault.node == leader ? some_follower : leader;
        break;
      }
      case FaultKind::inject_ack:
        fault.ack = static_cast<InjectedAck>(below(4, Purpose::fault_detail, nth));
        fault.node = some_follower;
        fault.peer = leader;
        if (fault.ack == InjectedAck::stale) return stale_ack(fault, nth, to);
        break;
      case FaultKind::crash: draw_crash(fault, nth); break;
      case FaultKind::disk_full:
        fault.room = ByteCount(static_cast<std::uint64_t>(
            choice_.in(spec_.room_bytes, Purpose::fault_room, whom_, nth)));
        break;
      case FaultKind::fail_sync:
        fault.restart_after = fault.lasts;
        fault.lasts = Duration();
        break;
      case FaultKind::damage_disk: {
        // At most one node is hit, and it goes down so that the damage shows.
        fault.node = NodeId(1 + below(nodes_, Purpose::fault_node, 0));
        PlannedFault down = fault;
        down.kind = FaultKind::crash;
        down.kills = true;
        down.restart_after = fault.lasts;
        down.lasts = fault.lasts = Duration();
        to.push_back(fault);
        to.push_back(down);
        return;
      }
      default: break;
    }
    to.push_back(fault);
  }

  // An ack of an earlier generation needs one: the leader, whose disk is slow, loses power, so that
  // its followers have acknowledged what it loses; the ack appears when it writes again.
  void stale_ack(const PlannedFault& ack, std::uint64_t nth, std::vector<PlannedFault>& to) const {
    PlannedFault slow;
    slow.kind = FaultKind::slow_disk;
    slow.node = elects_ ? kWhoLeads : NodeId(1);
    slow.at = ack.at;
    slow.lasts = slow.by = milliseconds(20);
    PlannedFault down;
    down.kind = FaultKind::crash;
    down.node = slow.node;
    down.at = slow.at + milliseconds(10);
    down.restart_after = milliseconds(2);
    to.push_back(slow);
    to.push_back(down);
    PlannedFault late = ack;
    late.at = down.at + *down.restart_after + milliseconds(1 + below(30, Purpose::fault_by, nth));
    to.push_back(late);
  }

  // Where whoever leads can't be heard, another is elected; now and then that one loses power in
  // its first moments, and the old one is back before it: what only those two hold is decided then.
  void next_leader(const PlannedFault& silent, std::uint64_t nth,
                   std::vector<PlannedFault>& to) const {
    if (silent.node != kWhoLeads || below(2, Purpose::fault_next_leader, nth) == 0) return;
    PlannedFault down;
    down.kind = FaultKind::crash;
    down.node = kWhoLeads;
    down.of_next_leader = true;
    down.at = silent.at;
    down.lasts = silent.lasts;
    down.by = microseconds(below(40'000, Purpose::fault_next_leader, 1000 + nth));
    down.restart_after = milliseconds(100 + below(900, Purpose::fault_next_leader, 2000 + nth));
    down.survives_percent = 100;
    to.push_back(down);
  }

  void draw_crash(PlannedFault& fault, std::uint64_t nth) const {
    fault.restart_after = fault.lasts;
    fault.lasts = Duration();
    const std::uint32_t kind = below(4, Purpose::crash_kind, nth);
    fault.kills = kind == 0;
    fault.torn = fault.at_next_append = kind == 1;
    fault.survives_percent =
        kind == 2 ? 0 : static_cast<std::int64_t>(below(101, Purpose::survives, nth));
    // Now and then a follower never comes back, if the others can still be a quorum without it.
    const int followers = static_cast<int>(nodes_) - 1;
    const bool can_do_without =
        elects_ ? nodes_ > 2 : acks_needed(QuorumRule::followers_majority, followers) < followers;
    if (nth == 0 && fault.node != NodeId(1) && fault.node != kWhoLeads && can_do_without &&
        below(4, Purpose::fault_restart, nth) == 0)
      fault.restart_after.reset();
  }

  std::uint32_t below(std::uint64_t bound, Purpose purpose, std::uint64_t nth) const {
    return static_cast<std::uint32_t>(choice_.below(bound, purpose, whom_, nth));
  }

  const Choice& choice_;
  const RandomFault& spec_;
  std::uint64_t whom_;
  std::uint32_t nodes_;
  bool elects_;
  Range window_us_;
};

}  // namespace

void draw_plan(const Scenario& scenario, std::uint64_t seed, Plan& plan) {
  const Choice choice(seed);
  const auto draw = [&choice](const Range& range, Purpose purpose) {
    return choice.in(range, purpose, 0, 0);
  };
  NodeConfig& node = plan.world.node;
  node = NodeConfig();
  const bool elects = scenario.profile == Profile::replicated_log;
  node.profile = scenario.profile;
  node.members = static_cast<std::uint32_t>(
      elects ? draw(scenario.cluster.nodes, Purpose::plan_followers)
             : draw(scenario.cluster.followers, Purpose::plan_followers) + 1);
  node.election = scenario.cluster.election;
  plan.world.election_timeout_ms = scenario.cluster.election_timeout_ms;
  plan.world.stands_after.clear();
  for (const std::int64_t ms : scenario.cluster.stands_after_ms)
    plan.world.stands_after.push_back(milliseconds(ms));
  if (elects && choice.percent(scenario.cluster.eager_percent, Purpose::plan_eager, 0, 0)) {
    const std::uint64_t eager = choice.below(node.members, Purpose::plan_eager, 1, 0);
    plan.world.stands_after.resize(
        std::max<std::size_t>(plan.world.stands_after.size(), eager + 1));
    plan.world.stands_after[eager] = milliseconds(scenario.cluster.election_timeout_ms.min);
  }
  node.election_seed = choice.draw(Purpose::election_seed, 0, 0);
  node.quorum = scenario.cluster.quorum;
  node.write_timeout = milliseconds(scenario.cluster.write_timeout_ms);
  node.heartbeat = milliseconds(scenario.cluster.heartbeat_ms);
  node.peer_silence =
      milliseconds(draw(scenario.cluster.peer_silence_ms, Purpose::plan_peer_silence));
  const ByteCount ship(
      static_cast<std::uint64_t>(draw(scenario.cluster.ship_bytes, Purpose::plan_ship_bytes)));
  node.ship_bytes = ship;
  node.window_bytes = ByteCount(8 * ship.value());
  node.snapshot_bytes = ByteCount(static_cast<std::uint64_t>(
      draw(scenario.cluster.snapshot_bytes, Purpose::plan_snapshot_bytes)));
  node.log_kept_bytes = ByteCount(static_cast<std::uint64_t>(
      draw(scenario.cluster.log_kept_bytes, Purpose::plan_log_kept_bytes)));
  node.max_sessions =
      static_cast<std::size_t>(draw(scenario.cluster.max_sessions, Purpose::plan_max_sessions));
  plan.world.network = scenario.network;
  plan.world.disk = scenario.disk;
  plan.world.clock = scenario.clock;
  plan.world.seed = seed;
  const WorkloadSpec& workload = scenario.workload;
  plan.clients = static_cast<std::uint32_t>(draw(workload.clients, Purpose::plan_clients));
  for (const Operation& operation : workload.operations)
    plan.clients = std::max(plan.clients, static_cast<std::uint32_t>(operation.client));
  plan.keys = static_cast<std::uint32_t>(draw(workload.keys, Purpose::plan_keys));
  plan.writes = static_cast<std::uint32_t>(draw(workload.writes, Purpose::plan_writes));
  plan.value_bytes =
      static_cast<std::size_t>(draw(workload.value_bytes, Purpose::plan_value_bytes));
  plan.think = microseconds(draw(workload.think_us, Purpose::plan_think));
  plan.pipeline = static_cast<std::uint32_t>(draw(workload.pipeline, Purpose::plan_pipeline));
  plan.faults.clear();
  for (const FaultEntry& entry : scenario.faults) {
    const PlannedFault fault = resolve(entry, elects);
    // A seed that draws fewer nodes leaves out what concerns the others.
    const NodeId last(node.members);
    const auto is_left_out = [last](NodeId named) { return named > last && named != kWhoLeads; };
    if (is_left_out(fault.node) || is_left_out(fault.peer) ||
        (fault.after && fault.after->node > last))
      continue;
    plan.faults.push_back(fault);
  }
  if (node.members < 2) return;
  const std::int64_t window = draw(scenario.random_faults.window_ms, Purpose::fault_at);
  for (const RandomFault& fault : scenario.random_faults.faults)
    Drawer(choice, fault, node.members, elects, {0, window}).draw(plan.faults);
}

}  // namespace quorate::sim
