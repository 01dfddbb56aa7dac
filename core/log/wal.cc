#include "core/log/wal.h"

#include <algorithm>
#include <utility>

#include "core/base/check.h"

namespace quorate {

namespace {

// Where the first sound record behind `from` begins, or the end of the file.
std::size_t next_sound(ByteSpan file, std::size_t from) {
  for (std::size_t at = from; at < file.size(); ++at)
    if (scan_record(file.subspan(at)).status == RecordStatus::whole) return at;
  return file.size();
}

Lsn lsn_in(std::string_view value) {
  if (value.size() != sizeof(std::uint64_t)) return Lsn();
  return Lsn(load_le<std::uint64_t>(as_bytes(value).data()));
}

}  // namespace

Wal Wal::recover(Bytes file, WalRecovery& found, ByteCount begin) {
  found = {};
  Wal wal;
  wal.bytes_ = std::move(file);
  wal.begin_ = begin;
  // A head is dropped only for a snapshot that is durable: where none can be read, that is damage.
  wal.damaged_ = !begin.is_none();
  const ByteSpan bytes(wal.bytes_);
  std::size_t at = 0;
  while (at < bytes.size()) {
    const RecordScan scan = scan_record(bytes.subspan(at));
    const ByteCount offset = begin + ByteCount(at);
    if (scan.status == RecordStatus::whole) {
      if (wal.begin_with(scan.record, offset, offset + ByteCount(scan.size))) {
        found = {};
        at = (wal.note_.starts_at - begin).value();
        continue;
      }
      if (wal.begin_behind(scan.record, offset + ByteCount(scan.size))) {
        found = {};
        at = (wal.note_.follows_at - begin).value();
        continue;
      }
      if (!wal.replay(scan.record, offset, scan.size)) {
        if (!found.corrupt()) found.damaged_at = offset;
        found.damaged_bytes = found.damaged_bytes + ByteCount(scan.size);
      }
      // Damage that a cut has bridged is history: the log behind it is whole.
      if (!wal.damaged_) found.damaged_bytes = found.damaged_at = ByteCount();
      at += scan.size;
      continue;
    }
    const std::size_t next = next_sound(bytes, at + 1);
    if (next == bytes.size()) {
      found.torn_bytes = ByteCount(bytes.size() - at);
      break;
    }
    if (!found.corrupt()) found.damaged_at = offset;
    found.damaged_bytes = found.damaged_bytes + ByteCount(next - at);
    wal.damaged_ = true;
    at = next;
  }
  if (!begin.is_none() && wal.damaged_ && wal.snapshot_.id.is_none()) {
    wal.restore_until_ = std::max({wal.restore_until_, wal.partial_.id.lsn, Lsn(1)});
    if (!found.corrupt()) found.damaged_at = begin + ByteCount(at);
    found.damaged_bytes = found.damaged_bytes + std::exchange(found.torn_bytes, ByteCount());
    at = bytes.size();
  }
  wal.bytes_.resize(at);
  return wal;
}

bool Wal::replay(const RecordView& record, ByteCount offset, std::size_t size) {
  if (!is_data(record.op) && record.client.value() != offset.value()) {
    replay_behind_damage({});  // bytes of a value that look like a note
    return false;
  }
  const bool damaged_before = damaged_;
  // Every record says where it was written.
  live_in(record.generation,
          NodeId(record.op == Op::generation ? static_cast<std::uint32_t>(record.sequence) : 0));
  if (record.op == Op::chunk || record.op == Op::snapshot) return replay_snapshot(record, offset);
  if (record.op == Op::generation) {
    const bool follows = !damaged_ && record.lsn == last_lsn();
    if (!follows) replay_behind_damage(record);
    return follows || damaged_before;
  }
  if (record.op == Op::cut) {
    // Behind damage a cut heals if what it kept is what we have: then whatever was lost is history.
    if (record.lsn > last_lsn() || record.lsn < base() ||
        generation_at(record.lsn).value() != record.sequence) {
      replay_behind_damage(record);
      return false;
    }
    index_.cut(record.lsn);
    restore_until_ = lsn_in(record.value);
    damaged_ = false;
    return true;
  }
  if (damaged_ || record.lsn != last_lsn().next() || record.generation < last_generation()) {
    replay_behind_damage(record);
    return false;
  }
  index_.add({offset, record.generation, static_cast<std::uint32_t>(size)});
  if (last_lsn() >= restore_until_) restore_until_ = Lsn();
  return true;
}

void Wal::replay_behind_damage(const RecordView& record) {
  damaged_ = true;
  restore_until_ = std::max({restore_until_, last_lsn(), record.lsn});
}

Lsn Wal::last_of_generation(Generation generation, Lsn at_most) const {
  if (at_most <= base() && generation >= base_generation_) return at_most;
  if (generation < base_generation_) return std::min(at_most, base().prev());
  const std::span<const LogIndex::Entry> entries = index_.up_to(at_most);
  const auto above = std::partition_point(
      entries.begin(), entries.end(),
      [generation](const LogIndex::Entry& e) { return e.generation <= generation; });
  return Lsn(base().value() + static_cast<std::uint64_t>(above - entries.begin()));
}

Lsn Wal::run_from(Lsn first, ByteCount at_most) const {
  Lsn last = first;
  const ByteCount limit = index_.at(first).offset + at_most;
  while (last < last_lsn()) {
    const LogIndex::Entry& next = index_.at(last.next());
    if (next.offset != end_of(last) || next.offset + ByteCount(next.size) > limit) break;
    last = last.next();
  }
  return last;
}

Lsn Wal::append(Generation generation, ClientId client, std::uint64_t sequence, Op op,
                std::string_view key, std::string_view value) {
  QUORATE_CHECK(is_data(op), "only data records take an LSN");
  QUORATE_CHECK(generation >= last_generation(), "the generations of a log never fall");
  const Lsn lsn = last_lsn().next();
  const ByteCount offset = end();
  encode_record({generation, lsn, client, sequence, op, key, value}, bytes_);
  live_in(generation, NodeId());
  index_.add({offset, generation, static_cast<std::uint32_t>((end() - offset).value())});
  if (lsn >= restore_until_) restore_until_ = Lsn();
  return lsn;
}

void Wal::append_shipped(const RecordView& record, ByteSpan encoded) {
  QUORATE_CHECK(record.lsn == last_lsn().next(), "a log has no holes");
  const ByteCount offset = end();
  append_bytes(bytes_, encoded);
  live_in(record.generation, NodeId());
  index_.add({offset, record.generation, static_cast<std::uint32_t>(encoded.size())});
  if (last_lsn() >= restore_until_) restore_until_ = Lsn();
}

void Wal::enter(Generation generation, NodeId vote) {
  QUORATE_CHECK(generation > generation_, "the generation clock only goes forward");
  live_in(generation, vote);
  append_note(Op::generation, last_lsn(), vote.value(), {});
}

void Wal::vote(NodeId candidate) {
  QUORATE_CHECK(voted_for_.is_none(), "one vote a generation");
  voted_for_ = candidate;
  append_note(Op::generation, last_lsn(), candidate.value(), {});
}

void Wal::live_in(Generation generation, NodeId vote) {
  if (generation < generation_) return;
  if (generation > generation_) voted_for_ = NodeId();
  generation_ = generation;
  if (!vote.is_none()) voted_for_ = vote;
}

void Wal::cut(Lsn keep, Lsn restore_until) {
  QUORATE_CHECK(keep <= last_lsn() && keep >= snapshot_.id.lsn,
                "a cut keeps what a snapshot stands for, and nothing that is not there");
  Byte value[sizeof(std::uint64_t)];
  store_le(value, restore_until.value());
  const std::size_t size = restore_until > keep ? sizeof(value) : 0;
  append_note(Op::cut, keep, generation_at(keep).value(), as_text({value, size}));
  index_.cut(keep);
  restore_until_ = restore_until > keep ? restore_until : Lsn();
  damaged_ = false;
}

void Wal::append_note(Op op, Lsn lsn, std::uint64_t sequence, std::string_view value) {
  encode_record({generation_, lsn, ClientId(end().value()), sequence, op, {}, value}, bytes_);
}

void Wal::forget_unwritten(ByteCount end) {
  QUORATE_CHECK(end <= this->end(), "the file can't be ahead of its mirror");
  bytes_.resize((end - begin_).value());
  WalRecovery found;
  *this = recover(std::move(bytes_), found, begin_);
  QUORATE_CHECK(!found.torn(), "a file ends with a whole record");
}

}  // namespace quorate
