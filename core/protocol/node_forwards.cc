// The node and requests that are another's to answer: profile replicated_log.
#include <algorithm>

#include "core/protocol/node.h"

namespace quorate {

void Node::pass_on(Time now, const ClientRequest& event, Effects& out) {
  const NodeId to = leader();
  if (state_.config.elects() && !to.is_none() && state_.links.is_connected(to))
    return forwards_.forward(state_, now, to, event, out);
  out.note(FactKind::request_refused, NodeId(), Lsn(),
           static_cast<std::uint64_t>(ReplyKind::not_leader), event.client.value());
  out.replies.push_back({event.client, event.sequence, ReplyKind::not_leader, to.value(), 0, 0});
}

void Node::take_forward(Time now, const PeerSaid& event, const Forward& forward, Effects& out) {
  const RecordScan scan = scan_record(event.records, state_.rules->checks_record());
  if (scan.status != RecordStatus::whole) {
    out.note(FactKind::record_damaged, event.peer, Lsn());
    return state_.send(event.peer, Forwarded{forward.ticket, ReplyKind::damaged, 0}, now, out);
  }
  auto request = request_of(scan.record, forward.is_read);
  if (!request || scan.size != event.records.size()) {
    out.hang_ups.push_back(event.peer);  // a sound frame of a peer never says this
    return;
  }
  request->client = peer_client(event.peer, state_.links.nth(event.peer));
  request->sequence = forward.ticket;
  if (auto* leader = std::get_if<Leader>(&role_))
    return leader->request(state_, now, *request, out);
  state_.send(event.peer, Forwarded{forward.ticket, ReplyKind::not_leader, this->leader().value()},
              now, out);
}

// A step's replies, from `first` on, to whom a peer has asked for: they go back by its connection,
// if that is still the one.
void Node::hand_back(Time now, std::size_t first, Effects& out) {
  const auto begin = out.replies.begin() + static_cast<std::ptrdiff_t>(first);
  if (std::none_of(begin, out.replies.end(),
                   [](const Reply& reply) { return is_peers(reply.client); }))
    return;
  for (std::size_t i = first; i < out.replies.size(); ++i) {
    const Reply& reply = out.replies[i];
    if (!is_peers(reply.client)) continue;
    const NodeId peer = peer_of(reply.client);
    if (reply.client != peer_client(peer, state_.links.nth(peer))) continue;
    const std::size_t payload = out.payloads.size();
    if (reply.kind == ReplyKind::value) {
      const std::string_view value =
          as_text(ByteSpan(out.values).subspan(reply.value_at, reply.value_size));
      encode_record({{}, {}, {}, 0, Op::set, {}, value}, out.payloads);
    }
    state_.send_payload(peer, Forwarded{reply.sequence, reply.kind, reply.count}, now, out,
                        payload);
  }
  out.replies.erase(std::remove_if(begin, out.replies.end(),
                                   [](const Reply& reply) { return is_peers(reply.client); }),
                    out.replies.end());
}

}  // namespace quorate
