#include "sim/check/reference_state.h"

#include "core/base/check.h"
#include "core/base/crc32.h"
#include "core/log/record_codec.h"

namespace quorate::sim {

void ReferenceState::begin(const NodeConfig& config) {
  keeps_ = !config.snapshot_bytes.is_none();
  max_sessions_ = config.max_sessions;
  first_.clear();
  contents_.assign(1, {});
  bytes_.clear();
  snapshots_.clear();
  machine_ = StateMachine(sound_rules(), max_sessions_);
  applied_ = Lsn();
}

void ReferenceState::written(const TrueRecord& record, const NodeTruth::Added& added) {
  if (!keeps_) return;
  const std::size_t place = record.lsn.value() - 1;
  if (place >= first_.size()) first_.resize(place + 1);
  for (std::uint32_t at = first_[place]; at != 0; at = contents_[at].next)
    if (contents_[at].chain == record.chain) return;
  contents_.push_back({record.chain, static_cast<std::uint32_t>(bytes_.size()), first_[place]});
  first_[place] = static_cast<std::uint32_t>(contents_.size() - 1);
  encode_record({record.generation, record.lsn, record.client, record.sequence, added.op, added.key,
                 added.value},
                bytes_);
}

const StateMachine& ReferenceState::at(Lsn lsn, const Committed& committed) {
  QUORATE_CHECK(keeps_ && lsn <= committed.last(), "only what is committed adds up to something");
  if (lsn < applied_) {
    machine_.clear();
    applied_ = Lsn();
  }
  while (applied_ < lsn) {
    applied_ = applied_.next();
    std::uint32_t at = first_[applied_.value() - 1];
    while (at != 0 && contents_[at].chain != committed.chain(applied_)) at = contents_[at].next;
    QUORATE_CHECK(at != 0, "what is committed was written somewhere");
    machine_.apply(read_record(ByteSpan(bytes_).subspan(contents_[at].record)));
  }
  return machine_;
}

SnapshotId ReferenceState::snapshot(Lsn lsn, const Committed& committed) {
  for (const SnapshotId& known : snapshots_)
    if (known.lsn == lsn) return known;
  Bytes state;
  at(lsn, committed).encode(state);
  snapshots_.push_back({lsn, committed.generation(lsn), state.size(), crc32(state)});
  return snapshots_.back();
}

}  // namespace quorate::sim
