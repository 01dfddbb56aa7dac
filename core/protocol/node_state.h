// What do all roles of a node share? Its configuration, rules, log, links and deadlines.
//
// A value: copying it copies the node. Only the roles (leader.h, follower.h) and Node touch it, one
// step at a time.
#pragma once

#include "core/protocol/config.h"
#include "core/protocol/deadlines.h"
#include "core/protocol/effects.h"
#include "core/protocol/links.h"
#include "core/protocol/replicated_log.h"
#include "core/protocol/rules.h"

namespace quorate {

struct NodeState {
  NodeConfig config;
  const Rules* rules = nullptr;  // outlives the node; never changes
  ReplicatedLog log;
  Links links;
  Deadlines deadlines;
  // As far as this node knows. It goes back only where the disk refused what it was learned with.
  Lsn high_water_mark;
  Lsn vouches_from;       // after damage: we vouch for nothing before this is durable again
  Time snapshot_put_off;  // until then none is taken: the disk had no room for the last one
  Time woken_last;        // when the step before this one was
  std::uint64_t election_draws = 0;  // deadlines drawn so far

  // Takes back all after `keep`, as ReplicatedLog::cut, and notes it.
  void cut(Lsn keep, Lsn restore_until, Effects& out) {
    const Lsn before = log.last();
    const bool rebuilt = log.cut(keep, restore_until, rules->rebuilds_after_cut());
    out.note(FactKind::log_cut, NodeId(), keep, before.value());
    if (rebuilt) out.note(FactKind::state_rebuilt, NodeId(), keep);
  }

  // Since when does a request wait that has its turn now? Since it came, whoever was before it.
  Time began(Time now, const ClientRequest& request) const {
    return now + Duration(-rules->counts_as_waited(request.waited).us());
  }

  // A message with bytes that are not in the log: those of out.payloads from `at` on, if any.
  void send_payload(NodeId to, const MessageBody& body, Time now, Effects& out, std::size_t at) {
    send(to, body, now, out);
    out.sends.back().payload_at = at;
    out.sends.back().payload_size = out.payloads.size() - at;
  }
  void send(NodeId to, const MessageBody& body, Time now, Effects& out, ByteCount from_byte = {},
            ByteCount to_byte = {}) {
    links.sent(to, now);
    out.sends.push_back({to, {config.id, log.generation(), body}, from_byte, to_byte});
  }
};

}  // namespace quorate
