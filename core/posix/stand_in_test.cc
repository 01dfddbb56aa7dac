#include "core/posix/stand_in.h"

#include <doctest/doctest.h>

#include <semaphore>
#include <stdexcept>

#include "core/posix/posix_fixture.h"

using namespace quorate;

namespace {

// Turns that wait until they are nudged, and what was seen of them.
struct Stage {
  std::atomic<int> turns{0};
  std::atomic<bool> ends{false};
  std::atomic<bool> throws{false};
  std::counting_semaphore<> taken{0};
  std::counting_semaphore<> nudged{0};
  StandIn stand_in{[this] {
                     ++turns;
                     taken.release();
                     if (throws) throw std::runtime_error("a turn failed");
                     if (ends) return false;
                     nudged.acquire();
                     return true;
                   },
                   [this] { nudged.release(); }};
};

}  // namespace

TEST_CASE("stand_in: jobs that are short, nobody stands in") {
  Stage stage;
  int done = 0;
  for (int n = 0; n < 10'000; ++n) stage.stand_in.while_doing([&done] { ++done; });
  CHECK(done == 10'000);
  CHECK(stage.turns <= static_cast<int>(stage.stand_in.times()));  // a busy machine may need some
}

TEST_CASE("stand_in: a job that lasts, turns are taken until it is over and not after") {
  Stage stage;
  for (int n = 1; n <= 3; ++n) {
    stage.stand_in.while_doing([&stage] { stage.taken.acquire(); });
    CHECK(stage.turns == n);
    CHECK(stage.stand_in.times() == static_cast<std::uint64_t>(n));
  }
}

TEST_CASE("stand_in: after a long time without a job, it stands in again") {
  Stage stage;
  stage.stand_in.while_doing([&stage] { stage.taken.acquire(); });
  ::poll(nullptr, 0, static_cast<int>(40 * StandIn::kTick.us() / 1000));  // it sleeps by then
  stage.stand_in.while_doing([&stage] { stage.taken.acquire(); });
  CHECK(stage.stand_in.times() == 2);
}

TEST_CASE("stand_in: turns that have nothing more to do, end before the job") {
  Stage stage;
  stage.ends = true;
  stage.stand_in.while_doing([&stage] { stage.taken.acquire(); });
  CHECK(stage.turns == 1);
}

TEST_CASE("stand_in: a turn that throws, is heard by the loop's own thread") {
  Stage stage;
  stage.throws = true;
  CHECK_THROWS_WITH(stage.stand_in.while_doing([&stage] { stage.taken.acquire(); }),
                    "a turn failed");
  stage.throws = false;
  stage.stand_in.while_doing([&stage] { stage.taken.acquire(); });
  CHECK(stage.stand_in.times() == 2);
}
