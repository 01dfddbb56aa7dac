// What is on a disk, where a snapshot stands for the beginning of the log.
#include <algorithm>
#include <utility>

#include "core/base/crc32.h"
#include "sim/check/truth.h"

namespace quorate::sim {

using namespace snapshot_format;

// Those whose bytes begin there, or behind there, in the snapshot.
void NodeTruth::forget_chunks(std::uint64_t from) {
  while (!partial_chunks_.empty() && entries_[partial_chunks_.back()].record.sequence >= from) {
    partial_bytes_.resize(entries_[partial_chunks_.back()].record.sequence);
    partial_chunks_.pop_back();
  }
  if (partial_chunks_.empty()) partial_bytes_.clear();
}

// The chunks that are left behind the newest note that is: whoever reads the file goes on with
// them.
void NodeTruth::read_partial(ByteSpan file) {
  partial_ = {};
  partial_chunks_.clear();
  partial_bytes_.clear();
  for (std::uint32_t index = in_force_ == 0 ? 0 : in_force().index; index < entries_.size();
       ++index) {
    const Entry& entry = entries_[index];
    if (entry.op != Op::chunk || is_lost(entry)) continue;
    const ByteSpan bytes = file.subspan(entry.begin.value(), (entry.end() - entry.begin).value());
    const auto id = read_id(entry.record.lsn, as_text(bytes.subspan(record_format::kKey, kKey)));
    if (entry.record.sequence == 0) {
      partial_ = id.value_or(SnapshotId());
      partial_chunks_.clear();
      partial_bytes_.clear();
    }
    if (!id || partial_ != *id || partial_bytes_.size() != entry.record.sequence) continue;
    partial_chunks_.push_back(index);
    append_bytes(partial_bytes_, bytes.subspan(record_format::kFixed + kKey));
  }
}

void NodeTruth::installed(std::uint64_t chain) {
  Note& note = notes_[in_force_ - 1];
  base_.chain = note.base.chain = note.last.chain = chain;
  for (const std::uint32_t index : log_) {
    TrueRecord& record = entries_[index].record;
    chain = record.chain = chained(chain, entries_[index].content);
  }
}

void NodeTruth::read_chunk(std::uint32_t index) {
  const TrueRecord& record = entries_[index].record;
  const std::optional<SnapshotId> id = read_id(record.lsn, added_.key);
  if (!id || !record.sound) {
    malformed_ = true;
    return;
  }
  if (record.sequence == 0) partial_ = *id;
  forget_chunks(record.sequence);  // some were damaged, and came again
  if (partial_ != *id || partial_bytes_.size() != record.sequence) malformed_ = true;
  partial_chunks_.push_back(index);
  append_bytes(partial_bytes_, as_bytes(added_.value));
}

void NodeTruth::read_note(std::uint32_t index) {
  Added& added = added_;
  added.snapshot = {};
  added.installs = false;
  added.is_whole = true;
  Entry& entry = entries_[index];
  const std::optional<SnapshotId> id = read_id(entry.record.lsn, added.key);
  const auto note = snapshot_format::read_note(added.value);
  if (!id || !note) {
    malformed_ = true;
    return;
  }
  added.snapshot = *id;
  added.is_whole =
      partial_ == *id && partial_bytes_.size() == id->size && crc32(partial_bytes_) == id->crc;
  const bool is_here = id->lsn >= base() && id->lsn <= last() && !broken_ &&
                       record(id->lsn).generation == id->generation;
  added.installs = note->starts_at == entry.begin && !(is_here && id->lsn == last());
  Note& noted = notes_.emplace_back();
  in_force_ = notes_.size();
  noted.index = index;
  noted.chunks = std::move(partial_chunks_);
  noted.id = *id;
  noted.starts_at = note->starts_at;
  noted.follows_at = note->follows_at;
  noted.log_last = note->last;
  noted.restore_until = note->restore_until;
  partial_chunks_.clear();
  partial_bytes_.clear();
  partial_ = {};
  if (!added.installs) {
    if (note->base < base() || note->base > id->lsn || !is_here) malformed_ = true;
    noted.base = malformed_ ? base_ : record(note->base);
    noted.last = malformed_ ? base_ : record(id->lsn);
    return;
  }
  const Lsn next = id->lsn.next();
  if (is_here && next <= last()) added.first_taken = record(next).chain;
  if (is_here) noted.base.chain = record(id->lsn).chain;
  noted.base.lsn = id->lsn;
  noted.base.generation = id->generation;
  noted.base.end = entry.record.end;
  base_ = noted.last = noted.base;
  log_.clear();
  broken_ = false;
  restore_until_ = note->restore_until;
  replaced_lsn_ = std::max(replaced_lsn_, durable_lsn_);
  durable_lsn_ = Lsn();
}

bool NodeTruth::is_usable(const Note& note) const {
  if (note.index >= entries_.size() || is_lost(entries_[note.index])) return false;
  return std::none_of(note.chunks.begin(), note.chunks.end(),
                      [this](std::uint32_t index) { return is_lost(entries_[index]); });
}

std::uint32_t NodeTruth::begin_with_snapshot() {
  while (!notes_.empty() && notes_.back().index >= entries_.size()) notes_.pop_back();
  in_force_ = notes_.size();
  while (in_force_ != 0 && !is_usable(in_force())) --in_force_;
  if (in_force_ == 0) {
    base_ = {};
    return 0;
  }
  const Note& note = in_force();
  base_ = note.base;
  base_.end = entries_[note.index].record.end;
  generation_ = entries_[note.index].record.generation;
  generation_end_ = base_.end;
  restore_until_ = note.restore_until;
  return note.index;
}

std::uint32_t NodeTruth::begin_behind_snapshot() {
  const Note& note = in_force();
  base_ = note.last;
  base_.end = entries_[note.index].record.end;
  log_.clear();
  restore_until_ = note.restore_until;
  broken_ = note.follows_at < dropped_;
  std::uint32_t index = 0;
  while (entries_[index].begin < note.follows_at) ++index;
  return index;
}

ByteCount NodeTruth::needed_from() const {
  for (std::size_t n = in_force_; n > 0; --n) {
    const Note& note = notes_[n - 1];
    if (entries_[note.index].end() <= durable_bytes_ && !note.chunks.empty() && is_usable(note))
      return std::min(note.starts_at, entries_[note.chunks.front()].begin);
  }
  return ByteCount();
}

}  // namespace quorate::sim
