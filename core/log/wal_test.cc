// Each test writes a log in this little language, does something to its file, and reads it back:
//   "a b c"     three records with these values, of the generation the log lives in (1 at first)
//   "g2"        enters generation 2
//   "<2"        cuts: only the records up to LSN 2 count any longer
//   "<2?5"      likewise, and the node may not vouch for its log before it holds LSN 5 again
// What is read back is told in the same words: "a b@2 | until 5 | torn 7 | corrupt 49 at 51".
#include "core/log/wal.h"

#include <doctest/doctest.h>

#include <sstream>
#include <string>
#include <vector>

#include "core/base/check.h"
#include "core/base/crc32.h"

using namespace quorate;
using namespace std::string_literals;

namespace {

void write_word(Wal& wal, const std::string& word) {
  if (word[0] == 'g') return wal.enter(Generation(std::stoull(word.substr(1))));
  if (word[0] == '<') {
    const std::size_t until = word.find('?');
    return wal.cut(Lsn(std::stoull(word.substr(1))),
                   until == std::string::npos ? Lsn() : Lsn(std::stoull(word.substr(until + 1))));
  }
  const Generation generation = std::max(wal.generation(), Generation(1));
  if (wal.restore_until().is_none()) {
    wal.append(generation, ClientId(1), 1, Op::set, "k", word);
    return;
  }
  Bytes shipped;  // what is lost can only come from a peer
  encode_record({generation, wal.last_lsn().next(), ClientId(1), 1, Op::set, "k", word}, shipped);
  wal.append_shipped(read_record(shipped), shipped);
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

Bytes file_of(const Wal& wal) {
  const ByteSpan bytes = wal.bytes(ByteCount(), wal.end());
  return {bytes.begin(), bytes.end()};
}
Bytes file_of(const std::string& words) { return file_of(log_of(words)); }

std::string tell(const Wal& wal) {
  std::string text;
  for (std::uint64_t n = 1; n <= wal.last_lsn().value(); ++n) {
    const RecordView record = wal.record(Lsn(n));
    REQUIRE(record.lsn == Lsn(n));
    REQUIRE(record.generation == wal.generation_at(Lsn(n)));
    REQUIRE(record.generation >= wal.generation_at(Lsn(n - 1)));
    text += std::string(n > 1 ? " " : "") + std::string(record.value);
    if (record.generation > Generation(1)) text += "@" + std::to_string(record.generation.value());
  }
  if (wal.generation() > wal.last_generation() && wal.generation() > Generation(1))
    text += " | in " + std::to_string(wal.generation().value());
  if (!wal.restore_until().is_none())
    text += " | until " + std::to_string(wal.restore_until().value());
  return text;
}

std::string tell(const WalRecovery& found) {
  std::string text;
  if (found.torn()) text += " | torn " + std::to_string(found.torn_bytes.value());
  if (found.corrupt())
    text += " | corrupt " + std::to_string(found.damaged_bytes.value()) + " at " +
            std::to_string(found.damaged_at.value());
  return text;
}

std::string recovered(Bytes file) {
  WalRecovery found;
  const Wal wal = Wal::recover(std::move(file), found);
  return tell(wal) + tell(found);
}

// Where each record of the file lies: all records, also notes and what was cut. Ends with its size.
std::vector<std::size_t> places(const Bytes& file) {
  std::vector<std::size_t> begins;
  std::size_t at = 0;
  while (at < file.size()) {
    begins.push_back(at);
    at += scan_record(ByteSpan(file).subspan(at)).size;
  }
  begins.push_back(at);
  return begins;
}

Bytes flipped(Bytes file, std::size_t at, int bits = 0xff) {
  file[at] = static_cast<Byte>(file[at] ^ bits);
  return file;
}

Bytes part(const Bytes& file, std::size_t from, std::size_t to) {
  return {file.begin() + static_cast<std::ptrdiff_t>(from),
          file.begin() + static_cast<std::ptrdiff_t>(to)};
}

Bytes joined(Bytes first, const Bytes& second) {
  append_bytes(first, second);
  return first;
}

// The file of these words with the record at that place (0, 1, ...) damaged.
Bytes damaged_file(const std::string& words, std::size_t place) {
  const Bytes file = file_of(words);
  return flipped(file, places(file)[place] + 20);
}

struct Lcg {
  std::uint64_t state = 1;
  std::size_t below(std::size_t bound) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return static_cast<std::size_t>(state >> 33) % bound;
  }
};

constexpr std::size_t kSize = record_format::kFixed + 2;  // of a record with a key and value of 1

}  // namespace

// ---- whole

TEST_CASE("wal: a whole file, comes back as it was written") {
  CHECK(recovered(file_of("")) == "");
  CHECK(recovered(file_of("a")) == "a");
  CHECK(recovered(file_of("a b c")) == "a b c");
  CHECK(recovered(file_of("g1 a g2 b g5 c")) == "a b@2 c@5");
}

TEST_CASE("wal: a generation entered, is remembered though nothing was written in it") {
  CHECK(tell(log_of("g1 a g7")) == "a | in 7");
  CHECK(recovered(file_of("g1 a g7")) == "a | in 7");
  CHECK(recovered(file_of("g7")) == " | in 7");
}

TEST_CASE("wal: a cut, takes back what came after, also behind later records") {
  CHECK(recovered(file_of("a b c <1")) == "a");
  CHECK(recovered(file_of("a b c <1 d e")) == "a d e");
  CHECK(recovered(file_of("a b c <0 d")) == "d");
  CHECK(recovered(file_of("a b c <3")) == "a b c");
  CHECK(recovered(file_of("g1 a b g2 <1 c g3 <1 d")) == "a d@3");
}

TEST_CASE("wal: where records lie, is told for each of them") {
  const Wal wal = log_of("g1 a b g2 <1 c");
  CHECK(wal.end_of(Lsn(1)) == ByteCount(47 + kSize));
  CHECK(wal.end_of(Lsn(2)) == wal.end());
  CHECK(wal.record_bytes(Lsn(2)).size() == kSize);
  CHECK(wal.generation_at(Lsn()) == Generation());
  CHECK(wal.generation_at(Lsn(2)) == Generation(2));
}

TEST_CASE("wal: the last of a generation, is found also where the generation is unknown") {
  const Wal wal = log_of("g2 a b g4 c g6 d");
  const auto last_of = [&wal](std::uint64_t generation, std::uint64_t at_most) {
    return wal.last_of_generation(Generation(generation), Lsn(at_most)).value();
  };
  CHECK(last_of(1, 9) == 0);
  CHECK(last_of(2, 9) == 2);
  CHECK(last_of(3, 9) == 2);
  CHECK(last_of(5, 9) == 3);
  CHECK(last_of(9, 9) == 4);
  CHECK(last_of(9, 2) == 2);
  CHECK(last_of(4, 0) == 0);
  CHECK(last_of(9, ~std::uint64_t{0}) == 4);
}

TEST_CASE("wal: a run of records, ends at the limit, at a note between them, and at the last") {
  const Wal wal = log_of("a b c d g2 e");
  const auto run = [&wal](std::uint64_t first, std::size_t bytes) {
    return wal.run_from(Lsn(first), ByteCount(bytes)).value();
  };
  CHECK(run(1, 3 * kSize) == 3);
  CHECK(run(1, 3 * kSize - 1) == 2);
  CHECK(run(1, 0) == 1);  // one record travels however large it is
  CHECK(run(2, 99 * kSize) == 4);
  CHECK(run(5, 99 * kSize) == 5);
}

TEST_CASE("wal: what breaks its invariants, is refused") {
  Wal wal = log_of("g3 a");
  const Bytes other = file_of("x y");
  CHECK_THROWS_AS(wal.append(Generation(2), ClientId(), 0, Op::set, "k", "v"), InvariantBroken);
  CHECK_THROWS_AS(wal.append(Generation(3), ClientId(), 0, Op::cut, "", ""), InvariantBroken);
  CHECK_THROWS_AS(wal.enter(Generation(3)), InvariantBroken);
  CHECK_THROWS_AS(wal.cut(Lsn(2), Lsn()), InvariantBroken);
  CHECK_THROWS_AS(wal.append_shipped(read_record(other), other), InvariantBroken);
  CHECK(tell(wal) == "a@3");
}

// ---- torn

TEST_CASE("wal: torn at every byte of the last record, ends before it") {
  const Bytes file = file_of("a b ccc");
  const std::size_t last = places(file)[2];
  CHECK(recovered(part(file, 0, last)) == "a b");
  for (std::size_t size = last + 1; size < file.size(); ++size)
    CHECK(recovered(part(file, 0, size)) == "a b | torn " + std::to_string(size - last));
}

TEST_CASE("wal: a note torn at every byte, has not happened") {
  for (const char* note : {"g2", "<1", "<1?5"}) {
    const Bytes file = file_of("g1 a b "s + note);
    const std::size_t last = places(file)[3];
    for (std::size_t size = last + 1; size < file.size(); ++size)
      CHECK(recovered(part(file, 0, size)) == "a b | torn " + std::to_string(size - last));
  }
}

TEST_CASE("wal: damage in the last record, can't be told from a torn write") {
  const Bytes file = file_of("a b c");
  for (std::size_t at = places(file)[2]; at < file.size(); ++at)
    CHECK(recovered(flipped(file, at)) == "a b | torn 49");
}

TEST_CASE("wal: a torn file that was cut, goes on behind the last sound record") {
  const Bytes file = file_of("a b ccc");
  WalRecovery found;
  Wal wal = Wal::recover(part(file, 0, file.size() - 1), found);
  write(wal, "d e");
  CHECK(recovered(file_of(wal)) == "a b d e");
}

TEST_CASE("wal: zeros behind the log, are a torn tail however many") {
  for (const std::size_t zeros : {1u, 7u, 8u, 46u, 47u, 48u, 4096u})
    CHECK(recovered(joined(file_of("a b"), Bytes(zeros))) == "a b | torn " + std::to_string(zeros));
  CHECK(recovered(Bytes(100)) == " | torn 100");
}

TEST_CASE("wal: zeros between records, are corruption") {
  const Bytes file = file_of("a b c");
  const Bytes holed =
      joined(joined(part(file, 0, kSize), Bytes(512)), part(file, kSize, 3 * kSize));
  CHECK(recovered(holed) == "a | until 3 | corrupt 610 at 49");
}

// ---- corrupt

TEST_CASE("wal: damage at every byte of an earlier record, is never a silent cut") {
  const Bytes file = file_of("a b c d");
  for (std::size_t at = 0; at < 3 * kSize; ++at) {
    CAPTURE(at);
    for (const int bits : {1, 2, 4, 8, 16, 32, 64, 128, 255}) {
      WalRecovery found;
      const Wal wal = Wal::recover(flipped(file, at, bits), found);
      REQUIRE(found.corrupt());
      REQUIRE(!found.torn());
      REQUIRE(found.damaged_at == ByteCount(at / kSize * kSize));
      REQUIRE(wal.last_lsn() == Lsn(at / kSize));
      REQUIRE(wal.restore_until() == Lsn(4));
      REQUIRE(wal.end() == ByteCount(file.size()));
    }
  }
}

TEST_CASE("wal: a note damaged at every byte, is corruption too") {
  for (const char* note : {"g2", "<1", "<2?5"}) {
    const Bytes file = file_of("g1 a b "s + note + " c");
    const std::vector<std::size_t> at = places(file);
    for (std::size_t byte = at[3]; byte < at[4]; ++byte) {
      WalRecovery found;
      const Wal wal = Wal::recover(flipped(file, byte), found);
      REQUIRE(found.corrupt());
      REQUIRE(wal.last_lsn() <= Lsn(2));
      REQUIRE(wal.restore_until() >= Lsn(2));
    }
  }
}

TEST_CASE("wal: damage with only a generation behind it, is corruption") {
  CHECK(recovered(damaged_file("a b g2", 1)) == "a | in 2 | until 2 | corrupt 49 at 49");
}

TEST_CASE("wal: damage at two places and a torn end, are told together") {
  Bytes file = file_of("a b c d e f");
  file = flipped(flipped(std::move(file), kSize + 9), 3 * kSize + 30);
  CHECK(recovered(part(file, 0, file.size() - 5)) == "a | until 5 | torn 44 | corrupt 196 at 49");
}

TEST_CASE("wal: a length forged in the last record, is a torn tail") {
  for (const std::uint32_t length : {0u, 40u, 42u, 0x7fffffffu, 0xffffffffu}) {
    Bytes file = file_of("a b c");
    store_le(file.data() + 2 * kSize + record_format::kLength, length);
    CHECK(recovered(file) == "a b | torn 49");
  }
}

TEST_CASE("wal: a length forged in an earlier record, is corruption and swallows nothing") {
  const std::uint32_t sound = kSize - record_format::kPrefix;
  for (const std::uint32_t length :
       {0u, sound - 1, sound + 1, sound + 49, 0x7fffffffu, 0xffffffffu}) {
    Bytes file = file_of("a b c");
    store_le(file.data() + kSize + record_format::kLength, length);
    CHECK(recovered(file) == "a | until 3 | corrupt 98 at 49");
  }
}

TEST_CASE("wal: a record that is there twice, is corruption") {
  const Bytes file = file_of("a b c");
  const Bytes twice = joined(part(file, 0, 2 * kSize), part(file, kSize, 3 * kSize));
  CHECK(recovered(twice) == "a b | until 3 | corrupt 98 at 98");
}

TEST_CASE("wal: a record that was taken out, is corruption") {
  const Bytes file = file_of("a b c d");
  const Bytes holed = joined(part(file, 0, kSize), part(file, 2 * kSize, 4 * kSize));
  CHECK(recovered(holed) == "a | until 4 | corrupt 98 at 49");
}

TEST_CASE("wal: the record before a note taken out, is corruption, since the note says its place") {
  for (const char* note : {"g2", "<3"}) {
    const Bytes file = file_of("a b c "s + note);
    const Bytes holed = joined(part(file, 0, 2 * kSize), part(file, 3 * kSize, file.size()));
    WalRecovery found;
    CAPTURE(note);
    CHECK(tell(Wal::recover(holed, found)).starts_with("a b"));
    CHECK(found.corrupt());
  }
}

TEST_CASE("wal: a piece of another log spliced in, is corruption") {
  const Bytes file = file_of("a b c");
  const Bytes other = file_of("g9 x y z");
  const Bytes early = part(other, 0, 47 + kSize);  // enters 9 and writes LSN 1
  const Bytes spliced =
      joined(joined(part(file, 0, 2 * kSize), early), part(file, 2 * kSize, 3 * kSize));
  WalRecovery found;
  CHECK(Wal::recover(spliced, found).restore_until() == Lsn(3));
  CHECK(found.corrupt());
}

TEST_CASE("wal: a generation that falls from one record to the next, is corruption") {
  const Bytes newer = file_of("g5 a");
  const Bytes older = file_of("x y");
  CHECK(recovered(joined(newer, part(older, kSize, 2 * kSize))) ==
        "a@5 | until 2 | corrupt 49 at 96");
}

// ---- damage is healed by a cut that knew of it

TEST_CASE("wal: damage behind a cut to what was sound, is history") {
  WalRecovery found;
  Wal wal = Wal::recover(damaged_file("a b c d", 2), found);
  CHECK(tell(wal) == "a b | until 4");
  CHECK(recovered(file_of(write(wal, "<2?4"))) == "a b | until 4");
  CHECK(recovered(file_of(write(wal, "c"))) == "a b c | until 4");
  CHECK(recovered(file_of(write(wal, "d"))) == "a b c d");
  CHECK(recovered(file_of(write(wal, "e g2 f"))) == "a b c d e f@2");
}

TEST_CASE("wal: a restart in the middle of a restore, still knows how far it has to go") {
  WalRecovery found;
  Wal wal = Wal::recover(damaged_file("a b c d e", 1), found);
  write(wal, "<1?5 b c");
  const Bytes file = file_of(wal);
  CHECK(recovered(file) == "a b c | until 5");
  CHECK(recovered(part(file, 0, file.size() - 1)) == "a b | until 5 | torn 48");
}

TEST_CASE("wal: a crash before the cut was written, leaves the damage to be found again") {
  WalRecovery found;
  Wal wal = Wal::recover(damaged_file("a b c", 1), found);
  const std::size_t before = wal.end().value();
  const Bytes file = file_of(write(wal, "<1?3"));
  for (std::size_t size = before; size < file.size(); ++size) {
    Wal again = Wal::recover(part(file, 0, size), found);
    REQUIRE(found.corrupt());
    REQUIRE(tell(again) == "a | until 3");
  }
}

TEST_CASE("wal: a cut from before the damage, heals nothing") {
  CHECK(recovered(damaged_file("a b c <2 d e", 0)) == " | until 4 | corrupt 292 at 0");
  CHECK(recovered(damaged_file("a b c <2 d e", 1)) == "a | until 4 | corrupt 243 at 49");
}

TEST_CASE("wal: damage in a cut, is not healed by a later cut that didn't know of it") {
  CHECK(recovered(file_of("g1 a b c <2 g2 d <3 e")) == "a b d@2 e@2");
  CHECK(recovered(damaged_file("g1 a b c <2 g2 d <3 e", 4)) ==
        "a b c | in 2 | until 4 | corrupt 192 at 194");
}

TEST_CASE("wal: damage in a generation's note before a cut, doesn't turn the generation back") {
  CHECK(recovered(damaged_file("g1 a g2 b <1", 2)).starts_with("a | in 2"));
  CHECK(recovered(damaged_file("g1 a g2 <1", 2)).starts_with("a | in 2"));
}

TEST_CASE("wal: damage in what a cut took back, is history") {
  CHECK(recovered(damaged_file("a b c <2 d e", 2)) == "a b d e");
  CHECK(recovered(damaged_file("a b c <1 d e", 1)) == "a d e");
}

TEST_CASE("wal: damage in what a restore gave back, is found like any other") {
  WalRecovery found;
  Wal wal = Wal::recover(damaged_file("a b c", 1), found);
  const Bytes file = file_of(write(wal, "<1?3 b c d"));
  const std::vector<std::size_t> at = places(part(file, 3 * kSize, file.size()));
  CHECK(recovered(flipped(file, 3 * kSize + at[1] + 9)) == "a | until 4 | corrupt 147 at 202");
}

TEST_CASE("wal: an entry into a generation behind damage, heals nothing") {
  WalRecovery found;
  Wal wal = Wal::recover(damaged_file("a b c", 1), found);
  CHECK(recovered(file_of(write(wal, "g4"))) == "a | in 4 | until 3 | corrupt 98 at 49");
}

TEST_CASE("wal: a value that looks like records, can't speak for the log when its own is torn") {
  Wal inner = log_of("x <0");
  const Bytes forged_bytes = file_of(inner);
  const std::string value = std::string(as_text(forged_bytes)) + "tail";
  Wal wal = log_of("a b");
  wal.append(Generation(1), ClientId(1), 1, Op::set, "k", value);
  const Bytes file = file_of(wal);
  CHECK(recovered(file) == "a b " + value);
  WalRecovery found;
  CHECK(tell(Wal::recover(part(file, 0, file.size() - 1), found)).starts_with("a b"));
}

// ---- the disk refused

TEST_CASE("wal: a log that the file took only in part, becomes what it was there") {
  const std::vector<std::string> words{"g1", "a", "b", "g2", "<1", "c", "d", "g3", "<2?9", "e"};
  std::vector<std::pair<ByteCount, std::string>> stages;
  Wal wal;
  for (const std::string& word : words) {
    stages.emplace_back(wal.end(), tell(wal));
    write(wal, word);
  }
  for (const auto& [end, text] : stages) {
    Wal shortened = wal;
    shortened.forget_unwritten(end);
    CHECK(tell(shortened) == text);
    CHECK(shortened.end() == end);
  }
}

TEST_CASE("wal: a healing cut that the file refused, leaves the log in need of a restore") {
  WalRecovery found;
  Wal wal = Wal::recover(damaged_file("a b c", 1), found);
  const ByteCount written = wal.end();
  write(wal, "<1?3 b c").forget_unwritten(written);
  CHECK(tell(wal) == "a | until 3");
  CHECK(recovered(file_of(write(wal, "<1?3 b c"))) == "a b c");
}

TEST_CASE("wal: a file that is ahead of its mirror, is a broken invariant") {
  Wal wal = log_of("a");
  CHECK_THROWS_AS(wal.forget_unwritten(wal.end() + ByteCount(1)), InvariantBroken);
}

// ---- the live log and the recovered one

TEST_CASE("wal: shipped records, end up as they were at their sender") {
  const Wal leader = log_of("g1 a b g3 c");
  Wal follower = log_of("g3");
  for (std::uint64_t n = 1; n <= 3; ++n)
    follower.append_shipped(leader.record(Lsn(n)), leader.record_bytes(Lsn(n)));
  CHECK(tell(follower) == "a b c@3");
  CHECK(recovered(file_of(follower)) == "a b c@3");
}

TEST_CASE(
    "wal: a shipped record of a newer generation, is the log's generation as after a "
    "restart") {
  const Wal leader = log_of("g3 a");
  Wal follower = log_of("g1");
  follower.append_shipped(leader.record(Lsn(1)), leader.record_bytes(Lsn(1)));
  WalRecovery found;
  CHECK(Wal::recover(file_of(follower), found).generation() == Generation(3));
  CHECK((follower.generation() == Generation(3)));
}

TEST_CASE("wal: any history of writes, is what recovery reads back at each of its steps") {
  Lcg lcg;
  for (int round = 0; round < 300; ++round) {
    Wal wal;
    for (int step = 0; step < 12; ++step) {
      const std::size_t choice = lcg.below(8);
      const std::string keep = std::to_string(lcg.below(wal.last_lsn().value() + 1));
      const std::string until = std::to_string(lcg.below(wal.last_lsn().value() + 3));
      if (choice < 4)
        write(wal, std::string(1 + lcg.below(40), 'v'));
      else if (choice == 4)
        write(wal, "g" + std::to_string(wal.generation().value() + 1 + lcg.below(3)));
      else
        write(wal, "<" + keep + (choice == 5 ? "?" + until : ""));
      REQUIRE(recovered(file_of(wal)) == tell(wal));
    }
  }
}

TEST_CASE("wal: random damage, never loses a record without a word") {
  const std::string words = "g1 a b g2 c <2 g3 d e g4 <3 f h";
  const Bytes file = file_of(words);
  const std::string sound = recovered(file);
  const std::size_t last = *(places(file).end() - 2);
  Lcg lcg;
  for (int round = 0; round < 5000; ++round) {
    Bytes bytes = file;
    for (std::size_t n = 1 + lcg.below(3); n > 0; --n) {
      const std::size_t at = lcg.below(last);
      bytes[at] = static_cast<Byte>(lcg.below(256));
    }
    WalRecovery found;
    const Wal wal = Wal::recover(bytes, found);
    const bool needs_no_word = tell(wal) == sound;  // unchanged, or in what was cut
    CAPTURE(tell(wal));
    REQUIRE((needs_no_word || (found.corrupt() && !wal.restore_until().is_none())));
    REQUIRE(wal.end() == ByteCount(file.size()));
  }
}
