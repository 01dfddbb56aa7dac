#include "sim/cli/real/real_faults.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "core/base/check.h"
#include "core/log/record_codec.h"
#include "sim/cli/real/real_error.h"
#include "sim/search/for_real.h"
#include "sim/world/node_names.h"

namespace quorate::cli {

using sim::Direction;
using sim::FaultKind;
using sim::PlannedFault;

namespace {

bool is_on_a_link(const PlannedFault& fault) {
  switch (fault.kind) {
    case FaultKind::delay:
    case FaultKind::hold:
    case FaultKind::cut:
    case FaultKind::partition:
    case FaultKind::corrupt: return true;
    default: return false;
  }
}

// A fault's direction is seen from its node, a relay's from who dials.
Direction seen_by_relay(bool is_dialer, Direction direction) {
  if (direction == Direction::both || is_dialer) return direction;
  return direction == Direction::to_peer ? Direction::from_peer : Direction::to_peer;
}

}  // namespace

RealFaults::RealFaults(RealCluster& cluster, const std::vector<PlannedFault>& faults)
    : cluster_(cluster), faults_(faults), has_struck_(faults.size(), false) {
  for (const PlannedFault& fault : faults_) {
    if (!is_on_a_link(fault)) continue;
    for (std::uint32_t high = 2; high <= cluster_.members(); ++high)
      for (std::uint32_t low = 1; low < (cluster_.elects() ? high : 2); ++low) {
        if (!concerns(fault, {high, low}) || relays_.count({high, low}) > 0) continue;
        auto relay = std::make_unique<Relay>(cluster_.peers_of(NodeId(low)));
        cluster_.dial_through(NodeId(high), relay->address(), NodeId(low));
        relays_[{high, low}] = std::move(relay);
      }
  }
}

// Is that the link, or one of those, that it strikes?
bool RealFaults::concerns(const PlannedFault& fault, const Ends& ends) {
  const auto fits = [](NodeId meant, std::uint32_t node) {
    return meant.is_none() || meant == sim::kWhoLeads || meant == NodeId(node);
  };
  return (fits(fault.node, ends.dialer) && fits(fault.peer, ends.target)) ||
         (fits(fault.node, ends.target) && fits(fault.peer, ends.dialer));
}

void RealFaults::begin() {
  for (const PlannedFault& fault : faults_)
    if (sim::is_made_on_the_wire(fault))
      each_relay(fault, Direction::to_peer, [&](const Ends&, Relay& relay, Direction way) {
        relay.corrupt_next(fault.part, fault.after->lsn, 1, way);
      });
}

template <class Act>
void RealFaults::each_relay(const PlannedFault& fault, Direction direction, Act act) {
  for (auto& [ends, relay] : relays_)
    if (concerns(fault, ends))
      act(ends, *relay, seen_by_relay(fault.node == NodeId(ends.dialer), direction));
}

void RealFaults::strike(std::size_t index, Time now) {
  const PlannedFault& fault = faults_[index];
  switch (fault.kind) {
    case FaultKind::delay: on_link(index, Way::delay); break;
    case FaultKind::partition: on_link(index, Way::block); break;
    case FaultKind::hold:
      each_relay(fault, Direction::to_peer, [&](const Ends&, Relay& relay, Direction way) {
        relay.hold_next(way, fault.by, fault.lsn);
      });
      break;
    case FaultKind::cut:
      each_relay(fault, Direction::both, [](const Ends&, Relay& relay, Direction) { relay.cut(); });
      break;
    case FaultKind::corrupt:
      each_relay(fault, Direction::to_peer, [&](const Ends&, Relay& relay, Direction way) {
        relay.corrupt_next(fault.part, fault.lsn, static_cast<int>(fault.count), way);
      });
      break;
    case FaultKind::crash:
      has_struck_[index] = cluster_.runs(fault.node);
      if (has_struck_[index]) cluster_.kill(fault.node);
      paused_by_.erase(fault.node.value());
      break;
    case FaultKind::pause:
      if (!cluster_.runs(fault.node)) break;
      cluster_.pause(fault.node);
      paused_by_[fault.node.value()] = index;
      break;
    case FaultKind::damage_disk: damages_.push_back(index); break;
    case FaultKind::wake_up: wake_ups_.push_back({index, now, nullptr}); break;
    default: QUORATE_CHECK(false, "it can be made for real"); break;
  }
}

void RealFaults::end(std::size_t index) {
  const PlannedFault& fault = faults_[index];
  switch (fault.kind) {
    case FaultKind::delay: off_link(index, Way::delay); break;
    case FaultKind::partition: off_link(index, Way::block); break;
    case FaultKind::pause:
      if (const auto owner = paused_by_.find(fault.node.value());
          owner != paused_by_.end() && owner->second == index) {
        paused_by_.erase(owner);
        cluster_.resume(fault.node);
      }
      break;
    case FaultKind::wake_up:
      std::erase_if(wake_ups_, [index](const WakeUp& one) { return one.index == index; });
      break;
    default: break;
  }
}

void RealFaults::on_link(std::size_t index, Way way) {
  const PlannedFault& fault = faults_[index];
  const Direction direction = way == Way::block ? fault.direction : Direction::to_peer;
  each_relay(fault, direction, [&](const Ends& ends, Relay& relay, Direction seen) {
    for (const Direction one : {Direction::to_peer, Direction::from_peer}) {
      if (seen != Direction::both && seen != one) continue;
      owners_[{ends, one, way}] = index;
      if (way == Way::block)
        relay.block(one, true);
      else
        relay.delay(one, fault.by);
    }
  });
}

void RealFaults::off_link(std::size_t index, Way way) {
  for (auto owner = owners_.begin(); owner != owners_.end();) {
    const auto& [ends, one, what] = owner->first;
    if (owner->second != index || what != way) {
      ++owner;
      continue;
    }
    if (way == Way::block)
      relays_[ends]->block(one, false);
    else
      relays_[ends]->delay(one, Duration());
    owner = owners_.erase(owner);
  }
}

void RealFaults::restart(std::size_t index) {
  const NodeId node = faults_[index].node;
  if (!has_struck_[index] || cluster_.runs(node)) return;
  for (const std::size_t damaged : damages_)
    if (faults_[damaged].node == node) damage(faults_[damaged]);
  std::erase_if(damages_, [&](std::size_t damaged) { return faults_[damaged].node == node; });
  cluster_.start(node);
}

// One bit in the last byte of the record. The last record of a file is spared, as in the simulator.
void RealFaults::damage(const PlannedFault& fault) const {
  const std::string path = cluster_.log_of(fault.node);
  const auto [begin, file] = cluster_.log_file(fault.node);
  std::size_t place = 0;   // of the byte
  bool is_within = false;  // the records
  for (std::size_t at = 0; at < file.size();) {
    const RecordScan scan = scan_record(ByteSpan(file).subspan(at));
    if (scan.status != RecordStatus::whole) {
      if (is_within) break;
      ++at;  // a rest of what was dropped
      continue;
    }
    is_within = true;
    at += scan.size;
    const bool meant =
        is_data(scan.record.op) && (fault.lsn.is_none() || scan.record.lsn == fault.lsn);
    if (meant && at < file.size() && place == 0) place = at - 1;
  }
  if (place == 0) return;
  std::fstream out(path, std::ios::binary | std::ios::in | std::ios::out);
  out.seekp(static_cast<std::streamoff>(begin.value() + place));
  out.put(static_cast<char>(file[place] ^ 1));
  out.flush();
  if (!out) throw RealError(path + " can't be damaged");
}

// For a real process there is no wake-up for nothing; a PING is one that decides nothing.
void RealFaults::wake(WakeUp& wake_up, Time now) {
  const PlannedFault& fault = faults_[wake_up.index];
  if (now < wake_up.next || !cluster_.runs(fault.node)) return;
  wake_up.next = now + fault.by;
  try {
    const Time until = now + milliseconds(1000);
    if (!wake_up.client)
      wake_up.client = std::make_unique<RespClient>(cluster_.clients_of(fault.node), until);
    while (wake_up.client->try_receive()) {
    }
    wake_up.client->send({"PING"}, until);
  } catch (const RealError&) {
    wake_up.client.reset();  // it has gone down meanwhile
  }
}

void RealFaults::poll(Time now) {
  for (WakeUp& wake_up : wake_ups_) wake(wake_up, now);
}

void RealFaults::end_all() {
  for (std::size_t i = 0; i < faults_.size(); ++i) end(i);
}

}  // namespace quorate::cli
