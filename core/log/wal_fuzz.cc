// What may a file of any bytes do to recovery? It never throws; what it finds is a log with LSNs
// without holes and generations that never fall; recovering once more changes nothing; what is
// appended behind a cut that knows of the damage is all there the next time; and if bytes were only
// written over, then the log is what it was or recovery says otherwise. All this with snapshots,
// too, and where the head of the file was dropped.
//
// The input is a program that writes a file, whole or with damage, or (first byte odd) the file
// itself with sound CRCs put where records seem to be.
#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "core/base/check.h"
#include "core/base/crc32.h"
#include "core/log/wal.h"

using namespace quorate;
using namespace record_format;

namespace {

// Gives each record of the file, one behind the other, a CRC that is right.
void seal(Bytes& file) {
  for (std::size_t at = 0; at + kFixed <= file.size();) {
    const std::size_t size =
        std::size_t{load_le<std::uint32_t>(file.data() + at + kLength)} + kPrefix;
    if (size < kFixed || size > file.size() - at) return;
    store_le(file.data() + at, crc32(ByteSpan(file).subspan(at + kLength, size - kLength)));
    at += size;
  }
}

// Reads numbers off the input; zeros when it has ended.
class Input {
 public:
  explicit Input(ByteSpan bytes) : bytes_(bytes) {}
  bool ended() const { return bytes_.empty(); }
  std::size_t below(std::size_t bound) {
    if (bytes_.empty()) return 0;
    const std::size_t number = bytes_[0];
    bytes_ = bytes_.subspan(1);
    return number % bound;
  }

 private:
  ByteSpan bytes_;
};

// A snapshot's bytes; equal ones for equal LSNs.
Bytes state_at(Lsn lsn) { return Bytes(1 + lsn.value() % 50, static_cast<Byte>(lsn.value())); }

// Some chunks of that snapshot, behind those that are there. Returns whether it is all there.
bool give(Wal& wal, const SnapshotId& id, std::size_t chunks, std::size_t size) {
  const Bytes state = state_at(id.lsn);
  for (; chunks > 0 && (wal.partial() != id || wal.partial_held() < id.size); --chunks) {
    const std::uint64_t at = wal.partial() == id ? wal.partial_held() : 0;
    const ByteSpan rest = ByteSpan(state).subspan(at);
    wal.append_chunk(id, at, rest.first(std::min(size, rest.size())));
  }
  return wal.partial() == id && wal.partial_held() == id.size;
}

SnapshotId id_of(Lsn lsn, Generation generation) {
  const Bytes state = state_at(lsn);
  return {lsn, generation, state.size(), crc32(state)};
}

// One's own, up to some LSN behind the one before.
void take_snapshot(Wal& wal, Input& input) {
  const std::uint64_t before = wal.snapshot().lsn.value(), last = wal.last_lsn().value();
  if (last == before || !wal.restore_until().is_none()) return;  // who may not vouch takes none
  const Lsn up_to(before + 1 + input.below(last - before));
  const Lsn base(wal.base().value() + input.below(up_to.value() - wal.base().value() + 1));
  give(wal, id_of(up_to, wal.generation_at(up_to)), 100, 1 + input.below(30));
  wal.finish_snapshot(base);
}

// Some of one that goes beyond the log, or all of it.
void install_snapshot(Wal& wal, Input& input) {
  const Lsn partial = wal.partial().lsn;
  const bool goes_on = partial > wal.last_lsn() && wal.partial().generation == wal.generation();
  const Lsn lsn = goes_on ? partial : Lsn(wal.last_lsn().value() + 1 + input.below(4));
  const std::size_t chunks = 1 + input.below(4);
  if (give(wal, id_of(lsn, wal.generation()), chunks, 1 + input.below(30)))
    wal.install_snapshot(wal.restore_until());
}

void write(Wal& wal, Input& input) {
  const std::uint64_t least = wal.snapshot().lsn.value();
  const Lsn keep(least + input.below(wal.last_lsn().value() - least + 1));
  const std::string_view value = std::string_view("a value of some length").substr(input.below(20));
  switch (input.below(8)) {
    case 4: return take_snapshot(wal, input);
    case 5: return install_snapshot(wal, input);
    case 6:
      if (wal.needed_from() > wal.begin()) wal.drop_head();
      return;
    case 0: return wal.enter(wal.generation().next());
    case 1:
    case 2:  // what follows is of another generation, so that no record is written twice
      wal.cut(keep, Lsn(keep.value() + input.below(4)));
      return wal.enter(wal.generation().next());
    default: break;
  }
  const Generation generation = std::max(wal.generation(), Generation(1));
  Bytes shipped;
  encode_record({generation, wal.last_lsn().next(), ClientId(1), 1, Op::set, "k", value}, shipped);
  wal.append_shipped(read_record(shipped), shipped);
}

struct Program {
  Wal written;
  Bytes file;  // with what befell it
  bool only_overwritten = true;
};

// Writes, and then writes over, takes out or doubles some bytes.
Program run(Input input) {
  Program program;
  for (std::size_t writes = input.below(32); writes > 0; --writes) write(program.written, input);
  const ByteSpan sound = program.written.bytes(program.written.begin(), program.written.end());
  Bytes& file = program.file;
  file.assign(sound.begin(), sound.end());
  while (!input.ended() && !file.empty()) {
    const std::size_t high = input.below(256);
    const std::size_t at = (high * 256 + input.below(256)) % file.size();
    const std::size_t size = std::min(input.below(100), file.size() - at);
    const auto from = file.begin() + static_cast<std::ptrdiff_t>(at);
    const auto to = from + static_cast<std::ptrdiff_t>(size);
    const std::size_t kind = input.below(8);
    program.only_overwritten = program.only_overwritten && kind < 6;
    if (kind < 4) {
      *from = static_cast<Byte>(input.below(256));
    } else if (kind < 6) {
      std::fill(from, to, Byte{0});
    } else if (kind == 6) {
      file.erase(from, to);
    } else {
      const Bytes twice(from, to);
      file.insert(from, twice.begin(), twice.end());
    }
  }
  return program;
}

void check_invariants(const Wal& wal) {
  QUORATE_CHECK(wal.base() <= wal.snapshot().lsn && wal.snapshot().lsn <= wal.last_lsn(),
                "a snapshot lies between its base and the end");
  for (Lsn lsn = wal.base().next(); lsn <= wal.last_lsn(); lsn = lsn.next()) {
    QUORATE_CHECK(wal.record(lsn).lsn == lsn, "LSNs run without a hole");
    QUORATE_CHECK(wal.generation_at(lsn) >= wal.generation_at(lsn.prev()),
                  "generations never fall");
    QUORATE_CHECK(scan_record(wal.record_bytes(lsn)).status == RecordStatus::whole,
                  "what is in the log is sound");
    QUORATE_CHECK(
        lsn == wal.base().next() ||
            wal.end_of(lsn.prev()) <= wal.end_of(lsn) - ByteCount(wal.record_bytes(lsn).size()),
        "a higher LSN lies at a higher offset");
  }
  QUORATE_CHECK(wal.generation() >= wal.last_generation(), "the log's generation is its greatest");
}

void check_same(const Wal& a, const Wal& b) {
  QUORATE_CHECK(a.last_lsn() == b.last_lsn() && a.end() == b.end(), "the same records");
  QUORATE_CHECK(a.generation() == b.generation(), "the same generation");
  QUORATE_CHECK(a.restore_until() == b.restore_until(), "the same need of a restore");
  // What a snapshot stands for may be gone from one of them.
  for (Lsn lsn = std::max(a.base(), b.base()).next(); lsn <= a.last_lsn(); lsn = lsn.next())
    QUORATE_CHECK(a.end_of(lsn) == b.end_of(lsn), "each at the same place");
}

Wal recovered(const Wal& wal, WalRecovery& found) {
  const ByteSpan mirror = wal.bytes(wal.begin(), wal.end());
  return Wal::recover(Bytes(mirror.begin(), mirror.end()), found, wal.begin());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  Bytes file(data + 1, data + size);
  Program program;
  if ((data[0] & 1) != 0)
    seal(file);
  else
    file = (program = run(Input(file))).file;
  const std::size_t file_size = file.size();

  WalRecovery found, again_found;
  const ByteCount begin = program.written.begin();
  Wal wal = Wal::recover(file, found, begin);
  check_invariants(wal);
  // Where a snapshot stands for what is damaged, that there is more to be given back says it, too.
  const bool says_so =
      found.torn() || found.corrupt() || wal.restore_until() > program.written.restore_until();
  if ((data[0] & 1) == 0 && program.only_overwritten && !says_so) check_same(wal, program.written);
  QUORATE_CHECK(wal.end() + found.torn_bytes == begin + ByteCount(file_size),
                "only a torn tail is dropped");
  QUORATE_CHECK(!found.corrupt() || found.damaged_at + found.damaged_bytes <= wal.end(),
                "damage lies before a sound record");
  check_same(wal, recovered(wal, again_found));
  QUORATE_CHECK(!again_found.torn() && again_found.corrupt() == found.corrupt(),
                "a second recovery finds the damage and nothing else");

  if (wal.generation() == Generation(~std::uint64_t{0})) return 0;
  wal.cut(wal.last_lsn(), Lsn());  // knows of the damage, if there was any
  wal.enter(wal.generation().next());
  wal.append(wal.generation(), ClientId(1), 1, Op::set, "k", "v");
  check_same(wal, recovered(wal, again_found));
  QUORATE_CHECK(!again_found.torn() && !again_found.corrupt(), "what was cut off is history");
  return 0;
}
