// What do the applied records add up to? The keys, and the sessions of who wrote them.
//
// It sees data records in LSN order and nothing else, so two nodes that applied the same log hold
// the same state. Without sessions (profile ack_quorum) each record takes effect.
#pragma once

#include "core/protocol/kv.h"
#include "core/protocol/sessions.h"

namespace quorate {

// What applying a record came to: what its client is told, and whether it took effect.
struct Applied {
  WriteResult result;
  OnceVerdict verdict = OnceVerdict::applies;
};

class StateMachine {
 public:
  StateMachine() = default;
  // With sessions, at most so many. `rules` must outlive it and its copies.
  StateMachine(const Rules& rules, std::size_t max_sessions)
      : rules_(&rules), sessions_(max_sessions) {}

  // Applies a data record. `asks_sessions` is always true, but for a mistake.
  Applied apply(const RecordView& record, bool asks_sessions = true);
  // All of it as bytes, and back (state_codec.h). What is no state is refused, and changes nothing.
  void encode(Bytes& to) const;
  bool restore(ByteSpan state);
  void clear() {
    kv_.clear();
    sessions_.clear();
  }

  const Kv& kv() const { return kv_; }
  const Sessions& sessions() const { return sessions_; }

 private:
  WriteResult take_effect(const RecordView& record);

  const Rules* rules_ = nullptr;  // null: there are no sessions
  Kv kv_;
  Sessions sessions_;
};

}  // namespace quorate
