#include "sim/check/eventually_converges.h"

#include "core/log/record_codec.h"
#include "core/protocol/kv.h"
#include "sim/check/checker.h"

namespace quorate::sim {

namespace {

const Node* running(const Court& court, NodeId node) {
  const Driver* driver = court.world->driver(node);
  return driver == nullptr ? nullptr : driver->node();
}

NodeId node_at(std::size_t index) { return NodeId(static_cast<std::uint32_t>(index) + 1); }

}  // namespace

bool Checker::quorum_is_possible(std::uint32_t down) const {
  return EventuallyConverges::quorum_is_possible(court_, down);
}
bool Checker::may_refuse_for_ever(std::uint32_t down) const {
  return EventuallyConverges::is_damaged_beyond_budget(court_, down);
}
bool Checker::has_converged(std::uint32_t down) const {
  return EventuallyConverges::has_converged(court_, down);
}
std::string Checker::waits_for(std::uint32_t down) const {
  return EventuallyConverges::waits_for(court_, down);
}
// What the leader wrote is known by its versions: where its state is the last of each key, the
// others' must be the same, and nothing is to be replayed.
std::string Checker::differing_state(std::uint32_t down) const {
  const Node* leader = running(court_, kLeader);
  if (leader == nullptr || !quorum_is_possible(down)) return {};
  const Lsn applied = leader->log().applied();
  const Kv::Entries& state = leader->log().state().entries();
  if (reads_committed_.adds_up_to(state, applied))
    return EventuallyConverges::differing_state(court_, down, state, applied);
  return EventuallyConverges::differing_state(court_, down);
}
Lsn Checker::committed() const {
  Lsn on_quorum = court_.leader().durable_lsn();
  while (!court_.is_on_quorum(on_quorum)) on_quorum = on_quorum.prev();
  return on_quorum;
}

bool EventuallyConverges::quorum_is_possible(const Court& court, std::uint32_t down_for_good) {
  int up = 0;
  for (std::size_t i = 1; i < court.nodes.size(); ++i)
    up += is_down(down_for_good, node_at(i)) ? 0 : 1;
  return !is_down(down_for_good, NodeId(1)) && up >= court.needed;
}

bool EventuallyConverges::is_damaged_beyond_budget(const Court& court,
                                                   std::uint32_t down_for_good) {
  if (!court.any_is_broken()) return false;
  if (court.damages_overlap) return true;
  if (!court.leader().is_broken()) return false;
  int witnesses = 0;
  for (std::size_t i = 1; i < court.nodes.size(); ++i)
    witnesses += is_down(down_for_good, node_at(i)) ? 0 : 1;
  return witnesses < court.followers - court.needed + 1;
}

bool EventuallyConverges::has_converged(const Court& court, std::uint32_t down_for_good) {
  const NodeTruth& leader = court.leader();
  const bool leader_is_down = is_down(down_for_good, NodeId(1));
  if (leader_is_down) return true;  // nobody can catch up with a leader that is gone
  const Node* node = running(court, NodeId(1));
  if (node == nullptr || leader.is_broken() || leader.durable_lsn() != leader.last()) return false;
  if (quorum_is_possible(court, down_for_good) &&
      (!node->is_serving() || node->log().applied() != leader.last()))
    return false;
  for (std::size_t i = 1; i < court.nodes.size(); ++i) {
    if (is_down(down_for_good, node_at(i))) continue;
    const NodeTruth& truth = court.nodes[i];
    const Node* follower = running(court, node_at(i));
    if (follower == nullptr || truth.is_broken() || truth.durable_lsn() != leader.last() ||
        truth.last() != leader.last() || follower->log().applied() != leader.last())
      return false;
    if (!leader.last().is_none() &&
        truth.record(leader.last()).chain != leader.record(leader.last()).chain)
      return false;
  }
  return true;
}

std::string EventuallyConverges::waits_for(const Court& court, std::uint32_t down_for_good) {
  if (has_converged(court, down_for_good)) return {};
  const NodeTruth& leader = court.leader();
  const Node* node = running(court, NodeId(1));
  if (node == nullptr) return "the leader to start";
  if (leader.is_broken()) return "the leader to get its damaged log back";
  for (std::size_t i = 1; i < court.nodes.size(); ++i) {
    if (is_down(down_for_good, node_at(i))) continue;
    const std::string name = node_name(node_at(i));
    const NodeTruth& truth = court.nodes[i];
    const Node* follower = running(court, node_at(i));
    if (follower == nullptr) return name + " to start";
    if (truth.is_broken()) return name + " to get its damaged log back";
    if (truth.last() > leader.last())
      return name + " to cut its log, which reaches to " + lsn_text(truth.last()) +
             ", to the leader's " + lsn_text(leader.last());
    if (truth.durable_lsn() != leader.last())
      return name + " to hold " + lsn_text(leader.last()) + ": it holds " +
             lsn_text(truth.durable_lsn());
    if (!leader.last().is_none() &&
        truth.record(leader.last()).chain != leader.record(leader.last()).chain)
      return name + " to hold the leader's log: its own differs, at " + lsn_text(leader.last()) +
             " or before";
    if (follower->log().applied() != leader.last())
      return name + " to apply " + lsn_text(leader.last()) + ": it has applied " +
             lsn_text(follower->log().applied());
  }
  if (!node->is_serving()) return "the leader to serve";
  return "the leader to apply " + lsn_text(leader.last()) + ": it has applied " +
         lsn_text(node->log().applied());
}

std::string EventuallyConverges::differing_state(const Court& court, std::uint32_t down_for_good) {
  const Node* leader = running(court, NodeId(1));
  if (leader == nullptr || !quorum_is_possible(court, down_for_good)) return {};
  // The leader's log, replayed by another hand than the node's own.
  Kv expected;
  const Wal& wal = leader->log().wal();
  const Lsn applied = leader->log().applied();
  for (Lsn lsn(1); lsn <= applied; lsn = lsn.next()) expected.apply(wal.record(lsn));
  return differing_state(court, down_for_good, expected.entries(), applied);
}

std::string EventuallyConverges::differing_state(const Court& court, std::uint32_t down_for_good,
                                                 const Kv::Entries& expected, Lsn up_to) {
  for (std::size_t i = 0; i < court.nodes.size(); ++i) {
    const Node* node = running(court, node_at(i));
    if (is_down(down_for_good, node_at(i)) || node == nullptr) continue;
    if (node->log().state().entries() != expected)
      return "the state of " + node_name(node_at(i)) + " is not what the leader's log up to " +
             lsn_text(up_to) + " adds up to";
  }
  return {};
}

}  // namespace quorate::sim
