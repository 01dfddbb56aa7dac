#include "sim/world/sim_disk.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <string_view>

#include "sim/world/choice.h"

using namespace quorate;
using namespace quorate::sim;

namespace {

// A disk, as a little language. Text is the file; what is behind "|" is not durable.
struct DiskStory : SimDisk {
  explicit DiskStory(std::string_view text = "") {
    const std::size_t bar = text.find('|');
    append(as_bytes(text.substr(0, bar)));
    sync();
    if (bar != std::string_view::npos) append(as_bytes(text.substr(bar + 1)));
  }
  bool sync() {
    begin_sync();
    return end_sync();
  }
  DiskStory& add(std::string_view text) {
    append(as_bytes(text));
    return *this;
  }
  DiskStory& lose_power(std::uint64_t keep, std::size_t torn = 0, std::uint64_t noise = 0) {
    crash(ByteCount(keep), torn, noise);
    return *this;
  }
  std::string text() const {
    std::string all(as_text(file));
    if (durable < size()) all.insert(static_cast<std::size_t>(durable.value()), "|");
    return all;
  }
};

}  // namespace

TEST_CASE("sim_disk: what is appended, can be read at once and is not durable") {
  CHECK(DiskStory().add("abc").text() == "|abc");
  CHECK(DiskStory("ab|c").unsynced() == ByteCount(1));
}

TEST_CASE("sim_disk: a sync, makes durable what was there when it began") {
  DiskStory disk("ab|cd");
  disk.begin_sync();
  CHECK(disk.syncing);
  disk.add("ef");
  CHECK(disk.text() == "ab|cdef");
  CHECK(disk.end_sync());
  CHECK(disk.text() == "abcd|ef");
  CHECK_FALSE(disk.syncing);
}

TEST_CASE("sim_disk: power lost, keeps what is durable and so much of the rest as it is told") {
  CHECK(DiskStory("ab|cdef").lose_power(0).text() == "ab");
  CHECK(DiskStory("ab|cdef").lose_power(3).text() == "abcde");
  CHECK(DiskStory("ab|cdef").lose_power(4).text() == "abcdef");
  CHECK(DiskStory("ab|cdef").lose_power(99).text() == "abcdef");
}

TEST_CASE(
    "sim_disk: power lost while a sync is under way, keeps what the last complete one covered") {
  DiskStory disk("ab|cd");
  disk.begin_sync();
  CHECK(disk.lose_power(0).text() == "ab");
  CHECK_FALSE(disk.syncing);
}

TEST_CASE("sim_disk: a torn tail, has all its torn bytes changed and none that was durable") {
  const DiskStory before("ab|cdef");
  for (std::size_t torn = 0; torn < 9; ++torn) {
    DiskStory disk = before;
    disk.lose_power(3, torn, 0);
    REQUIRE(disk.file.size() == 5);
    const std::size_t changed = std::min<std::size_t>(torn, 3);
    for (std::size_t i = 0; i < 5; ++i)
      CHECK((disk.file[i] != before.file[i]) == (i >= 5 - changed));
  }
}

TEST_CASE(
    "sim_disk: a failed sync, drops what it should have kept, and later ones bring nothing back") {
  DiskStory disk("ab|cd");
  disk.fails_next_sync = true;
  CHECK_FALSE(disk.sync());
  CHECK(disk.text() == "ab|cd");  // readers still see it
  CHECK(disk.add("ef").sync());   // a lie, as on a real system
  CHECK(disk.lose_power(9).text() == "ab");
}

TEST_CASE("sim_disk: a failed sync, fails once") {
  DiskStory disk("ab|cd");
  disk.fails_next_sync = true;
  CHECK_FALSE(disk.sync());
  disk.lose_power(0);
  CHECK(disk.add("xy").sync());
  CHECK(disk.text() == "abxy");
}

TEST_CASE("sim_disk: two failed syncs, drop all from the first one on") {
  DiskStory disk("ab|cd");
  for (int n = 0; n < 2; ++n) {
    disk.fails_next_sync = true;
    CHECK_FALSE(disk.sync());
    disk.add("ef");
  }
  CHECK(disk.lose_power(9).text() == "ab");
}

TEST_CASE("sim_disk: a killed process, loses nothing and makes nothing durable") {
  DiskStory disk("ab|cd");
  disk.begin_sync();
  disk.kill();
  CHECK(disk.text() == "ab|cd");
  CHECK_FALSE(disk.syncing);
  CHECK(disk.lose_power(0).text() == "ab");
}

TEST_CASE("sim_disk: a file that is cut, is durable only as far as it goes") {
  DiskStory disk("abcd|ef");
  disk.cut(ByteCount(5));
  CHECK(disk.text() == "abcd|e");
  disk.cut(ByteCount(2));
  CHECK(disk.add("xy").text() == "ab|xy");
  disk.cut(ByteCount(99));
  CHECK(disk.text() == "ab|xy");
}

TEST_CASE(
    "sim_disk: cut under a running sync, the sync vouches for nothing that was appended since") {
  DiskStory disk("ab|cdef");
  disk.begin_sync();
  disk.cut(ByteCount(3));
  disk.add("XYZ");
  CHECK(disk.end_sync());
  CHECK(disk.text() == "abc|XYZ");
}

TEST_CASE("sim_disk: cleared, is as new, its faults too") {
  DiskStory disk("ab|cd");
  disk.fails_next_sync = true;
  disk.sync();
  disk.fill(Time(9), ByteCount(4));
  disk.slow_until = Time(9);
  disk.clear();
  CHECK(disk.text() == "");
  CHECK((disk.full_until == Time() && disk.full_at == ByteCount()));
  CHECK((disk.slow_until == Time() && !disk.lost));
  CHECK(disk.add("xy").sync());
  CHECK(disk.text() == "xy");
}

// ---- a disk that is full

namespace {

// So many bytes fit, up to `most`.
std::uint64_t fits(const SimDisk& disk, std::size_t most = 1000) {
  std::size_t fit = 0;
  while (fit < most && disk.has_room(Time(), fit + 1)) ++fit;
  return fit;
}

}  // namespace

TEST_CASE("sim_disk: a full disk, takes what fits in its room, and all when its time is over") {
  DiskStory disk("abc");
  CHECK(fits(disk) == 1000);
  disk.fill(Time(9), ByteCount(5));
  CHECK(fits(disk) == 5);
  CHECK(fits(disk.add("12")) == 3);
  CHECK(fits(disk.add("345")) == 0);
  CHECK(disk.sync());  // which takes no room, and gives none
  CHECK(fits(disk) == 0);
  CHECK_FALSE(disk.has_room(Time(8), 1));
  CHECK(disk.has_room(Time(9), 1000));
}

TEST_CASE("sim_disk: a full disk, has the room of a tail that was cut or was lost in a crash") {
  DiskStory disk("abcdef|");
  disk.fill(Time(9), ByteCount(10));
  disk.add("0123456789");
  disk.cut(ByteCount(12));
  CHECK(fits(disk) == 4);
  disk.cut(ByteCount(4));  // of what was there before, too
  CHECK(fits(disk) == 12);
  disk.add("0123");
  disk.kill();
  CHECK(fits(disk) == 8);
  disk.lose_power(1);
  CHECK(fits(disk) == 11);
}

TEST_CASE("sim_disk: a full disk, has the room of a head that was dropped, in whole blocks") {
  DiskStory disk(std::string(200, 'x'));
  disk.drop(ByteCount(70));
  disk.fill(Time(9), ByteCount(10));
  CHECK(fits(disk) == 10);
  disk.drop(ByteCount(127));
  CHECK(fits(disk) == 10);
  disk.drop(ByteCount(128));
  CHECK(fits(disk) == 74);
  disk.lose_power(0, 0, 3);  // brings nothing back
  CHECK(fits(disk) == 74);
  disk.lose_power(0, 0, 0);  // brings back all of it, and that is more than there is room for
  CHECK(fits(disk) == 0);
  disk.cut(ByteCount(100));
  CHECK(fits(disk) == 200 - 64 + 10 - 100);
}

TEST_CASE("sim_disk: a full disk without any room, takes nothing whatever is given back") {
  DiskStory disk(std::string(200, 'x'));
  disk.fill(Time(9), ByteCount());
  CHECK(fits(disk) == 0);
  disk.cut(ByteCount(180));
  CHECK(fits(disk) == 0);
  disk.drop(ByteCount(128));
  CHECK(fits(disk) == 0);
}

TEST_CASE("sim_disk: a disk that is filled again, has the room of that time") {
  DiskStory disk("abc");
  disk.fill(Time(9), ByteCount(5));
  disk.add("12345");
  disk.fill(Time(7), ByteCount(2));
  CHECK(fits(disk) == 2);
  CHECK(disk.has_room(Time(7), 3));
  disk.fill(Time(9), ByteCount());
  CHECK(fits(disk) == 0);
}

// Whatever happens, in whatever order: durable bytes never change or go, but by a cut.
TEST_CASE("sim_disk: a long random life, keeps what it once said is durable") {
  const Choice choice(9);
  DiskStory disk;
  std::string promised;
  for (std::uint64_t n = 0; n < 5000; ++n) {
    switch (choice.below(7, Purpose::fault_on, 0, n)) {
      case 0:
        if (!disk.syncing) disk.begin_sync();
        break;
      case 1:
        if (disk.syncing) disk.end_sync();
        break;
      case 2:
        disk.lose_power(choice.below(20, Purpose::survives, 0, n),
                        choice.below(5, Purpose::torn, 0, n), n);
        break;
      case 3: disk.kill(); break;
      case 4: disk.fails_next_sync = choice.percent(5, Purpose::fault_detail, 0, n); break;
      default: disk.add(std::to_string(n)); break;
    }
    const std::string durable(as_text(ByteSpan(disk.file).first(disk.durable.value())));
    REQUIRE(durable.size() >= promised.size());
    REQUIRE(durable.compare(0, promised.size(), promised) == 0);
    promised = durable;
  }
  CHECK(promised.size() > 1000);
}

TEST_CASE("sim_disk: what is dropped, reads as zeros from the block on in which it ends") {
  DiskStory disk(std::string(150, 'x'));
  CHECK(disk.begin() == ByteCount(0));
  disk.drop(ByteCount(10));
  CHECK(disk.begin() == ByteCount(0));
  CHECK(as_text(disk.read()) == std::string(10, '\0') + std::string(140, 'x'));
  disk.drop(ByteCount(70));
  CHECK(disk.begin() == ByteCount(64));
  CHECK(as_text(disk.read()) == std::string(6, '\0') + std::string(80, 'x'));
  disk.drop(ByteCount(128));
  CHECK(disk.begin() == ByteCount(128));
  CHECK(as_text(disk.read()) == std::string(22, 'x'));
}

TEST_CASE("sim_disk: what is dropped, stays so whatever is said then, and ends with the file") {
  DiskStory disk(std::string(100, 'x'));
  disk.drop(ByteCount(80));
  disk.drop(ByteCount(20));
  CHECK(disk.dropped == ByteCount(80));
  disk.drop(ByteCount(1000));
  CHECK(disk.dropped == ByteCount(100));
  disk.add("new");
  CHECK(as_text(disk.read()).ends_with("new"));
}

TEST_CASE("sim_disk: a crash, brings back some of what was dropped, all of it or nothing") {
  for (const std::uint64_t noise : {0u, 1u, 2u, 3u, 4u}) {
    DiskStory disk(std::string(300, 'x'));
    disk.drop(ByteCount(300));
    disk.lose_power(0, 0, noise);
    CHECK(disk.dropped == ByteCount(noise % 4 * 100));
    CHECK(disk.text() == std::string(300, 'x'));
    disk.kill();
    CHECK(disk.dropped == ByteCount(noise % 4 * 100));
  }
}
