#include "sim/fault/fault.h"

#include <algorithm>

#include "core/log/record_codec.h"
#include "core/wire/frame.h"

namespace quorate::sim {

namespace {

constexpr std::uint32_t kHaltedRestart = Faults::kAlarms - 64;  // + the node

constexpr std::uint32_t bit(NodeId node) { return std::uint32_t{1} << (node.value() - 1); }

}  // namespace

void Faults::begin(World& world, const std::vector<PlannedFault>& faults, Duration restart_pause) {
  faults_ = faults;
  damages_.clear();
  armed_.assign(faults_.size(), false);
  led_before_.assign(faults_.size(), Generation());
  restart_pause_ = restart_pause;
  over_at_ = Time();
  struck_ = 0;
  down_for_good_ = 0;
  for (std::size_t i = 0; i < faults_.size(); ++i) {
    if (faults_[i].after) {
      World::ArmedMoment moment = *faults_[i].after;
      moment.what = static_cast<std::uint32_t>(i);
      moment.dooms = faults_[i].kind == FaultKind::crash && moment.node == faults_[i].node;
      world.arm(moment);
    } else {
      world.set_alarm(faults_[i].at, alarm_of(i, kStrike));
      lasts_until(faults_[i].at + faults_[i].lasts);
    }
  }
}

const PlannedFault* Faults::fired(World& world, std::uint32_t what, Observer& observer) {
  return strike(world, what, observer) ? &faults_[what] : nullptr;
}

const PlannedFault* Faults::alarm(World& world, std::uint32_t what, Observer& observer) {
  if (what >= kHaltedRestart) {
    restart(world, NodeId(what - kHaltedRestart), observer);
    return nullptr;
  }
  const std::uint32_t index = what / 4;
  switch (static_cast<Phase>(what % 4)) {
    case kStrike: return fired(world, index, observer);
    case kRestart: restart(world, faults_[index].node, observer); return nullptr;
    case kRepeat: {
      const PlannedFault& fault = faults_[index];
      if (world.now() >= fault.at + fault.lasts) return nullptr;
      world.wake(fault.node, observer);
      world.set_alarm(world.now() + fault.by, what);
      return nullptr;
    }
  }
  return nullptr;
}

template <class Act>
void Faults::each_peer(const World& world, const PlannedFault& fault, Act act) {
  for (std::uint32_t n = 1; n <= world.node_count(); ++n)
    if (NodeId(n) != fault.node && (fault.peer.is_none() || NodeId(n) == fault.peer))
      act(NodeId(n));
}

template <class Act>
void Faults::each_link(World& world, const PlannedFault& fault, Direction direction, Act act) {
  each_peer(world, fault, [&](NodeId peer) {
    if (direction != Direction::from_peer) act(world.link(fault.node.value(), peer.value()));
    if (direction != Direction::to_peer) act(world.link(peer.value(), fault.node.value()));
  });
}

bool Faults::waits_for_moment(World& world, std::uint32_t index) {
  const PlannedFault& fault = faults_[index];
  if (armed_[index]) return false;
  World::ArmedMoment moment;
  moment.what = index;
  if (fault.kind == FaultKind::crash && fault.at_next_append) {
    moment.node = fault.node;
    moment.did = Moment::append;
    moment.dooms = true;
  } else if (fault.kind == FaultKind::inject_ack && fault.ack == InjectedAck::stale) {
    // When the leader has shipped anew what that ack once spoke of, and nobody can hold it yet.
    const ByteSpan ack = world.link(fault.node.value(), fault.peer.value()).older_ack.bytes();
    if (ack.empty()) return false;
    moment.node = fault.peer;
    moment.did = Moment::ship;
    moment.lsn = tap_frame(ack).lsn;
  } else if (fault.kind == FaultKind::hold && !fault.lsn.is_none()) {
    each_peer(world, fault, [&](NodeId peer) {
      world.arm(ArmedHold{fault.node, peer, fault.lsn, fault.by.us(), index});
    });
    return armed_[index] = true;
  } else {
    return false;
  }
  world.arm(moment);
  armed_[index] = true;
  return true;
}

bool Faults::strike(World& world, std::uint32_t index, Observer& observer) {
  PlannedFault& fault = faults_[index];
  if (waits_for_next_leader(world, index)) return false;
  find_leader(world, fault);
  if (waits_for_moment(world, index)) return false;
  fault.at = world.now();
  ++struck_;
  const Time until = world.now() + fault.lasts;
  lasts_until(until);
  switch (fault.kind) {
    case FaultKind::delay:
    case FaultKind::hold:
    case FaultKind::partition:
    case FaultKind::cut: strike_link(world, fault); break;
    case FaultKind::corrupt:
      world.arm(ArmedCorruption{fault.node, fault.peer, fault.part, fault.lsn, fault.count});
      break;
    case FaultKind::inject_ack: inject_ack(world, fault); break;
    case FaultKind::crash: crash(world, index, observer); break;
    case FaultKind::pause:
      if (world.is_up(fault.node)) world.pause(fault.node, until);
      break;
    case FaultKind::slow_disk:
      world.disk(fault.node).slow_until = until;
      world.disk(fault.node).slow_us = fault.by.us();
      break;
    case FaultKind::disk_full: world.disk(fault.node).fill(until, fault.room); break;
    case FaultKind::fail_sync: world.disk(fault.node).fails_next_sync = true; break;
    case FaultKind::damage_disk: damages_.push_back(index); break;
    case FaultKind::wake_up:
      world.set_alarm(world.now() + fault.by, alarm_of(index, kRepeat));
      break;
  }
  return true;
}

void Faults::strike_link(World& world, const PlannedFault& fault) {
  const Time until = world.now() + fault.lasts;
  switch (fault.kind) {
    case FaultKind::delay:
      each_link(world, fault, Direction::to_peer, [&](Link& link) {
        link.slow_until = until;
        link.slow_us = fault.by.us();
      });
      break;
    case FaultKind::hold:
      if (fault.lsn.is_none())  // else the world has done it
        each_link(world, fault, Direction::to_peer,
                  [&](Link& link) { link.hold_us = fault.by.us(); });
      lasts_until(world.now() + fault.by);
      break;
    case FaultKind::partition:
      each_link(world, fault, fault.direction,
                [&](Link& link) { link.blocked_until = std::max(link.blocked_until, until); });
      break;
    default: each_peer(world, fault, [&](NodeId peer) { world.cut(fault.node, peer); }); break;
  }
}

// ---- nodes that go down and come back

void Faults::crash(World& world, std::uint32_t index, Observer& observer) {
  const PlannedFault& fault = faults_[index];
  if (!world.is_up(fault.node)) return;
  if (fault.kills) {
    world.kill(fault.node, observer);
  } else {
    const std::uint64_t unsynced = world.disk(fault.node).unsynced().value();
    std::uint64_t keep = unsynced * static_cast<std::uint64_t>(fault.survives_percent) / 100;
    std::size_t torn = 0;
    if (fault.torn && keep > 0)
      torn = 1 + world.choice().below(std::min<std::uint64_t>(keep, 24), Purpose::torn,
                                      fault.node.value(), index);
    // Where a prefix survives it ends anywhere, also in the middle of a record.
    if (fault.torn && keep > 1)
      keep -= world.choice().below(keep / 2, Purpose::survives, fault.node.value(), index);
    const std::uint64_t noise = world.choice().draw(Purpose::torn_bit, fault.node.value(), index);
    world.lose_power(fault.node, ByteCount(keep), torn, noise, observer);
  }
  if (fault.restart_after) {
    world.set_alarm(world.now() + *fault.restart_after, alarm_of(index, kRestart));
    lasts_until(world.now() + *fault.restart_after);
  } else {
    down_for_good_ |= bit(fault.node);
  }
}

void Faults::halted(World& world, NodeId node, Observer& observer) {
  world.end_halted(node, observer);
  Duration pause = restart_pause_;
  for (const PlannedFault& fault : faults_) {
    if (fault.kind != FaultKind::fail_sync || fault.node != node) continue;
    if (!fault.restart_after) {
      down_for_good_ |= bit(node);
      return;
    }
    pause = *fault.restart_after;
  }
  world.set_alarm(world.now() + pause, kHaltedRestart + node.value());
  lasts_until(world.now() + pause);
}

void Faults::restart(World& world, NodeId node, Observer& observer) {
  if (world.is_up(node) || (down_for_good_ & bit(node)) != 0) return;
  // A failed sync has left bytes in memory that no disk has: only a restart of the machine clears
  // them (README.md, fail_sync).
  if (world.disk(node).lost) world.lose_power(node, ByteCount(), 0, 0, observer);
  for (std::size_t i = 0; i < damages_.size(); ++i)
    if (faults_[damages_[i]].node == node)
      damage_record(world, faults_[damages_[i]], damages_[i], observer);
  std::erase_if(damages_, [&](std::uint32_t index) { return faults_[index].node == node; });
  world.start(node, observer);
}

// ---- bytes

void Faults::damage_record(World& world, const PlannedFault& fault, std::uint32_t index,
                           Observer& observer) {
  // The durable records of the file by their places. The last one is left alone: damage there can't
  // be told from a torn tail by anybody (README.md, damage_disk).
  const Bytes& file = world.disk(fault.node).file;
  const std::size_t durable = world.disk(fault.node).durable.value();
  std::vector<std::pair<std::size_t, std::size_t>> places;
  std::size_t at = 0;
  for (;;) {
    const RecordScan scan = scan_record(ByteSpan(file).subspan(at));
    if (scan.status != RecordStatus::whole || at + scan.size > durable) break;
    if (fault.lsn.is_none() || (is_data(scan.record.op) && scan.record.lsn == fault.lsn))
      places.emplace_back(at, scan.size);
    at += scan.size;
  }
  if (!places.empty() && places.back().first + places.back().second == at) places.pop_back();
  if (places.empty()) return;
  const Choice& choice = world.choice();
  const auto [begin, size] =
      places[choice.below(places.size(), Purpose::damage_at, fault.node.value(), index)];
  const std::size_t byte =
      begin + choice.below(size, Purpose::damage_at, fault.node.value(), index + 1000);
  world.damage(fault.node, byte,
               static_cast<std::uint8_t>(
                   1u << choice.below(8, Purpose::corrupt_bit, fault.node.value(), index + 1000)),
               observer);
}

void Faults::inject_ack(World& world, const PlannedFault& fault) {
  const Link& link = world.link(fault.node.value(), fault.peer.value());
  Bytes frame;
  const Driver* leader = world.driver(fault.peer);
  switch (fault.ack) {
    case InjectedAck::duplicate:
      frame.assign(link.last_ack().begin(), link.last_ack().end());
      break;
    case InjectedAck::stale:
      frame.assign(link.older_ack.bytes().begin(), link.older_ack.bytes().end());
      break;
    case InjectedAck::foreign:
    case InjectedAck::beyond: {
      if (leader == nullptr || leader->node() == nullptr) return;
      const ReplicatedLog& log = leader->node()->log();
      const bool foreign = fault.ack == InjectedAck::foreign;
      const NodeId from = foreign ? NodeId(world.node_count() + 1) : fault.node;
      const Lsn lsn = foreign ? log.last() : Lsn(log.last().value() + 1000);
      encode_frame({from, log.generation(), Ack{lsn, AckStatus::success}}, {}, frame);
      break;
    }
  }
  if (!frame.empty()) world.inject(fault.node, fault.peer, frame);
}

}  // namespace quorate::sim
