// What is durable here, and what is applied? The log of one node with the state built from it.
//
// Invariant: applied <= durable on a follower; on a leader applied <= high-water mark; both never
// beyond the last LSN. durable() is what the disk has confirmed by a sync, in terms of the log as
// it stands now: since offsets are never used twice (wal.h), a late sync can't confirm other
// records than it wrote.
#pragma once

#include "core/base/ids.h"
#include "core/log/wal.h"
#include "core/protocol/state_machine.h"

namespace quorate {

class ReplicatedLog {
 public:
  ReplicatedLog() = default;
  // Requires that all of the Wal's bytes are durable, and that nothing was applied to `machine`.
  explicit ReplicatedLog(Wal wal, StateMachine machine = {});

  const Wal& wal() const { return wal_; }
  const Kv& state() const { return machine_.kv(); }
  const Sessions& sessions() const { return machine_.sessions(); }
  Lsn last() const { return wal_.last_lsn(); }
  Lsn durable() const { return durable_; }
  Lsn applied() const { return applied_; }
  Generation generation() const { return wal_.generation(); }
  // Is this node's word about its generation, and its vote there, backed by its disk?
  bool generation_is_durable() const { return synced_ >= generation_end_; }

  Lsn append(ClientId client, std::uint64_t sequence, Op op, std::string_view key,
             std::string_view value) {
    return wal_.append(generation(), client, sequence, op, key, value);
  }
  void append_shipped(const RecordView& record, ByteSpan encoded) {
    wal_.append_shipped(record, encoded);
  }
  void enter(Generation generation, NodeId vote = {});
  void vote(NodeId candidate);
  // Takes back all after `keep`. With `rebuild`, the state machine is built anew where it had
  // applied what is cut. Returns whether that was so.
  bool cut(Lsn keep, Lsn restore_until, bool rebuild);
  void forget_unwritten(ByteCount end);

  // A sync has confirmed the file up to there. Returns whether durable() grew.
  bool synced(ByteCount up_to);

  // Applies the next record (StateMachine::apply). Requires applied() < last().
  Applied apply_next(bool asks_sessions = true);
  void apply_again(const RecordView& record) { machine_.apply(record); }

 private:
  void rebuild(Lsn up_to);

  Wal wal_;
  StateMachine machine_;
  ByteCount synced_;
  ByteCount generation_end_;  // where the record of the present generation ends
  Lsn durable_;
  Lsn applied_;
};

}  // namespace quorate
