// Logs with snapshots, written in a little language:
//   "a b"    records with these values, of the generation the log lives in (1 at first)
//   "g2"     enters generation 2;  "v3" votes for node 3 there;  "<2" cuts back to LSN 2
//   "s4/2"   takes a snapshot up to LSN 4; of the records those up to LSN 2 may go
//   "p9"     takes one half of a snapshot up to LSN 9 from another node
//   "i9"     the other half, or all of it where none is there, and installs it
//   "drop"   drops what is needed no longer
// and told as "base | records | snapshot", such as "2 | c d | 4".
#include <doctest/doctest.h>

#include <sstream>
#include <string>

#include "core/base/check.h"
#include "core/base/crc32.h"
#include "core/log/wal.h"

using namespace quorate;
using namespace std::string_literals;

namespace {

constexpr std::size_t kChunk = 7;

std::string state_at(std::uint64_t lsn) {
  return "what the records add up to, up to " + std::to_string(lsn);
}

SnapshotId id_of(std::uint64_t lsn, Generation generation) {
  const std::string state = state_at(lsn);
  return {Lsn(lsn), generation, state.size(), crc32(as_bytes(state))};
}

void give(Wal& wal, const SnapshotId& id, std::uint64_t up_to) {
  const std::string state = state_at(id.lsn.value());
  for (std::uint64_t at = wal.partial() == id ? wal.partial_held() : 0; at < up_to; at += kChunk)
    wal.append_chunk(id, at, as_bytes(std::string_view(state).substr(at, kChunk)));
}

void write_word(Wal& wal, const std::string& word) {
  const std::uint64_t number = word.size() > 1 && word != "drop" ? std::stoull(word.substr(1)) : 0;
  if (word == "drop") return wal.drop_head();
  if (number == 0) {
    wal.append(std::max(wal.generation(), Generation(1)), ClientId(1), 1, Op::set, "k", word);
    return;
  }
  const SnapshotId given = id_of(number, std::max(wal.generation(), Generation(1)));
  switch (word[0]) {
    case 'g': return wal.enter(Generation(number));
    case 'v': return wal.vote(NodeId(static_cast<std::uint32_t>(number)));
    case '<': return wal.cut(Lsn(number), Lsn());
    case 'p': return give(wal, given, given.size / 2);
    case 'i': give(wal, given, given.size); return wal.install_snapshot(Lsn());
    default: break;
  }
  REQUIRE(word[0] == 's');
  const SnapshotId own = id_of(number, wal.generation_at(Lsn(number)));
  give(wal, own, own.size);
  wal.finish_snapshot(Lsn(std::stoull(word.substr(word.find('/') + 1))));
}

Wal& write(Wal& wal, const std::string& words) {
  std::istringstream in(words);
  for (std::string word; in >> word;) write_word(wal, word);
  return wal;
}

Wal log_of(const std::string& words) {
  Wal wal;
  return write(wal, words);
}

std::string tell(const Wal& wal) {
  std::string text = std::to_string(wal.base().value()) + " |";
  for (Lsn lsn = wal.base().next(); lsn <= wal.last_lsn(); lsn = lsn.next()) {
    const RecordView record = wal.record(lsn);
    REQUIRE(record.lsn == lsn);
    REQUIRE(record.generation == wal.generation_at(lsn));
    text += " " + std::string(record.value);
  }
  if (!wal.snapshot().is_none()) {
    text += " | " + std::to_string(wal.snapshot().lsn.value());
    Bytes state;
    wal.read_snapshot(state);
    REQUIRE(as_text(state) == state_at(wal.snapshot().lsn.value()));
  }
  if (!wal.restore_until().is_none())
    text += " | until " + std::to_string(wal.restore_until().value());
  return text;
}

Bytes bytes_of(const Wal& wal) {
  const ByteSpan bytes = wal.bytes(wal.begin(), wal.end());
  return {bytes.begin(), bytes.end()};
}

Wal read_again(const Wal& wal) {
  WalRecovery found;
  Wal again = Wal::recover(bytes_of(wal), found, wal.begin());
  CHECK(!found.torn());
  CHECK(again.generation() == wal.generation());
  CHECK(again.voted_for() == wal.voted_for());
  CHECK(again.partial() == wal.partial());
  CHECK(again.partial_held() == wal.partial_held());
  return again;
}

}  // namespace

TEST_CASE("wal snapshot: logs with snapshots, read back, say the same") {
  struct Case {
    const char* words;
    const char* told;
  };
  for (const Case& row : {
           Case{"a b c d s4/2", "2 | c d | 4"},
           Case{"a b c d s4/4", "4 | | 4"},
           Case{"a b c d s4/0", "0 | a b c d | 4"},
           Case{"a b c d s3/2 e f", "2 | c d e f | 3"},
           Case{"a b s2/2 c d s4/3 e", "3 | d e | 4"},
           Case{"a b s2/1 c g2 d v3 s4/2 e", "2 | c d e | 4"},
           Case{"a b c <2 d s3/1", "1 | b d | 3"},
           Case{"a b g2 i9", "9 | | 9"},
           Case{"a b g2 i9 c d", "9 | c d | 9"},
           Case{"a b s2/2 g2 i9 c s10/9 d", "9 | c d | 10"},
           Case{"g2 i9 g3 v2 i20 c", "20 | c | 20"},
       }) {
    const std::string words = row.words;
    CAPTURE(words);
    Wal wal = log_of(words);
    CHECK(tell(read_again(wal)) == row.told);
    wal.drop_head();
    CHECK(tell(wal) == row.told);
    CHECK(tell(read_again(wal)) == row.told);
  }
}

TEST_CASE("wal snapshot: a log that goes on behind its snapshot, goes on after being read back") {
  Wal wal = log_of("a b c s3/3 drop d e");
  Wal again = read_again(wal);
  CHECK(tell(write(again, "f g2 g s7/5 drop h")) == "5 | f g h | 7");
  CHECK(tell(read_again(again)) == "5 | f g h | 7");
}

TEST_CASE("wal snapshot: before its head is dropped, the whole log can be read") {
  Wal wal = log_of("a b c d s4/4");
  CHECK(wal.base() == Lsn());
  CHECK(wal.record(Lsn(1)).value == "a");
  wal.drop_head();
  CHECK(wal.base() == Lsn(4));
  CHECK(wal.last_lsn() == Lsn(4));
}

TEST_CASE("wal snapshot: what was dropped and is there in part, is passed over") {
  const std::string words = "a b c d e g2 f s5/3 g";
  const Wal whole = log_of(words);
  Wal dropped = log_of(words);
  dropped.drop_head();
  REQUIRE(dropped.begin() > ByteCount());
  const Bytes file = bytes_of(whole);
  for (std::uint64_t zeros = 0; zeros <= dropped.begin().value(); ++zeros) {
    CAPTURE(zeros);
    Bytes partly = file;
    std::fill_n(partly.begin(), zeros, Byte{0});
    WalRecovery found;
    const Wal again = Wal::recover(partly, found);
    CHECK(tell(again) == tell(dropped));
    CHECK(!found.corrupt());
  }
}

TEST_CASE("wal snapshot: torn anywhere in it, the log is what it was before") {
  for (const std::string words : {"a b c d", "a b s2/1 c d"}) {
    CAPTURE(words);
    const Wal before = log_of(words);
    const std::uint64_t begin = before.end().value();
    for (const std::string more : {" s4/3", " g2 i9"}) {
      const Bytes file = bytes_of(log_of(words + more));
      for (std::uint64_t size = begin; size < file.size(); ++size) {
        CAPTURE(size);
        WalRecovery found;
        const Wal torn = Wal::recover(
            Bytes(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(size)), found);
        REQUIRE(torn.last_lsn() == Lsn(4));
        REQUIRE(torn.snapshot() == before.snapshot());
        REQUIRE(!found.corrupt());
      }
    }
  }
}

TEST_CASE("wal snapshot: damaged anywhere in what is needed, is said and not vouched for") {
  Wal wal = log_of("a b c d s4/3 drop e");
  const Bytes file = bytes_of(wal);
  for (std::size_t at = 0; at < file.size(); ++at) {
    CAPTURE(at);
    Bytes damaged = file;
    damaged[at] ^= 0x20;
    WalRecovery found;
    const Wal read = Wal::recover(damaged, found, wal.begin());
    const ByteCount place = wal.begin() + ByteCount(at);
    if (place < wal.end_of(Lsn(4))) {
      REQUIRE(tell(read) == "4 | e | 4");  // what the snapshot stands for is no loss
      REQUIRE(!found.corrupt());
      continue;
    }
    if (found.torn()) {
      REQUIRE(place >= wal.snapshot_end());  // the last record
      continue;
    }
    REQUIRE(found.corrupt());
    REQUIRE(read.restore_until() >= Lsn(4));
    REQUIRE(read.last_lsn() < Lsn(5));
  }
}

TEST_CASE("wal snapshot: damaged as the last record of a log without its head, is no torn tail") {
  const Wal wal = log_of("a b c d s4/4 drop");
  const Bytes file = bytes_of(wal);
  for (std::size_t back = 1; back <= 40; ++back) {
    CAPTURE(back);
    Bytes damaged = file;
    damaged[damaged.size() - back] ^= 0x20;
    WalRecovery found;
    Wal read = Wal::recover(damaged, found, wal.begin());
    REQUIRE((found.corrupt() && !found.torn() && read.is_damaged()));
    REQUIRE((read.restore_until() == Lsn(4) && read.last_lsn() == Lsn()));
    REQUIRE(read.end() == wal.end());
    // And it says so again, also when something was written behind it.
    read.enter(Generation(9));
    const Wal again = Wal::recover(bytes_of(read), found, wal.begin());
    REQUIRE((again.is_damaged() && again.restore_until() == Lsn(4)));
  }
}

TEST_CASE("wal snapshot: damage before it and behind it, is no loss before and a loss behind") {
  const Wal wal = log_of("a b c d e s4/2 drop f g");
  const std::uint64_t behind = (wal.end_of(Lsn(5)) - wal.begin()).value() - 1;  // in e
  Bytes file = bytes_of(wal);
  file[3] ^= 1;  // in c
  WalRecovery found;
  CHECK(tell(Wal::recover(file, found, wal.begin())) == "4 | e f g | 4");
  file[behind] ^= 1;
  CHECK(tell(Wal::recover(file, found, wal.begin())) == "4 | | 4 | until 7");
  CHECK(found.corrupt());
}

TEST_CASE("wal snapshot: a cut back to it, heals what is damaged before it") {
  const Wal wal = log_of("a b c d e s4/2 drop <4 f");
  Bytes file = bytes_of(wal);
  file[3] ^= 1;
  WalRecovery found;
  CHECK(tell(Wal::recover(file, found, wal.begin())) == "4 | f | 4");
  CHECK(!found.corrupt());
}

TEST_CASE("wal snapshot: a damaged one, is healed by another that is installed behind it") {
  Wal wal = log_of("a b c d s4/3 drop e");
  Bytes file = bytes_of(wal);
  file[100] ^= 1;
  WalRecovery found;
  Wal damaged = Wal::recover(file, found, wal.begin());
  REQUIRE(damaged.is_damaged());
  CHECK(tell(write(damaged, "i6 f")) == "6 | f | 6");
  CHECK(tell(read_again(damaged)) == "6 | f | 6");
}

TEST_CASE("wal snapshot: installed before what was to be given back, the rest is still owed") {
  Wal wal;
  const SnapshotId id = id_of(6, Generation(1));
  give(wal, id, id.size);
  wal.install_snapshot(Lsn(8));
  CHECK(tell(wal) == "6 | | 6 | until 8");
  CHECK(tell(read_again(wal)) == "6 | | 6 | until 8");
  CHECK(tell(write(wal, "g")) == "6 | g | 6 | until 8");
  CHECK(tell(write(wal, "h")) == "6 | g h | 6");
}

TEST_CASE("wal snapshot: one half taken, is there after being read back, and can be gone on with") {
  Wal wal = log_of("a b p9");
  Wal again = read_again(wal);
  CHECK(again.partial_held() > 0);
  CHECK(tell(write(again, "i9")) == "9 | | 9");
  // One's own in between: the other is begun anew.
  CHECK(tell(log_of("a b p9 s2/2 drop i9 c")) == "9 | c | 9");
}

TEST_CASE("wal snapshot: its bytes, are read from anywhere") {
  const Wal wal = log_of("a s1/1");
  const std::string state = state_at(1);
  for (std::uint64_t from = 0; from < state.size(); ++from) {
    std::string read;
    while (from + read.size() < state.size())
      read += as_text(wal.snapshot_bytes(from + read.size()));
    CHECK(read == state.substr(from));
  }
}

TEST_CASE("wal snapshot: what the file did not take of it, is forgotten") {
  const ByteCount before = log_of("a b c").end();
  for (const std::string more : {" s3/2", " g2 i9"}) {
    Wal wal = log_of("a b c" + more);
    wal.forget_unwritten(before);
    CHECK(tell(wal) == "0 | a b c");
    CHECK(wal.end() == before);
  }
}

TEST_CASE("wal snapshot: where logs agree behind it, is asked within what is known") {
  const Wal wal = log_of("a g3 b c g5 d s4/3 drop e");  // base 3 of generation 3; d and e of 5
  CHECK(wal.last_of_generation(Generation(9), Lsn(9)) == Lsn(5));
  CHECK(wal.last_of_generation(Generation(4), Lsn(9)) == Lsn(3));
  CHECK(wal.last_of_generation(Generation(3), Lsn(2)) == Lsn(2));
  CHECK(wal.last_of_generation(Generation(2), Lsn(9)) == Lsn(2));  // before it: nobody knows
  CHECK(wal.generation_at(Lsn(3)) == Generation(3));
  CHECK(wal.generation_at(Lsn(2)) == Generation());
}

TEST_CASE("wal snapshot: a cut into what it stands for, is a broken invariant") {
  Wal wal = log_of("a b c s3/2 drop");
  CHECK_THROWS_AS(wal.cut(Lsn(2), Lsn()), InvariantBroken);
  CHECK(tell(write(wal, "<3 d")) == "2 | c d | 3");
}
