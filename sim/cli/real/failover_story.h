// In which order is it told, what several nodes that elect their leader have decided? Causes before
// what they cause.
//
// As in story.h: the facts of one node come in order, those of two as their pipes are read. Here
// any node may lead, so there is no thread to follow; each fact waits until what it rests on has
// been told: a vote until it was asked for, a leader's votes until they were given, a follower's
// leader until it was elected, an ack until its ship, a quorum until its acks, and what the leader
// makes of a request until it was passed on. Whose process was ended is not waited for. Told are
// the election, the way of each write, and where logs part and meet again; the rest is kept to
// itself.
#pragma once

#include <array>
#include <deque>
#include <functional>
#include <string>

#include "core/protocol/config.h"
#include "sim/cli/real/fact_pipe.h"

namespace quorate::cli {

class FailoverStory {
 public:
  using Teller = std::function<void(const std::string& line)>;
  FailoverStory(std::uint32_t members, Teller tell) : members_(members), tell_(std::move(tell)) {}

  void hear(const RealFact& fact);
  // A process was begun, or begun again.
  void began(NodeId node);
  // A process was ended: nothing that it may not have said is waited for.
  void ended(NodeId node);
  // A request is about to be sent to that node: it is passed on before the leader does anything.
  void asks(NodeId node) { at(node).is_asked = true; }
  // From now on it is told what comes to that node's disk; nobody: no more.
  void watch_disk(NodeId node) { watched_ = node; }

  // ---- what has been told so far
  // Who serves in the newest generation that has a leader, as long as he lives; or nobody.
  NodeId leader() const;
  Generation generation() const { return generation_; }
  // It serves, all that is in its log is committed, and all others that run follow it and have it.
  bool is_settled() const;
  bool has_gone(NodeId node, NodeId peer) const;  // `node` has noticed that `peer` is gone
  Lsn appended(NodeId node) const { return at(node).appended; }
  Lsn answered() const { return answered_; }  // the newest write that a client was told OK of
  Lsn durable(NodeId node) const { return at(node).durable; }
  bool has_cut(NodeId node) const { return at(node).has_cut; }  // its log, since it began

 private:
  struct Seat {
    std::deque<Fact> facts;  // not told yet
    bool runs = false;
    bool was_ended = false;
    bool is_back = false;   // what it has missed is on its way
    bool is_asked = false;  // a request is on its way to it
    bool has_cut = false;
    std::uint32_t gone = 0;      // peers, a bit each
    std::uint32_t probed = 0;    // likewise: what it was sent as a leader, on this connection
    std::uint64_t asked_in = 0;  // a generation, as are the next four
    std::uint64_t stood_in = 0;
    std::uint64_t would_vote_in = 0;
    std::uint64_t voted_in = 0;
    std::uint64_t elected_in = 0;
    bool serves = false;
    NodeId follows;
    std::uint64_t follows_in = 0;  // a generation
    Lsn appended, durable, shipped;
    Lsn committed;  // as a leader
    Lsn acked;      // to whom it follows now
    Lsn ack_told;   // to anybody
  };

  static std::uint32_t bit(NodeId node) { return std::uint32_t{1} << (node.value() - 1); }
  Seat& at(NodeId node) { return seats_[node.value()]; }
  const Seat& at(NodeId node) const { return seats_[node.value()]; }
  void tell_all();
  bool may_tell(NodeId node, const Fact& fact) const;
  bool was_given(NodeId node, const Fact& vote) const;
  bool was_passed_on() const;
  void note(NodeId node, const Fact& fact);
  void note_election(NodeId node, const Fact& fact);
  void note_log(NodeId node, const Fact& fact);
  void tell(NodeId node, const Fact& fact);
  void tell_shipped(NodeId node, const Fact& fact);
  void tell_ack(NodeId node, const Fact& fact);
  void say(NodeId who, const std::string& what);

  std::uint32_t members_;
  Teller tell_;
  std::array<Seat, kMaxMembers + 1> seats_;
  NodeId watched_;
  Generation generation_;  // the newest that was won
  Lsn answered_;
};

}  // namespace quorate::cli
