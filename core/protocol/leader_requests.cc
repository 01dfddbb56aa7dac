// The leader and its clients.
#include "core/protocol/leader.h"

namespace quorate {

namespace {

void answer_now(const ClientRequest& event, const WriteResult& with, Effects& out) {
  out.replies.push_back({event.client, event.sequence, with.kind, with.count, 0, 0});
}

void refuse(const ClientRequest& event, const WriteResult& why, Effects& out) {
  out.note(FactKind::request_refused, NodeId(), Lsn(), static_cast<std::uint64_t>(why.kind),
           event.client.value());
  answer_now(event, why, out);
}

// Is a record of that request in the log, and not applied yet?
bool is_under_way(const ReplicatedLog& log, const Once& once) {
  for (Lsn lsn = log.applied().next(); lsn <= log.last(); lsn = lsn.next()) {
    const RecordView record = log.wal().record(lsn);
    if (record.client == once.client && record.sequence == once.sequence) return true;
  }
  return false;
}

}  // namespace

void Leader::request(NodeState& node, Time now, const ClientRequest& event, Effects& out) {
  if (!serving_) return refuse(event, {ReplyKind::loading, 0}, out);
  const bool is_read = event.kind == RequestKind::get;
  if (is_read && !node.config.elects())
    return read(node, event.client, event.sequence, event.key, out);
  if (!event.once.is_none() && answer_repeat(node, event, out)) return;
  if (pending_.size() + leadership_.waiting() >= node.config.max_waits)
    return refuse(event, {ReplyKind::busy, 0}, out);
  if (is_read) return leadership_.read(node, event, now);
  write(node, now, event, out);
}

// What the table says is committed, so it may be told at once, whoever leads by now. A write that
// is in the log and not committed yet is appended once more: whichever record is applied first
// takes effect, and both are answered alike.
bool Leader::answer_repeat(const NodeState& node, const ClientRequest& event, Effects& out) const {
  const Sessions& sessions = node.log.sessions();
  switch (sessions.judge(*node.rules, event.once)) {
    case OnceVerdict::applies: break;
    case OnceVerdict::repeats: {
      const Sessions::Session& session = *sessions.find(event.once.client);
      out.note(FactKind::answered_again, NodeId(), session.lsn, 0, event.client.value());
      answer_now(event, session.result, out);
      return true;
    }
    case OnceVerdict::older: refuse(event, {ReplyKind::old_sequence, 0}, out); return true;
    case OnceVerdict::unknown:
      refuse(event, {ReplyKind::no_session, sessions.dropped_up_to().value()}, out);
      return true;
  }
  if (!node.rules->answers_uncommitted_repeat() || !is_under_way(node.log, event.once))
    return false;
  const bool counts = event.kind != RequestKind::set;
  answer_now(event, {counts ? ReplyKind::count : ReplyKind::ok, 1}, out);
  return true;
}

void Leader::write(NodeState& node, Time now, const ClientRequest& event, Effects& out) {
  Op op = Op::set;
  Bytes cas;
  std::string_view value = event.value;
  if (event.kind == RequestKind::del) op = Op::del;
  if (event.kind == RequestKind::cas) {
    op = Op::cas;
    encode_cas({event.from, event.value}, cas);
    value = as_text(cas);
  }
  // Whose it is: see record_format.h.
  const Once whose = node.config.elects() ? event.once : Once{event.client, event.sequence};
  const Lsn lsn = node.log.append(whose.client, whose.sequence, op, event.key, value);
  out.note(FactKind::appended, NodeId(), lsn, node.log.generation().value());
  pending_.push({lsn, node.began(now, event), event.client, event.sequence, op != Op::set});
}

void Leader::read(const NodeState& node, ClientId client, std::uint64_t sequence,
                  std::string_view key, Effects& out) const {
  Reply reply{client, sequence, ReplyKind::nil, 0, 0, 0};
  if (const std::string* value = node.log.state().find(key)) {
    reply.kind = ReplyKind::value;
    reply.value_at = out.values.size();
    reply.value_size = value->size();
    append_bytes(out.values, as_bytes(*value));
  }
  out.replies.push_back(reply);
}

void Leader::answer_reads(NodeState& node, Effects& out) {
  scratch_.clear();
  leadership_.take_confirmed(node, scratch_);
  for (const Leadership::Read& waited : scratch_)
    read(node, waited.client, waited.sequence, waited.key, out);
  if (!scratch_.empty())
    out.note(FactKind::reads_confirmed, NodeId(), node.high_water_mark, 0, scratch_.size());
}

}  // namespace quorate
