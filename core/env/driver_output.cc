// The driver's hand and mouth: how a turn ends. What was decided is done, and what is to be said
// leaves as far as the sockets take it.
//
// Inline is what has its one caller here: nearly every turn comes through all of it.
#include <algorithm>

#include "core/env/driver.h"
#include "core/wire/frame.h"

namespace quorate {

void Driver::append(Env& env) {
  const Wal& wal = node_->log().wal();
  const Status appended = env.disk.append(wal.bytes(written_, wal.end()));
  if (!appended) return append_refused(env, appended.error());
  written_ = wal.end();
  facts_on_disk_ = effects_.facts.size();
}

void Driver::encode(const Send& send, Connection& connection) {
  if (send.payload_size == 0)
    return encode_frame(send.message, node_->log().wal().bytes(send.from_byte, send.to_byte),
                        connection.out);
  const auto* answer = std::get_if<Forwarded>(&send.message.body);
  if (answer == nullptr || connection.out.size() < kMaxAnswers)
    return encode_frame(send.message,
                        ByteSpan(effects_.payloads).subspan(send.payload_at, send.payload_size),
                        connection.out);
  // A peer that takes the values it asks for slowly: nobody keeps more of them for it.
  Message busy = send.message;
  busy.body = Forwarded{answer->ticket, ReplyKind::busy, 0};
  encode_frame(busy, {}, connection.out);
}

inline void Driver::send(const Send& send) {
  Connection* connection = connections_.of_peer(send.to);
  if (connection == nullptr) return;
  encode(send, *connection);
  mark(*connection);
}

inline void Driver::send_all() {
  for (const Send& message : effects_.sends) send(message);
  effects_.sends.clear();
  effects_.payloads.clear();
}

inline void Driver::answer(Connection& connection, ByteSpan bytes) {
  connection.out.append(bytes);
  mark(connection);
  --connection.unanswered;
}

inline void Driver::reply(const Reply& reply) {
  Connection* connection = connections_.find(SocketId(reply.client.value()));
  if (connection == nullptr || connection->kind != ConnectionKind::client) return;
  ByteSpan text = as_bytes(kRespOk);
  if (reply.kind != ReplyKind::ok) {
    scratch_.clear();
    write_reply(reply, effects_.values, addresses_, scratch_);
    text = scratch_;
  }
  if (reply.sequence != connection->requests - connection->unanswered + 1 &&
      rules_->answers_in_order()) {
    effects_.note(FactKind::answer_kept, NodeId(), Lsn(), reply.sequence, reply.client.value());
    connection->early.push_back({reply.sequence, Bytes(text.begin(), text.end())});
    return;
  }
  answer(*connection, text);
  while (!connection->early.empty()) {
    const std::uint64_t due = connection->requests - connection->unanswered + 1;
    const auto at = std::find_if(connection->early.begin(), connection->early.end(),
                                 [due](const Connection::Answer& a) { return a.request == due; });
    if (at == connection->early.end()) return;
    answer(*connection, at->bytes);
    connection->early.erase(at);
  }
}

inline void Driver::reply_all() {
  for (const Reply& answer : effects_.replies) reply(answer);
  effects_.replies.clear();
  effects_.values.clear();
}

inline void Driver::flush(Env& env, Connection& connection) {
  while (!connection.out.empty()) {
    const Result<std::size_t> sent = env.sockets.write(connection.socket, connection.out.bytes());
    if (!sent) {
      most_buffered_ = std::max(most_buffered_, connection.out.size());
      if (sent.error() != ErrorKind::would_block) return drop(env, connection);
      if (connection.out.size() > kMaxBuffered) return drop(env, connection);  // it never reads
      return;
    }
    if (!rules_->keeps_unsent_bytes()) {
      connection.out.clear();
      return;
    }
    connection.out.consume(sent.value());
  }
  if (connection.ends) {
    drop(env, connection);
  } else if (connection.held || (connection.kind == ConnectionKind::client &&
                                 connection.unanswered == 0 && !connection.in.empty())) {
    resumed_.push_back(slot_of(connection.socket));
  }
}

inline void Driver::flush(Env& env) {
  for (std::size_t i = 0; i < dirty_.size(); ++i) {
    Connection& connection = connections_.at_slot(dirty_[i]);
    connection.dirty = false;
    if (connection.kind != ConnectionKind::unused) flush(env, connection);
  }
  dirty_.clear();
}

inline void Driver::perform(Env& env) {
  if (!effects_.halt && node_->log().wal().end() != written_) append(env);
  if (effects_.halt) return halt(env);
  if (!effects_.drop_head.is_none()) {
    env.disk.drop(effects_.drop_head);
    effects_.drop_head = ByteCount();
  }
  if (!effects_.sends.empty()) send_all();
  if (!effects_.replies.empty()) reply_all();
  if (!effects_.dials.empty()) dial_wanted(env);
  if (!effects_.hang_ups.empty()) hang_up(env);
  if (!dirty_.empty()) flush(env);
  if (!resumed_.empty()) resume(env);
}

void Driver::end_turn(Env& env) {
  if (gathering_ || !node_ || halted_) return;
  do {
    node_->step(env.clock.now(), TurnEnded{}, effects_);
    told_ = false;
    perform(env);
  } while ((told_ || !dirty_.empty()) && !halted_);
  facts_on_disk_ = 0;
  if (halted_ || syncing_ || durable_ >= written_) return;
  syncing_ = true;
  sync_covers_ = written_;
  env.disk.start_sync();
}

}  // namespace quorate
