// The log and its snapshots.
#include <algorithm>
#include <utility>

#include "core/base/check.h"
#include "core/base/crc32.h"
#include "core/log/wal.h"

namespace quorate {

using namespace snapshot_format;

namespace {

std::string_view key_of(const SnapshotId& id, Byte (&key)[kKey]) {
  encode_key(id, key);
  return as_text(key);
}

}  // namespace

// ---- recovery

bool Wal::begin_with(const RecordView& record, ByteCount offset, ByteCount end) {
  if (record.op != Op::snapshot || record.client.value() != offset.value()) return false;
  const std::optional<SnapshotId> id = read_id(record.lsn, record.key);
  const std::optional<Note> note = read_note(record.value);
  if (!id || !note || offset < snapshot_.note_end || partial_.id != *id || !partial_.is_whole())
    return false;
  if (note->starts_at > note->follows_at || note->follows_at > offset || note->base > id->lsn)
    return false;
  Bytes bytes;
  read_partial(bytes);
  if (crc32(bytes) != id->crc) return false;
  snapshot_ = std::exchange(partial_, {});
  snapshot_.note_end = end;
  note_ = *note;
  note_.starts_at = std::max(note->starts_at, begin_);
  index_.begin_behind(note->base);
  base_generation_ = note->base_generation;
  generation_ = record.generation;
  voted_for_ = note->vote;
  restore_until_ = note->restore_until;
  damaged_ = note->starts_at < begin_;  // dropped for a newer one that is damaged now
  return true;
}

bool Wal::replay_snapshot(const RecordView& record, ByteCount offset) {
  if (offset < snapshot_.note_end) {  // seen before, or older
    if (!damaged_ || record.op != Op::snapshot || record.lsn != snapshot_.id.lsn) return true;
    restore_until_ = std::max(restore_until_, note_.last);
    return false;
  }
  if (record.op == Op::chunk) {
    replay_chunk(record, offset);
    return true;
  }
  // Parts of it are damaged, and what it stood for is gone with them.
  replay_behind_damage(record);
  return false;
}

bool Wal::begin_behind(const RecordView& record, ByteCount end) {
  if (record.op != Op::snapshot || end != snapshot_.note_end) return false;
  if (!damaged_ || last_lsn() >= snapshot_.id.lsn) return false;
  index_.begin_behind(snapshot_.id.lsn);
  base_generation_ = snapshot_.id.generation;
  restore_until_ = note_.restore_until;
  damaged_ = note_.follows_at < begin_;
  note_.follows_at = std::max(note_.follows_at, begin_);
  return true;
}

void Wal::replay_chunk(const RecordView& record, ByteCount offset) {
  const std::optional<SnapshotId> id = read_id(record.lsn, record.key);
  if (!id || record.value.empty()) return;
  if (record.sequence == 0) partial_ = {*id, {}, 0, {}};
  if (partial_.id != *id || partial_.held != record.sequence ||
      record.value.size() > id->size - partial_.held)
    return;
  partial_.chunks.push_back({offset, record.sequence});
  partial_.held += record.value.size();
}

// ---- what it holds

void Wal::read(const StoredSnapshot& snapshot, Bytes& to) const {
  to.clear();
  for (const StoredSnapshot::Chunk& chunk : snapshot.chunks)
    append_bytes(to, as_bytes(read_record(bytes(chunk.offset, end())).value));
}

ByteSpan Wal::snapshot_bytes(std::uint64_t at) const {
  QUORATE_CHECK(at < snapshot_.id.size, "a snapshot ends there");
  auto chunk =
      std::upper_bound(snapshot_.chunks.begin(), snapshot_.chunks.end(), at,
                       [](std::uint64_t a, const StoredSnapshot::Chunk& b) { return a < b.at; });
  --chunk;
  return as_bytes(read_record(bytes(chunk->offset, end())).value).subspan(at - chunk->at);
}

// ---- what is appended

void Wal::append_chunk(const SnapshotId& id, std::uint64_t at, ByteSpan bytes) {
  if (at == 0) partial_ = {id, {}, 0, {}};
  QUORATE_CHECK(partial_.id == id && at == partial_.held, "a snapshot has no holes");
  QUORATE_CHECK(!bytes.empty() && bytes.size() <= id.size - at, "a chunk lies in its snapshot");
  Byte key[kKey];
  const ByteCount offset = end();
  encode_record({generation_, id.lsn, ClientId(offset.value()), at, Op::chunk, key_of(id, key),
                 as_text(bytes)},
                bytes_);
  partial_.chunks.push_back({offset, at});
  partial_.held += bytes.size();
}

void Wal::append_snapshot_note(const Note& note) {
  QUORATE_CHECK(partial_.is_whole() && !partial_.id.is_none(), "only what is whole counts");
  Byte key[kKey];
  Byte value[kNote];
  encode_note(note, value);
  encode_record({generation_, partial_.id.lsn, ClientId(end().value()), 0, Op::snapshot,
                 key_of(partial_.id, key), as_text(value)},
                bytes_);
  snapshot_ = std::exchange(partial_, {});
  snapshot_.note_end = end();
  note_ = note;
}

void Wal::finish_snapshot(Lsn base) {
  QUORATE_CHECK(base >= this->base() && base <= partial_.id.lsn && partial_.id.lsn <= last_lsn(),
                "a snapshot of one's own log");
  const auto behind = [this](Lsn lsn) {
    return lsn < last_lsn() ? index_.at(lsn.next()).offset : end();
  };
  append_snapshot_note({behind(base), behind(partial_.id.lsn), base, generation_at(base),
                        last_lsn(), restore_until_, voted_for_});
}

void Wal::install_snapshot(Lsn restore_until) {
  index_.begin_behind(partial_.id.lsn);
  base_generation_ = partial_.id.generation;
  restore_until_ = restore_until > base() ? restore_until : Lsn();
  damaged_ = false;
  append_snapshot_note(
      {end(), end(), base(), base_generation_, base(), restore_until_, voted_for_});
}

ByteCount Wal::needed_from() const {
  if (snapshot_.id.is_none()) return begin_;
  const ByteCount needed = std::min(note_.starts_at, snapshot_.chunks.front().offset);
  return partial_.chunks.empty() ? needed : std::min(needed, partial_.chunks.front().offset);
}

void Wal::drop_head() {
  const ByteCount needed = needed_from();
  if (note_.base > base()) {
    index_.drop_up_to(note_.base);
    base_generation_ = note_.base_generation;
  }
  bytes_.erase(bytes_.begin(),
               bytes_.begin() + static_cast<std::ptrdiff_t>((needed - begin_).value()));
  begin_ = needed;
}

}  // namespace quorate
