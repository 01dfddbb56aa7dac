// What is durable here, and what is applied? The log of one node with the state built from it.
//
// Invariant: applied <= durable on a follower, or what a snapshot holds; on a leader applied <=
// high-water mark; both never beyond the last LSN. durable() is what the disk has confirmed by a
// sync, in terms of the log as it stands now: since offsets are never used twice (wal.h), a late
// sync can't confirm other records than it wrote.
#pragma once

#include "core/base/ids.h"
#include "core/log/wal.h"
#include "core/protocol/state_machine.h"

namespace quorate {

class ReplicatedLog {
 public:
  ReplicatedLog() = default;
  // Requires that all of the Wal's bytes are durable, and that nothing was applied to `machine`.
  // What a snapshot holds is applied at once.
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

  // ---- snapshots

  // Takes one of the present state, in chunks of at most so many bytes; the log's records up to
  // `base` may go with it. Requires wal().base() <= base <= applied().
  void take_snapshot(Lsn up_to, Lsn base, ByteCount chunk_bytes);
  void append_chunk(const SnapshotId& id, std::uint64_t at, ByteSpan bytes) {
    wal_.append_chunk(id, at, bytes);
  }
  // What is partial in the log is whole: it takes the place of log and state, if it is a state and
  // has the CRC that it should have. Or else it is given up. Returns whether it was installed. It
  // is durable, and this node's word worth something, only when durable() is there.
  bool install_partial(Lsn restore_until, bool at_once_durable = false);
  // Is the newest snapshot durable, and the log before it still here?
  bool can_drop_head() const {
    return is_durable(wal_.snapshot_end()) && wal_.needed_from() > wal_.begin();
  }
  void drop_head() { wal_.drop_head(); }
  bool is_durable(ByteCount up_to) const { return synced_ >= up_to; }

  // A sync has confirmed the file up to there. Returns whether durable() grew.
  bool synced(ByteCount up_to);

  // Applies the next record (StateMachine::apply). Requires applied() < last().
  Applied apply_next(bool asks_sessions = true);
  void apply_again(const RecordView& record) { machine_.apply(record); }

 private:
  void rebuild(Lsn up_to);
  // The state that the newest snapshot holds; none: the empty one.
  void load_snapshot();

  Wal wal_;
  StateMachine machine_;
  ByteCount synced_;
  ByteCount generation_end_;  // where the record of the present generation ends
  Lsn durable_;
  Lsn applied_;
  // What was applied of the log that an installed snapshot took the place of, while the file may
  // refuse that still.
  Lsn replaced_;
  Bytes scratch_;  // a snapshot
};

}  // namespace quorate
