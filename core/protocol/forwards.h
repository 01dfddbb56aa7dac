// Which requests has this node passed on to the leader, and who waits for their answers? Profile
// replicated_log: any node takes a client's request.
//
// A follower sends the request to the leader it knows and hands the answer to its client. A ticket
// tells which answer belongs to which request; tickets are never used again while the process
// lives, and an answer goes out only on the connection by which its request came (peer_client): so
// no answer of one life is taken for one of the next. Each ends in exactly one answer, whatever
// becomes of the leader:
// - the leader's;
// - at the deadline of its wait, `timeout`: its fate is unknown;
// - when the connection is over, or a newer generation is entered, in which no leader of the older
//   one is believed: a write's fate is unknown (deposed), a read has done nothing (not_leader).
// Who is forwarded a request and leads no longer refuses it: there is no second hop.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "core/protocol/begin_order.h"
#include "core/protocol/node_state.h"

namespace quorate {

// Whom does a leader answer that was asked by a peer, on its nth connection? A number that no
// client's connection has.
constexpr ClientId peer_client(NodeId peer, std::uint32_t nth) {
  return ClientId((std::uint64_t{1} << 63) | (std::uint64_t{peer.value()} << 32) | nth);
}
constexpr bool is_peers(ClientId client) { return (client.value() >> 63) != 0; }
// Requires is_peers(client).
constexpr NodeId peer_of(ClientId client) {
  return NodeId(static_cast<std::uint32_t>(client.value() >> 32) & 0x7fffffff);
}

class Forwards {
 public:
  // What travels to a leader and is not answered yet, in bytes, beside one request that may be
  // larger. More is refused as busy, like more than config.max_waits requests.
  static constexpr std::size_t kMaxBytes = std::size_t{1} << 20;

  // Sends it to the leader, or refuses it. Requires a connection to `leader`.
  void forward(NodeState& node, Time now, NodeId leader, const ClientRequest& event, Effects& out);
  // The leader has answered.
  void answered(const NodeState& node, NodeId leader, const Forwarded& answer, ByteSpan records,
                Effects& out);
  // The connection to that one is over.
  void gone(NodeId leader, Effects& out);
  // No answer of the present leader will be believed.
  void give_up(Effects& out);
  // Ends those whose time is over.
  void expire(const NodeState& node, Time now, Effects& out);

  // The first deadline, or never.
  Time deadline(const NodeState& node) const {
    return under_way_.empty() ? Time::never() : first_deadline(node);
  }
  std::size_t size() const { return under_way_.size(); }

 private:
  struct UnderWay {  // in the order of the tickets
    std::uint64_t ticket = 0;
    ClientId client;
    std::uint64_t sequence = 0;
    Time began;
    NodeId leader;
    bool is_read = false;
    std::size_t bytes = 0;
  };
  Time first_deadline(const NodeState& node) const;
  // Notes and answers, and counts it out; the caller takes it off the list.
  void end(const UnderWay& request, const WriteResult& with, Effects& out);
  void lose(const UnderWay& request, Effects& out);

  std::uint64_t tickets_ = 0;
  std::size_t bytes_ = 0;
  std::vector<UnderWay> under_way_;
  BeginOrder order_;
};

// The record that travels with a forwarded request, and what is asked by it. Nothing: no sound peer
// sends that.
void encode_request(const ClientRequest& request, Bytes& to);
std::optional<ClientRequest> request_of(const RecordView& record, bool is_read);

}  // namespace quorate
