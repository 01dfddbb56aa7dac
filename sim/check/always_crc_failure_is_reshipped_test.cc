// Is a record that came damaged shipped again? Histories by hand, sound and unsound.
#include "sim/check/always_crc_failure_is_reshipped.h"

#include <doctest/doctest.h>

#include "sim/check/trial.h"

using namespace quorate;
using namespace quorate::sim;

namespace {

constexpr NodeId kLeader = Trial::kLeader, kFirst = Trial::kFirst, kSecond = Trial::kSecond;

}  // namespace

TEST_CASE("checks: a CRC failure that is followed by its record, is sound") {
  CHECK(Trial()
            .write(kLeader, 1)
            .ship(kFirst, 1)
            .decide(kLeader, FactKind::crc_failure_heard, 1, kFirst)
            .at(milliseconds(50))
            .turn(kLeader)
            .verdict() == "");  // shipped in the same turn
  CHECK(Trial()
            .write(kLeader, 1)
            .decide(kLeader, FactKind::crc_failure_heard, 1, kFirst)
            .at(milliseconds(9))
            .ship(kFirst, 1)
            .at(milliseconds(50))
            .turn(kLeader)
            .verdict() == "");
}

TEST_CASE("checks: a CRC failure without its record, violates always_crc_failure_is_reshipped") {
  Trial trial;
  trial.write(kLeader, 1).ship(kFirst, 1).turn(kLeader).at(milliseconds(1));
  trial.decide(kLeader, FactKind::crc_failure_heard, 1, kFirst).at(milliseconds(12)).turn(kLeader);
  CHECK(trial.verdict() == "always_crc_failure_is_reshipped");
}

TEST_CASE("checks: a CRC failure of what came whole by another ship, asks for nothing more") {
  Trial trial;
  trial.write(kLeader, 1).ship(kFirst, 1).turn(kLeader).at(milliseconds(1));
  trial.write(kFirst, 1).decide(kLeader, FactKind::crc_failure_heard, 1, kFirst);
  CHECK(trial.sync(kFirst).at(milliseconds(12)).turn(kLeader).verdict() == "");
}

TEST_CASE("checks: another record or for another, does not do for a CRC failure") {
  CHECK(Trial()
            .write(kLeader, 1)
            .decide(kLeader, FactKind::crc_failure_heard, 1, kFirst)
            .ship(kFirst, 2)
            .ship(kSecond, 1)
            .at(milliseconds(11))
            .turn(kLeader)
            .verdict() == "always_crc_failure_is_reshipped");
}

TEST_CASE("checks: a CRC failure of a connection that is over, asks for nothing more") {
  CHECK(Trial()
            .write(kLeader, 1)
            .decide(kLeader, FactKind::crc_failure_heard, 1, kFirst)
            .decide(kLeader, FactKind::peer_gone, 0, kFirst)
            .at(milliseconds(50))
            .turn(kLeader)
            .verdict() == "");
}

TEST_CASE("checks: a CRC failure heard behind a full disk, asks for nothing until the next ship") {
  Trial trial;
  trial.write(kLeader, 1).ship(kFirst, 1).turn(kLeader);
  trial.decide(kLeader, FactKind::no_space_heard, 1, kFirst);
  trial.decide(kLeader, FactKind::crc_failure_heard, 1, kFirst);
  CHECK(trial.at(milliseconds(50)).turn(kLeader).verdict() == "");
  trial.ship(kFirst, 1).turn(kLeader).at(milliseconds(51));
  trial.decide(kLeader, FactKind::crc_failure_heard, 1, kFirst).at(milliseconds(62)).turn(kLeader);
  CHECK(trial.verdict() == "always_crc_failure_is_reshipped");
}
