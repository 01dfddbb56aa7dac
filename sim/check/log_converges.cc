// Is all well again? What the judge of the profile replicated_log says of a run that may be over.
#include <algorithm>

#include "core/protocol/state_machine.h"
#include "sim/check/log_checker.h"
#include "sim/check/log_words.h"

namespace quorate::sim {

namespace {

NodeId node_at(std::size_t index) { return NodeId(static_cast<std::uint32_t>(index) + 1); }

}  // namespace

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

// Does what is committed add up to the state of the node with that log, as far as it has applied
// it? By who wrote each key last, so that nothing is to be replayed. False where only that could
// tell: a cas stands last, or there were more sessions than are kept.
bool LogChecker::adds_up_to(const ReplicatedLog& log, std::size_t most_sessions) const {
  if (others_wrote_ || log.applied() > committed_.last()) return false;
  struct Session {
    ClientId client;
    std::uint64_t newest = 0;  // the sequence that took effect last
  };
  std::vector<Session> sessions;
  std::vector<const Written*> last(keys_.size());
  for (const std::vector<Written>& writes : written_) {
    auto session = sessions.end();
    for (const Written& write : writes) {  // what is committed of them, in its order
      if (write.lsn > log.applied() || !committed_.has(write.lsn, write.chain)) continue;
      const auto is_its = [&](const Session& one) { return one.client == write.session; };
      if (session == sessions.end() || !is_its(*session))
        session = std::find_if(sessions.begin(), sessions.end(), is_its);
      if (session == sessions.end())
        session = sessions.insert(session, {write.session, write.sequence});
      else if (write.sequence <= session->newest)
        continue;  // it has no effect any more
      session->newest = write.sequence;
      if (last[write.key] == nullptr || last[write.key]->lsn < write.lsn) last[write.key] = &write;
    }
  }
  if (sessions.size() > most_sessions || sessions.size() != log.sessions().size()) return false;
  const Kv::Entries& state = log.state().entries();
  std::size_t keys = 0;
  for (const Written* write : last) {
    if (write == nullptr || write->op == Op::del) continue;
    const auto entry = state.find(HeadedView(keys_.text(write->key)));
    if (write->op != Op::set || entry == state.end() ||
        content_of(entry->first.text, entry->second) != write->left)
      return false;
    ++keys;
  }
  return keys == state.size();
}

std::string LogChecker::differing_state(std::uint32_t down_for_good) const {
  const NodeId leads = world_->who_leads();
  if (leads.is_none() || !quorum_is_possible(down_for_good)) return {};
  const ReplicatedLog& log = running(leads)->log();
  const std::size_t most_sessions = running(leads)->config().max_sessions;
  if (adds_up_to(log, most_sessions))
    return first_unlike(log.state().entries(), log.sessions().size(), log.applied(), down_for_good);
  // The leader's log, replayed by another hand than the node's own.
  StateMachine expected(sound_rules(), most_sessions);
  if (!log.wal().base().is_none()) expected = reference_.at(log.applied(), committed_);
  for (Lsn lsn(1); lsn <= log.applied() && log.wal().base().is_none(); lsn = lsn.next())
    expected.apply(log.wal().record(lsn));
  return first_unlike(expected.kv().entries(), expected.sessions().size(), log.applied(),
                      down_for_good);
}

std::string LogChecker::first_unlike(const Kv::Entries& state, std::size_t sessions, Lsn up_to,
                                     std::uint32_t down_for_good) const {
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    const Node* node = running(node_at(i));
    if (is_down(down_for_good, node_at(i)) || node == nullptr) continue;
    if (node->log().sessions().size() != sessions)
      return "the sessions of " + name_of(node_at(i)) + " are not what the leader's log up to " +
             text_of(up_to) + " adds up to";
    if (node->log().state().entries() != state)
      return "the state of " + name_of(node_at(i)) + " is not what the leader's log up to " +
             text_of(up_to) + " adds up to";
  }
  return {};
}

Lsn LogChecker::last_lsn() const {
  const NodeId leads = world_->who_leads();
  return leads.is_none() ? committed_.last() : truth(leads).last();
}

}  // namespace quorate::sim
