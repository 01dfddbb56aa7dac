#include "sim/world/event_queue.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "sim/world/choice.h"

using namespace quorate;
using namespace quorate::sim;

namespace {

void push(EventQueue& queue, std::int64_t at, std::uint32_t what) {
  queue.push(Time(at), EventKind::alarm, what);
}

// All that is left, in its order: "5:1 5:2 9:0".
std::string drained(EventQueue& queue) {
  std::string text;
  while (!queue.empty()) {
    const Event event = queue.pop();
    text +=
        (text.empty() ? "" : " ") + std::to_string(event.at.us()) + ":" + std::to_string(event.a);
  }
  return text;
}

// The same queue, as slow as it is plain.
class DumbQueue {
 public:
  void push(std::int64_t at, std::uint32_t what) { waiting_.push_back({at, pushed_++, what}); }
  bool empty() const { return waiting_.empty(); }
  std::size_t size() const { return waiting_.size(); }
  std::pair<std::int64_t, std::uint32_t> pop() {
    const auto least = std::min_element(waiting_.begin(), waiting_.end(), [](auto& a, auto& b) {
      return a.at != b.at ? a.at < b.at : a.number < b.number;
    });
    const Waiting first = *least;
    waiting_.erase(least);
    return {first.at, first.what};
  }

 private:
  struct Waiting {
    std::int64_t at;
    std::uint64_t number;
    std::uint32_t what;
  };
  std::vector<Waiting> waiting_;
  std::uint64_t pushed_ = 0;
};

// 10,000 random pushes and pops on both; `spread` is how far apart the times may lie.
void compare(std::uint64_t seed, std::uint64_t spread) {
  const Choice choice(seed);
  EventQueue queue;
  DumbQueue dumb;
  for (std::uint32_t n = 0; n < 10'000; ++n) {
    if (dumb.empty() ||
        choice.below(100, Purpose::fault_on, 0, n) < (dumb.size() < 60 ? 60u : 40u)) {
      const auto at = static_cast<std::int64_t>(choice.below(spread, Purpose::fault_at, 0, n));
      push(queue, at, n);
      dumb.push(at, n);
      continue;
    }
    const Event top = queue.top();
    const Event event = queue.pop();
    REQUIRE((top.at == event.at && top.a == event.a));
    REQUIRE(std::pair(event.at.us(), event.a) == dumb.pop());
  }
  while (!dumb.empty()) {
    const Event event = queue.pop();
    REQUIRE(std::pair(event.at.us(), event.a) == dumb.pop());
  }
  CHECK(queue.empty());
}

}  // namespace

TEST_CASE("event_queue: happenings of different times, come by their time") {
  EventQueue queue;
  push(queue, 30, 0);
  push(queue, 10, 1);
  push(queue, 20, 2);
  CHECK(drained(queue) == "10:1 20:2 30:0");
}

TEST_CASE("event_queue: happenings of one instant, come in the order in which they were pushed") {
  EventQueue queue;
  for (std::uint32_t n = 0; n < 9; ++n) push(queue, 5, n);
  push(queue, 4, 9);
  CHECK(drained(queue) == "4:9 5:0 5:1 5:2 5:3 5:4 5:5 5:6 5:7 5:8");
}

TEST_CASE(
    "event_queue: one pushed at the instant that is being played, comes behind the others of it") {
  EventQueue queue;
  push(queue, 5, 0);
  push(queue, 5, 1);
  CHECK(queue.pop().a == 0);
  push(queue, 5, 2);
  CHECK(drained(queue) == "5:1 5:2");
}

TEST_CASE("event_queue: random pushes and pops, come as a dumb sort has them") {
  compare(1, 1'000'000);  // hardly two of one time
  compare(2, 50);         // many of one time
  compare(3, 1);          // all of one time
}

TEST_CASE("event_queue: what is told of a happening, comes back with it") {
  EventQueue queue;
  queue.push(Time(7), EventKind::writable, 11, 12, 1);
  const Event event = queue.pop();
  CHECK((event.at == Time(7) && event.kind == EventKind::writable));
  CHECK((event.a == 11 && event.b == 12 && event.side == 1));
}

TEST_CASE("event_queue: a copy, goes its own way") {
  EventQueue queue;
  push(queue, 2, 0);
  push(queue, 1, 1);
  EventQueue copy = queue;
  push(copy, 0, 2);
  CHECK(drained(queue) == "1:1 2:0");
  CHECK(drained(copy) == "0:2 1:1 2:0");
}

TEST_CASE("event_queue: cleared, is as new") {
  EventQueue queue;
  push(queue, 1, 0);
  queue.clear();
  CHECK(queue.empty());
  push(queue, 1, 1);
  CHECK(drained(queue) == "1:1");
}

TEST_CASE("event_queue: what never happens, stands behind all else") {
  EventQueue queue;
  queue.push(Time::never(), EventKind::alarm, 0);
  push(queue, INT64_MAX - 1, 1);
  push(queue, -5, 2);
  CHECK(queue.pop().a == 2);
  CHECK(queue.pop().a == 1);
  CHECK(queue.pop().a == 0);
}
