// Is all well again? What the judge of the profile replicated_log says of a run that may be over.
#include "core/protocol/state_machine.h"
#include "sim/check/log_checker.h"
#include "sim/check/log_words.h"

namespace quorate::sim {

namespace {

NodeId node_at(std::size_t index) { return NodeId(static_cast<std::uint32_t>(index) + 1); }

}  // namespace

const Node* LogChecker::running(NodeId node) const {
  const Driver* driver = world_->driver(node);
  return driver == nullptr ? nullptr : driver->node();
}

bool LogChecker::quorum_is_possible(std::uint32_t down_for_good) const {
  std::size_t up = 0;
  for (std::size_t i = 0; i < nodes_.size(); ++i) up += is_down(down_for_good, node_at(i)) ? 0 : 1;
  return up > nodes_.size() / 2;
}

// Who has lost records to damage neither votes nor acknowledges before they are given back.
bool LogChecker::may_refuse_for_ever(std::uint32_t down_for_good) const {
  if (broken_ == 0) return false;
  if (damages_overlap_) return true;
  std::size_t sound = 0;
  for (std::size_t i = 0; i < nodes_.size(); ++i)
    sound += is_down(down_for_good, node_at(i)) || nodes_[i].truth.is_broken() ? 0 : 1;
  return sound <= nodes_.size() / 2;
}

bool LogChecker::has_converged(std::uint32_t down_for_good) const {
  if (!quorum_is_possible(down_for_good)) return true;
  const NodeId leads = world_->who_leads();
  if (leads.is_none() || !running(leads)->is_serving()) return false;
  const NodeTruth& log = truth(leads);
  const Lsn last = log.last();
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    if (is_down(down_for_good, node_at(i))) continue;
    const Node* node = running(node_at(i));
    const NodeTruth& its = nodes_[i].truth;
    if (node == nullptr || its.is_broken() || its.last() != last || its.durable_lsn() != last ||
        node->log().applied() != last)
      return false;
    if (!last.is_none() && its.record(last).chain != log.record(last).chain) return false;
  }
  return true;
}

std::string LogChecker::waits_for(std::uint32_t down_for_good) const {
  if (has_converged(down_for_good)) return {};
  const NodeId leads = world_->who_leads();
  if (leads.is_none()) return "a leader to be elected";
  if (!running(leads)->is_serving()) return name_of(leads) + ", which leads, to serve";
  const NodeTruth& log = truth(leads);
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    if (is_down(down_for_good, node_at(i))) continue;
    const Node* node = running(node_at(i));
    const NodeTruth& its = nodes_[i].truth;
    if (node == nullptr) return name_of(node_at(i)) + " to start";
    if (its.is_broken()) return name_of(node_at(i)) + " to get its damaged log back";
    if (its.last() > log.last())
      return name_of(node_at(i)) + " to cut its log, which reaches to " + text_of(its.last()) +
             ", to the leader's " + text_of(log.last());
    if (its.durable_lsn() != log.last())
      return name_of(node_at(i)) + " to hold " + text_of(log.last()) + ": it holds " +
             text_of(its.durable_lsn());
    if (its.record(log.last()).chain != log.record(log.last()).chain)
      return name_of(node_at(i)) + " to hold the leader's log: its own differs, at " +
             text_of(log.last()) + " or before";
    if (node->log().applied() != log.last())
      return name_of(node_at(i)) + " to apply " + text_of(log.last()) + ": it has applied " +
             text_of(node->log().applied());
  }
  return "nothing that could be named";
}

std::string LogChecker::differing_state(std::uint32_t down_for_good) const {
  const NodeId leads = world_->who_leads();
  if (leads.is_none() || !quorum_is_possible(down_for_good)) return {};
  // The leader's log, replayed by another hand than the node's own.
  const ReplicatedLog& log = running(leads)->log();
  StateMachine expected(sound_rules(), running(leads)->config().max_sessions);
  if (!log.wal().base().is_none()) expected = reference_.at(log.applied(), committed_);
  for (Lsn lsn(1); lsn <= log.applied() && log.wal().base().is_none(); lsn = lsn.next())
    expected.apply(log.wal().record(lsn));
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    const Node* node = running(node_at(i));
    if (is_down(down_for_good, node_at(i)) || node == nullptr) continue;
    if (node->log().sessions().size() != expected.sessions().size())
      return "the sessions of " + name_of(node_at(i)) + " are not what the leader's log up to " +
             text_of(log.applied()) + " adds up to";
    if (node->log().state().entries() != expected.kv().entries())
      return "the state of " + name_of(node_at(i)) + " is not what the leader's log up to " +
             text_of(log.applied()) + " adds up to";
  }
  return {};
}

Lsn LogChecker::last_lsn() const {
  const NodeId leads = world_->who_leads();
  return leads.is_none() ? committed_.last() : truth(leads).last();
}

}  // namespace quorate::sim
