// Does this leader still lead? Its rounds of confirmation, what rests on them, and when it gives
// up.
//
// A follower confirms a round if it still lives in the leader's generation when it is asked. A
// round that a majority has confirmed proves that nobody else had been elected when the round
// began: so a read that came before, and that sees all that was committed when it came, is
// linearizable (Raft thesis 6.4). Rounds are also the leader's heartbeat. From acks and
// confirmations the leader knows when it last heard from each follower; when a majority was last
// heard an election timeout ago, it steps down (6.2).
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/protocol/begin_order.h"
#include "core/protocol/node_state.h"

namespace quorate {

class Leadership {
 public:
  // A read that waits until its round is confirmed.
  struct Read {
    ClientId client;
    std::uint64_t sequence = 0;
    std::string key;
    Time began;
    std::uint64_t round = 0;
  };

  // The election has been won now, by votes of a majority.
  void begin(NodeState& node, Time now) {
    heard_.fill(now);
    has_majority(node, now);
  }

  // That follower has answered us in our generation.
  void heard(NodeId follower, Time now) { heard_[place(follower)] = now; }
  void confirmed(NodeId follower, std::uint64_t round);

  void read(const NodeState& node, const ClientRequest& event, Time now);
  std::size_t waiting() const { return reads_.size(); }
  // Begins a round if a read waits for one.
  void turn_ended(NodeState& node, Time now, Effects& out);
  // The reads that may be answered now: moved to `to`, in the order of their coming.
  void take_confirmed(const NodeState& node, std::vector<Read>& to);
  // Those whose time is over, or all: told that nothing was read.
  void expire(const NodeState& node, Time now, Effects& out);
  void refuse_all(ReplyKind why, Effects& out);
  Time reads_deadline(const NodeState& node) const {
    if (reads_.empty()) return Time::never();
    return reads_[order_.first(std::span<const Read>(reads_))].began + node.config.write_timeout;
  }

  // A heartbeat: asks those peers (a mask as in Links).
  void ask(NodeState& node, Time now, std::uint32_t peers, Effects& out);

  // Has a majority been heard within an election timeout? Looks when the deadline has come, and
  // sets it anew.
  bool has_majority(NodeState& node, Time now);

 private:
  static std::size_t place(NodeId node) { return node.value() - 1; }
  void begin_round(NodeState& node, Time now, Effects& out);
  // The greatest value that a majority, the leader itself counted as `own`, has reached.
  template <class Mark>
  Mark of_majority(const NodeState& node, const std::array<Mark, kMaxMembers>& marks,
                   Mark own) const;

  std::array<Time, kMaxMembers> heard_{};
  std::array<std::uint64_t, kMaxMembers> confirmed_{};
  std::uint64_t begun_ = 0;
  std::vector<Read> reads_;  // in the order of their rounds
  BeginOrder order_;
};

}  // namespace quorate
