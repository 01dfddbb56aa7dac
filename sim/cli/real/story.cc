#include "sim/cli/real/story.h"

#include <algorithm>

#include "core/wire/message.h"

namespace quorate::cli {

namespace {

bool has_status(const Fact& ack, AckStatus status) {
  return ack.a == static_cast<std::uint64_t>(status);
}

}  // namespace

void Story::hear(const RealFact& fact) {
  if (fact.node == NodeConfig::leader())
    leader_.push_back(fact.fact);
  else if (fact.fact.kind == FactKind::ack_sent)
    at(fact.node).acks.push_back(fact.fact);
  while (tell_acks() || tell_leader()) {
  }
}

void Story::ended(NodeId follower) {
  at(follower).ended = true;
  while (tell_acks() || tell_leader()) {
  }
}

bool Story::tell_acks() {
  bool told = false;
  for (std::uint32_t n = 2; n <= kMaxMembers; ++n) {
    Follower& follower = at(NodeId(n));
    while (!follower.acks.empty()) {
      const Fact ack = follower.acks.front();
      if (!may_tell_ack(follower, NodeId(n))) break;
      follower.acks.pop_front();
      told = true;
      const bool failure = has_status(ack, AckStatus::crc_failure);
      if (failure) {
        follower.awaits_reship = true;
        ++follower.failures_told;
      }
      // What it had acknowledged before, it only confirms on a new connection.
      const bool is_new = has_status(ack, AckStatus::success) && ack.lsn > follower.acked;
      if (is_new) follower.acked = ack.lsn;
      if (failure || is_new) say(NodeId(n), narrate(ack));
    }
  }
  return told;
}

// Requires that there is an ack to tell.
bool Story::may_tell_ack(const Follower& follower, NodeId node) const {
  const Fact& ack = follower.acks.front();
  if (ack.lsn > shipped_ || follower.awaits_reship) return false;
  if (ack.lsn <= committed_ || !has_status(ack, AckStatus::success)) return true;
  // What the leader says next rests on it, or there is still one missing.
  if (!leader_.empty() && leader_.front().peer == node && !may_tell(leader_.front())) return true;
  const auto told = std::count_if(followers_.begin(), followers_.end(),
                                  [&ack](const Follower& one) { return one.acked >= ack.lsn; });
  return static_cast<std::uint64_t>(told) < needed_;
}

bool Story::tell_leader() {
  if (leader_.empty() || !may_tell(leader_.front())) return false;
  const Fact fact = leader_.front();
  leader_.pop_front();
  tell_of_leader(fact);
  return true;
}

// Has its cause been told?
bool Story::may_tell(const Fact& fact) const {
  const Follower& follower = at(fact.peer);
  if (fact.kind == FactKind::ack_counted) return follower.ended || follower.acked >= fact.lsn;
  if (fact.kind == FactKind::crc_failure_heard)
    return follower.ended || follower.failures_told > follower.failures_heard;
  return true;
}

void Story::tell_of_leader(const Fact& fact) {
  Follower& follower = at(fact.peer);
  switch (fact.kind) {
    case FactKind::shipped: return tell_shipped(fact);
    case FactKind::reshipped:
      follower.awaits_reship = false;
      return say(NodeConfig::leader(), narrate(fact));
    case FactKind::ack_counted: follower.counted = std::max(follower.counted, fact.lsn); return;
    case FactKind::crc_failure_heard: ++follower.failures_heard; return;
    case FactKind::quorum_reached:
      committed_ = fact.lsn;
      return say(NodeConfig::leader(), narrate(fact));
    case FactKind::wait_timed_out: ++settled_; return say(NodeConfig::leader(), narrate(fact));
    case FactKind::write_answered:
    case FactKind::request_refused: ++settled_; return;
    case FactKind::peer_connected:
    case FactKind::peer_gone: return tell_peer(fact);
    default: return;
  }
}

void Story::tell_shipped(const Fact& fact) {
  if (fact.a < fact.lsn.value()) return;  // it only asks whether the logs agree
  Follower& follower = at(fact.peer);
  const bool is_new = Lsn(fact.a) > shipped_;
  if (!is_new && !follower.is_back) return;  // the same record, to the next follower
  std::string text = narrate(fact);
  if (is_new && !follower.is_back) {
    const std::string whom = " to " + node_name(fact.peer);
    text.erase(text.find(whom), whom.size());
  } else {
    text.erase(text.find(','));  // nobody waits for it
  }
  needed_ = fact.b;
  shipped_ = std::max(shipped_, Lsn(fact.a));
  follower.is_back = follower.is_back && Lsn(fact.a) < shipped_;
  say(NodeConfig::leader(), text);
}

void Story::tell_peer(const Fact& fact) {
  Follower& follower = at(fact.peer);
  follower.connected = fact.kind == FactKind::peer_connected;
  follower.awaits_reship = false;
  if (!follower.connected) {
    say(NodeConfig::leader(), narrate(fact));
  } else if (follower.ended) {
    follower.ended = false;
    follower.is_back = true;
    say(NodeConfig::leader(), narrate(fact));
  }
}

}  // namespace quorate::cli
