#include "sim/check/truth.h"

#include <algorithm>

#include "core/base/crc32.h"

namespace quorate::sim {

using namespace record_format;

namespace {

// What stands in the fixed part of the record that begins here.
void read_fixed(const Byte* at, TrueRecord& record) {
  record.lsn = Lsn(load_le<std::uint64_t>(at + kLsn));
  record.generation = Generation(load_le<std::uint64_t>(at + kGeneration));
  record.client = ClientId(load_le<std::uint64_t>(at + kClient));
  record.sequence = load_le<std::uint64_t>(at + kSequence);
}

}  // namespace

std::uint64_t NodeTruth::chained(std::uint64_t before, std::uint64_t content) {
  std::uint64_t x = (before ^ content) * 0x9E3779B97F4A7C15u;
  x ^= x >> 32;
  return x * 0xBF58476D1CE4E5B9u;
}

void NodeTruth::clear() {
  entries_.clear();
  log_.clear();
  base_ = {};
  notes_.clear();
  in_force_ = 0;
  partial_ = {};
  forget_chunks(0);
  size_ = durable_bytes_ = dropped_ = ByteCount();
  durable_lsn_ = replaced_lsn_ = restore_until_ = Lsn();
  generation_ = Generation();
  generation_end_ = ByteCount();
  broken_ = malformed_ = false;
}

// A data record goes on with the log.
inline void NodeTruth::join(std::uint32_t index, Entry& entry) {
  const Lsn before = last();
  if (entry.record.lsn != before.next()) malformed_ = true;
  entry.record.chain = chained(record(before).chain, entry.content);
  generation_ = std::max(generation_, entry.record.generation);
  log_.push_back(index);
}

const NodeTruth::Added* NodeTruth::append_first(ByteSpan& bytes) {
  const Byte* at = bytes.data();
  const std::size_t size =
      bytes.size() < kFixed ? 0 : std::size_t{load_le<std::uint32_t>(at + kLength)} + kPrefix;
  if (size < kFixed || size > bytes.size()) {
    malformed_ = true;
    bytes = {};
    return nullptr;
  }
  bytes = bytes.subspan(size);
  const std::size_t key =
      std::min<std::size_t>(load_le<std::uint16_t>(at + kKeyLength), size - kFixed);
  const auto index = static_cast<std::uint32_t>(entries_.size());
  Entry& entry = entries_.emplace_back();
  read_fixed(at, entry.record);
  entry.op = static_cast<Op>(at[kOp]);
  entry.content = crc32({at + kLength, size - kLength});
  entry.record.sound = entry.content == load_le<std::uint32_t>(at + kCrc);
  entry.begin = size_;
  size_ = entry.record.end = size_ + ByteCount(size);
  added_.op = entry.op;
  added_.record = &entry.record;
  added_.key = as_text({at + kKey, key});
  added_.value = as_text({at + kFixed + key, size - kFixed - key});
  if (is_data(entry.op) && !broken_ && !is_lost(entry))
    join(index, entry);
  else
    append_other(index);
  return &added_;
}

// What no log is made of, or does not join it.
void NodeTruth::append_other(std::uint32_t index) {
  Entry& entry = entries_[index];
  if (entry.op == Op::cut && added_.value.size() == sizeof(std::uint64_t))
    entry.restore_until = Lsn(load_le<std::uint64_t>(as_bytes(added_.value).data()));
  const Lsn first_taken = entry.record.lsn.next();
  added_.restore_until = entry.restore_until;
  added_.cut_last = last();
  added_.first_taken = entry.op == Op::cut && first_taken <= last() ? record(first_taken).chain : 0;
  if (entry.op == Op::snapshot) return read_note(index);
  take(index);
  if (entry.op == Op::chunk) read_chunk(index);
}

// Lets one entry of the file take its effect on the log.
void NodeTruth::take(std::uint32_t index) {
  Entry& entry = entries_[index];
  if (is_lost(entry)) {
    broken_ = true;
    restore_until_ = std::max(restore_until_, std::max(entry.record.lsn, last()));
    return;
  }
  generation_ = std::max(generation_, entry.record.generation);
  switch (entry.op) {
    case Op::set:
    case Op::del:
    case Op::cas:
    case Op::noop:
      if (!broken_) return join(index, entry);
      restore_until_ = std::max(restore_until_, entry.record.lsn);
      entry.record.chain = last().is_none() ? entry.content : record(last()).chain;  // joins none
      break;
    case Op::generation: generation_end_ = entry.record.end; break;
    case Op::cut:
      if (!keeps_ours(entry.record)) {
        broken_ = true;
        restore_until_ = std::max({restore_until_, last(), entry.record.lsn});
        break;
      }
      log_.resize(entry.record.lsn.value() - base().value());
      broken_ = false;
      restore_until_ = entry.restore_until;
      durable_lsn_ = std::min(durable_lsn_, last());
      break;
    case Op::chunk: break;
    case Op::snapshot:  // one that is usable is a beginning (rebuild)
      broken_ = true;
      restore_until_ = std::max({restore_until_, last(), entry.record.lsn});
      break;
    default: malformed_ = true;
  }
}

// Is what this cut kept the log that we have? Only then it says what is left of it.
bool NodeTruth::keeps_ours(const TrueRecord& cut) const {
  if (cut.lsn > last() || cut.lsn < base()) return false;
  const Generation kept = record(cut.lsn).generation;
  return kept.value() == cut.sequence;
}

void NodeTruth::rebuild() {
  log_.clear();
  broken_ = malformed_ = false;
  restore_until_ = durable_lsn_ = replaced_lsn_ = Lsn();
  generation_ = Generation();
  generation_end_ = ByteCount();
  const std::uint32_t note = begin_with_snapshot();
  ByteCount from = in_force_ == 0 ? ByteCount() : in_force().starts_at;
  for (std::uint32_t index = 0; index < entries_.size(); ++index) {
    const Entry& entry = entries_[index];
    const bool is_snapshots = entry.op == Op::chunk || entry.op == Op::snapshot;
    // One that is damaged is a hole like any other: it may have been installed, and what follows it
    // joins nothing then.
    if (index < note && ((is_snapshots && !is_lost(entry)) || entry.begin < from)) continue;
    if (index != note || in_force_ == 0) {
      take(index);
    } else if (broken_ && last() < snapshot()) {
      from = in_force().follows_at;
      index = begin_behind_snapshot() - 1;  // once more, from there
    } else if (broken_) {
      restore_until_ = std::max(restore_until_, in_force().log_last);
    }
  }
  advance_durable();
}

void NodeTruth::advance_durable() {
  if (durable_lsn_ < base()) {
    if (base_.end > durable_bytes_) return;
    durable_lsn_ = base();
    replaced_lsn_ = Lsn();
  }
  while (durable_lsn_ < last() && record(durable_lsn_.next()).end <= durable_bytes_)
    durable_lsn_ = durable_lsn_.next();
  if (!broken_ && restore_until_ <= durable_lsn_) restore_until_ = Lsn();
}

void NodeTruth::durable(ByteCount up_to) {
  durable_bytes_ = std::max(durable_bytes_, std::min(up_to, size_));
  advance_durable();
}

void NodeTruth::cut_file(ByteCount size) {
  size_ = std::min(size_, size);
  durable_bytes_ = std::min(durable_bytes_, size_);
  if (!entries_.empty() && entries_.back().end() > size_) {
    while (!entries_.empty() && entries_.back().end() > size_) drop_last();
    rebuild();
  }
}

// Of the file.
void NodeTruth::drop_last() {
  entries_.pop_back();
  if (!notes_.empty() && notes_.back().index == entries_.size()) notes_.pop_back();
}

void NodeTruth::crashed(ByteSpan file, ByteCount durable) {
  // What was not durable may be gone or torn: only whole and sound entries are left.
  const auto is_left = [this, file](const Entry& entry) {
    if (entry.end() <= durable_bytes_) return true;
    if (entry.end().value() > file.size()) return false;
    return sound(file, entry);
  };
  while (!entries_.empty() && !is_left(entries_.back())) drop_last();
  size_ = ByteCount(file.size());
  durable_bytes_ = durable;
  rebuild();
  read_partial(file);
}

bool NodeTruth::sound(ByteSpan file, const Entry& entry) {
  const ByteSpan bytes = file.subspan(entry.begin.value(), (entry.end() - entry.begin).value());
  return load_le<std::uint32_t>(bytes.data() + kCrc) == crc32(bytes.subspan(kLength));
}

void NodeTruth::damaged(ByteSpan file) {
  for (Entry& entry : entries_) entry.is_damaged = !sound(file, entry);
  rebuild();
  read_partial(file);
}

}  // namespace quorate::sim
