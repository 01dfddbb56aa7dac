#include "core/protocol/state_machine.h"

#include <utility>

#include "core/protocol/state_codec.h"

namespace quorate {

Applied StateMachine::apply(const RecordView& record, bool asks_sessions) {
  const Once write{record.client, record.sequence};
  if (rules_ == nullptr || write.is_none() || !asks_sessions) return {take_effect(record), {}};
  const OnceVerdict verdict =
      rules_->judges_at_apply() ? sessions_.judge(*rules_, write) : OnceVerdict::applies;
  switch (verdict) {
    case OnceVerdict::applies: {
      const WriteResult result = take_effect(record);
      sessions_.remember(write, result, record.lsn);
      return {result, verdict};
    }
    case OnceVerdict::repeats: return {sessions_.find(write.client)->result, verdict};
    case OnceVerdict::older: return {{ReplyKind::old_sequence, 0}, verdict};
    case OnceVerdict::unknown: break;
  }
  return {{ReplyKind::no_session, sessions_.dropped_up_to().value()}, verdict};
}

WriteResult StateMachine::take_effect(const RecordView& record) {
  const int count = kv_.apply(record);
  const bool counts = record.op == Op::del || record.op == Op::cas;
  return {counts ? ReplyKind::count : ReplyKind::ok, static_cast<std::uint64_t>(count)};
}

void StateMachine::encode(Bytes& to) const {
  static const Sessions none;
  encode_state(kv_, rules_ == nullptr || rules_->snapshots_sessions() ? sessions_ : none, to);
}

bool StateMachine::restore(ByteSpan state) {
  std::optional<DecodedState> decoded = decode_state(state);
  if (!decoded || decoded->sessions.size() > sessions_.most()) return false;
  kv_.restore(std::move(decoded->entries));
  sessions_.restore(std::move(decoded->sessions), decoded->dropped_up_to);
  return true;
}

}  // namespace quorate
