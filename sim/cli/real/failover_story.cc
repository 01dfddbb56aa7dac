#include "sim/cli/real/failover_story.h"

#include <algorithm>

#include "core/wire/message.h"

namespace quorate::cli {

namespace {

constexpr Profile kProfile = Profile::replicated_log;

bool is_ship(const Fact& fact) {
  return fact.kind == FactKind::shipped || fact.kind == FactKind::reshipped;
}

}  // namespace

void FailoverStory::hear(const RealFact& fact) {
  at(fact.node).facts.push_back(fact.fact);
  tell_all();
}

void FailoverStory::began(NodeId node) {
  const bool again = at(node).was_ended;
  at(node) = Seat();
  at(node).runs = true;
  at(node).is_back = again;
  for (Seat& seat : seats_) seat.probed &= ~bit(node);
}

void FailoverStory::ended(NodeId node) {
  at(node).runs = false;
  at(node).was_ended = true;
  at(node).serves = false;
  tell_all();
}

void FailoverStory::say(NodeId who, const std::string& what) {
  tell_(node_name(who, kProfile) + ": " + what);
}

// ---- what is so by now

NodeId FailoverStory::leader() const {
  for (std::uint32_t n = 1; n <= members_; ++n)
    if (at(NodeId(n)).serves && at(NodeId(n)).elected_in == generation_.value()) return NodeId(n);
  return NodeId();
}

bool FailoverStory::is_settled() const {
  const NodeId leads = leader();
  if (leads.is_none() || at(leads).committed < at(leads).appended) return false;
  for (std::uint32_t n = 1; n <= members_; ++n) {
    const Seat& seat = at(NodeId(n));
    if (!seat.runs || NodeId(n) == leads) continue;
    const bool follows = seat.follows == leads && seat.follows_in == generation_.value();
    if (!follows || seat.acked < at(leads).appended) return false;
  }
  return true;
}

bool FailoverStory::has_gone(NodeId node, NodeId peer) const {
  return (at(node).gone & bit(peer)) != 0;
}

// ---- in which order

void FailoverStory::tell_all() {
  for (bool told = true; told;) {
    told = false;
    for (std::uint32_t n = 1; n <= members_; ++n) {
      Seat& seat = at(NodeId(n));
      while (!seat.facts.empty() && may_tell(NodeId(n), seat.facts.front())) {
        const Fact fact = seat.facts.front();
        seat.facts.pop_front();
        tell(NodeId(n), fact);
        note(NodeId(n), fact);
        told = true;
      }
    }
  }
}

// Has its cause been told?
bool FailoverStory::may_tell(NodeId node, const Fact& fact) const {
  const bool is_own = fact.peer.is_none() || fact.peer == node;
  if (!is_own && !at(fact.peer).runs) return true;
  const Seat& peer = at(is_own ? node : fact.peer);
  switch (fact.kind) {
    case FactKind::vote_given:
    case FactKind::vote_refused:
      return std::max(peer.asked_in, peer.stood_in) >= fact.a &&
             (fact.b == 1 || fact.kind == FactKind::vote_refused || peer.stood_in >= fact.a);
    case FactKind::vote_counted: return is_own || was_given(node, fact);
    case FactKind::leader_found: return peer.elected_in >= fact.a;
    case FactKind::ack_sent: return peer.elected_in == 0 || peer.shipped >= fact.lsn;
    case FactKind::ack_counted: return peer.acked >= fact.lsn;
    case FactKind::log_cut:
      return !at(node).runs || at(node).follows.is_none() ||
             (at(at(node).follows).probed & bit(node)) != 0 || !at(at(node).follows).runs;
    case FactKind::appended:
    case FactKind::shipped:
    case FactKind::reads_confirmed:
    case FactKind::answered_again: return was_passed_on();
    default: return true;
  }
}

bool FailoverStory::was_given(NodeId node, const Fact& vote) const {
  const Seat& voter = at(vote.peer);
  const bool is_pre = at(node).stood_in < vote.a;
  return (is_pre ? voter.would_vote_in : voter.voted_in) >= vote.a;
}

bool FailoverStory::was_passed_on() const {
  return std::none_of(seats_.begin(), seats_.end(),
                      [](const Seat& seat) { return seat.runs && seat.is_asked && !seat.serves; });
}

// ---- what is known with it

void FailoverStory::note(NodeId node, const Fact& fact) {
  note_election(node, fact);
  note_log(node, fact);
}

void FailoverStory::note_election(NodeId node, const Fact& fact) {
  Seat& seat = at(node);
  switch (fact.kind) {
    case FactKind::stood:
      (fact.b == 1 ? seat.asked_in : seat.stood_in) = fact.a;
      seat.follows = NodeId();
      break;
    case FactKind::vote_given: (fact.b == 1 ? seat.would_vote_in : seat.voted_in) = fact.a; break;
    case FactKind::elected:
      seat.elected_in = fact.a;
      seat.shipped = seat.appended = fact.lsn;
      seat.committed = Lsn();
      seat.probed = 0;
      generation_ = std::max(generation_, Generation(fact.a));
      break;
    case FactKind::serving: seat.serves = true; break;
    case FactKind::stepped_down:
      seat.serves = false;
      seat.follows = NodeId();
      break;
    case FactKind::leader_found:
      seat.follows = fact.peer;
      seat.follows_in = fact.a;
      seat.acked = Lsn();
      break;
    case FactKind::peer_gone:
      seat.gone |= bit(fact.peer);
      if (fact.peer == seat.follows) seat.follows = NodeId();
      break;
    case FactKind::peer_connected:
      seat.gone &= ~bit(fact.peer);
      seat.probed &= ~bit(fact.peer);
      break;
    // Whatever it makes of a request, it has it.
    case FactKind::forwarded:
    case FactKind::request_refused: seat.is_asked = false; break;
    default: break;
  }
  if (seat.serves) seat.is_asked = false;
}

void FailoverStory::note_log(NodeId node, const Fact& fact) {
  Seat& seat = at(node);
  switch (fact.kind) {
    case FactKind::started: seat.appended = seat.durable = seat.ack_told = fact.lsn; break;
    case FactKind::appended: seat.appended = fact.lsn; break;
    case FactKind::synced: seat.durable = fact.lsn; break;
    case FactKind::quorum_reached: seat.committed = fact.lsn; break;
    case FactKind::write_answered:
    case FactKind::answered_again: answered_ = std::max(answered_, fact.lsn); break;
    case FactKind::log_cut:
      seat.appended = fact.lsn;
      seat.durable = std::min(seat.durable, fact.lsn);
      seat.ack_told = std::min(seat.ack_told, fact.lsn);
      seat.has_cut = true;
      break;
    case FactKind::shipped:
    case FactKind::reshipped:
      seat.probed |= bit(fact.peer);
      seat.shipped = std::max(seat.shipped, Lsn(fact.a));
      break;
    case FactKind::ack_sent:
      if (fact.a == static_cast<std::uint64_t>(AckStatus::success))
        seat.acked = std::max(seat.acked, fact.lsn);
      if (!seat.follows.is_none() && seat.acked >= at(seat.follows).appended) seat.is_back = false;
      break;
    default: break;
  }
}

// ---- the words

void FailoverStory::tell(NodeId node, const Fact& fact) {
  switch (fact.kind) {
    case FactKind::stood:
    case FactKind::vote_given:
    case FactKind::vote_refused:
    case FactKind::elected:
    case FactKind::adoption_begun:
    case FactKind::adopted:
    case FactKind::leader_found:
    case FactKind::stepped_down:
    case FactKind::serving:
    case FactKind::quorum_reached:
    case FactKind::wait_timed_out:
    case FactKind::forwarded:
    case FactKind::reads_confirmed:
    case FactKind::answered_again:
    case FactKind::had_no_effect:
    case FactKind::log_cut:
    case FactKind::torn_tail_cut:
    case FactKind::damage_found:
    case FactKind::peer_silent: break;
    case FactKind::started:
    case FactKind::generation_entered:
      if (!at(node).is_back) return;
      break;
    case FactKind::appended:
    case FactKind::synced:
      if (node != watched_ || (fact.kind == FactKind::synced && fact.lsn <= at(node).durable))
        return;
      break;
    case FactKind::peer_gone:
      if (!at(fact.peer).was_ended || has_gone(node, fact.peer)) return;
      break;
    case FactKind::peer_connected:
      if (!at(node).serves || !at(fact.peer).is_back) return;
      break;
    case FactKind::ack_sent: return tell_ack(node, fact);
    default:
      if (is_ship(fact)) tell_shipped(node, fact);
      return;
  }
  say(node, narrate(fact, kProfile));
}

void FailoverStory::tell_shipped(NodeId node, const Fact& fact) {
  if (fact.a < fact.lsn.value()) return;  // it only asks whether the logs agree
  const bool is_new = Lsn(fact.a) > at(node).shipped;
  if (!is_new && !at(fact.peer).is_back) return;  // the same record, to the next follower
  std::string text = narrate(fact, kProfile);
  const std::string whom = " to " + node_name(fact.peer, kProfile);
  if (is_new)
    text.erase(text.find(whom), whom.size());
  else
    text.erase(std::min(text.find(','), text.size()));  // nobody waits for it
  say(node, text);
}

void FailoverStory::tell_ack(NodeId node, const Fact& fact) {
  const bool is_success = fact.a == static_cast<std::uint64_t>(AckStatus::success);
  // What it had acknowledged before, it only confirms.
  if (is_success && fact.lsn <= at(node).ack_told) return;
  if (is_success) at(node).ack_told = fact.lsn;
  say(node, narrate(fact, kProfile));
}

}  // namespace quorate::cli
