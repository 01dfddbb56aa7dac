// In which order is it told, what several processes have decided? Causes before what they cause.
//
// The facts of one node come in order; those of two come as their pipes are read, so a leader may
// seem to have counted an ack that its follower has not sent yet. Here the leader's facts are the
// thread of the story: an ack is told after the ship that it answers, what the leader makes of it
// after that, and an ack that the quorum did not need after the quorum. The lesson's lines and no
// others:
//
//   leader: shipped record LSN=1, waiting for quorum (Q=2)
//   follower-1: ack LSN=1 status=OK
//   leader: quorum reached for LSN=1 (1/1 acks)
//
// and where they happen: a ship that is repeated, a timeout, who has gone and who is back.
#pragma once

#include <array>
#include <deque>
#include <functional>
#include <string>

#include "core/protocol/config.h"
#include "sim/cli/real/fact_pipe.h"

namespace quorate::cli {

class Story {
 public:
  using Teller = std::function<void(const std::string& line)>;
  explicit Story(Teller tell) : tell_(std::move(tell)) {}

  void hear(const RealFact& fact);
  // That follower's process was ended: nothing that it may not have said is waited for.
  void ended(NodeId follower);

  // ---- what has been told so far
  Lsn committed() const { return committed_; }  // a quorum holds all up to here
  Lsn acked(NodeId follower) const { return at(follower).acked; }
  Lsn counted(NodeId follower) const { return at(follower).counted; }
  bool is_connected(NodeId follower) const { return at(follower).connected; }
  // What the leader has answered, or timed out: so many requests.
  std::size_t settled() const { return settled_; }

 private:
  struct Follower {
    std::deque<Fact> acks;  // not told yet
    Lsn acked;
    Lsn counted;
    int failures_told = 0;   // acks with a CRC failure
    int failures_heard = 0;  // by the leader
    bool awaits_reship = false;
    bool connected = false;
    bool ended = false;    // since it was last connected
    bool is_back = false;  // what it has missed is on its way
  };

  Follower& at(NodeId node) { return followers_[node.value() % followers_.size()]; }
  const Follower& at(NodeId node) const { return followers_[node.value() % followers_.size()]; }
  bool tell_acks();
  bool tell_leader();
  bool may_tell(const Fact& fact) const;
  bool may_tell_ack(const Follower& follower, NodeId node) const;
  void tell_of_leader(const Fact& fact);
  void tell_shipped(const Fact& fact);
  void tell_peer(const Fact& fact);
  void say(NodeId who, const std::string& what) { tell_(node_name(who) + ": " + what); }

  Teller tell_;
  std::deque<Fact> leader_;  // not told yet
  std::array<Follower, kMaxMembers + 1> followers_;
  Lsn shipped_;
  std::uint64_t needed_ = 0;  // acks
  Lsn committed_;
  std::size_t settled_ = 0;
};

}  // namespace quorate::cli
