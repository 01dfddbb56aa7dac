// Each test lets clients wait for LSNs: wait(lsn, began) for a set, wait_del() for a del.
#include "core/protocol/pending_writes.h"

#include <doctest/doctest.h>

#include <string>

using namespace quorate;

namespace {

constexpr Duration kTimeout(100);

class Waits {
 public:
  Waits& wait(std::uint64_t lsn, std::int64_t began = 0, bool is_del = false) {
    pending_.push({Lsn(lsn), Time(began), ClientId(lsn), 1, is_del});
    return *this;
  }
  Waits& wait_del(std::uint64_t lsn) { return wait(lsn, 0, true); }

  // The answers, as "lsn:reply". `removed`: by the record applied, if that is a del.
  std::string quorum(std::uint64_t mark) { return applied(mark, 0); }
  std::string applied(std::uint64_t mark, std::uint64_t lsn, int removed = -1) {
    Effects out;
    const bool is_del = removed >= 0;
    if (lsn > 0)
      pending_.applied(Lsn(lsn), {is_del ? ReplyKind::count : ReplyKind::ok,
                                  static_cast<std::uint64_t>(is_del ? removed : 0)});
    pending_.answer(sound_rules(), Lsn(mark), lsn > 0 ? std::optional(Lsn(lsn)) : std::nullopt,
                    out);
    CHECK(out.facts.size() == out.replies.size());
    return tell(out);
  }
  std::string expire(std::uint64_t mark, std::int64_t now) {
    Effects out;
    while (pending_.expire_first(sound_rules(), Lsn(mark), Time(now), kTimeout, Time(now),
                                 ClientId(), out)) {
    }
    return tell(out);
  }
  std::string refuse_after(std::uint64_t last) {
    Effects out;
    pending_.refuse_after(Lsn(last), out);
    return tell(out);
  }
  std::int64_t deadline() const { return pending_.deadline(sound_rules(), kTimeout, Time()).us(); }
  std::size_t size() const { return pending_.size(); }

 private:
  static std::string tell(const Effects& out) {
    std::string text;
    for (const Reply& reply : out.replies) {
      text += (text.empty() ? "" : " ") + std::to_string(reply.client.value()) + ":" +
              std::string(to_text(reply.kind));
      if (reply.kind == ReplyKind::count) text += std::to_string(reply.count);
    }
    return text;
  }

  PendingWrites pending_;
};

}  // namespace

TEST_CASE("pending_writes: with none, there is nothing to answer and no deadline") {
  Waits waits;
  CHECK(waits.quorum(9) == "");
  CHECK(waits.expire(0, 999) == "");
  CHECK(waits.deadline() == Time::never().us());
}

TEST_CASE("pending_writes: a quorum, answers all that it holds and no more") {
  Waits waits;
  waits.wait(1).wait(2).wait(3);
  CHECK(waits.quorum(0) == "");
  CHECK(waits.quorum(2) == "1:ok 2:ok");
  CHECK(waits.quorum(2) == "");
  CHECK(waits.quorum(3) == "3:ok");
  CHECK(waits.size() == 0);
}

TEST_CASE("pending_writes: records applied one by one, answer each its own wait") {
  Waits waits;
  waits.wait(1).wait(2);
  CHECK(waits.applied(2, 1) == "1:ok");
  CHECK(waits.applied(2, 2) == "2:ok");
}

TEST_CASE("pending_writes: a del, is answered with its own count when it is applied") {
  Waits waits;
  waits.wait_del(1).wait_del(2);
  CHECK(waits.applied(2, 1, 1) == "1:count1");
  CHECK(waits.applied(2, 2, 0) == "2:count0");
}

TEST_CASE(
    "pending_writes: a record applied that nobody waits for, answers no later del too "
    "early") {
  Waits waits;
  waits.wait_del(3);
  CHECK(waits.applied(3, 2, 0) == "");
  CHECK(waits.applied(3, 3, 1) == "3:count1");
}

TEST_CASE("pending_writes: dels applied before their quorum is known, keep their counts for it") {
  Waits waits;
  waits.wait_del(1).wait_del(2).wait(3);
  CHECK(waits.applied(0, 1, 1) == "");
  CHECK(waits.applied(0, 2, 0) == "");
  CHECK(waits.quorum(3) == "1:count1 2:count0 3:ok");
}

TEST_CASE("pending_writes: a write that had no effect, is told what became of it") {
  PendingWrites pending;
  Effects out;
  pending.push({Lsn(1), Time(), ClientId(1), 1});
  pending.push({Lsn(2), Time(), ClientId(2), 1});
  pending.applied(Lsn(1), {ReplyKind::old_sequence, 0});
  pending.applied(Lsn(2), {ReplyKind::no_session, 9});
  pending.answer(sound_rules(), Lsn(2), Lsn(2), out);
  REQUIRE(out.replies.size() == 2);
  CHECK(out.replies[0].kind == ReplyKind::old_sequence);
  CHECK((out.replies[1].kind == ReplyKind::no_session && out.replies[1].count == 9));
  CHECK(out.facts[0].kind == FactKind::request_refused);
}

TEST_CASE(
    "pending_writes: at the deadline, those whose time has come are told so, the first "
    "first") {
  Waits waits;
  waits.wait(1, 0).wait(2, 0).wait(3, 50);
  CHECK(waits.deadline() == 100);
  CHECK(waits.expire(0, 99) == "");
  CHECK(waits.expire(0, 100) == "1:timeout 2:timeout");
  CHECK(waits.deadline() == 150);
  CHECK(waits.quorum(3) == "3:ok");
}

TEST_CASE("pending_writes: each wait, is answered once however it ends") {
  Waits waits;
  waits.wait(1);
  CHECK(waits.expire(0, 100) == "1:timeout");
  CHECK(waits.quorum(1) == "");
  CHECK(waits.refuse_after(0) == "");
}

TEST_CASE("pending_writes: a wait whose quorum has come, doesn't time out any more") {
  Waits waits;
  waits.wait(1).wait(2);
  CHECK(waits.expire(1, 100) == "");
  CHECK(waits.quorum(1) == "1:ok");
  CHECK(waits.expire(1, 100) == "2:timeout");
}

TEST_CASE(
    "pending_writes: records that the disk refused, are refused and those before still "
    "wait") {
  Waits waits;
  waits.wait(1).wait(2).wait(3);
  CHECK(waits.refuse_after(3) == "");
  CHECK(waits.refuse_after(1) == "2:disk_full 3:disk_full");
  CHECK(waits.size() == 1);
  CHECK(waits.quorum(1) == "1:ok");
  CHECK(waits.wait(2).quorum(2) == "2:ok");
}

TEST_CASE("pending_writes: all refused, it is as new") {
  Waits waits;
  waits.wait(1).wait(2).quorum(1);
  CHECK(waits.refuse_after(1) == "2:disk_full");
  CHECK(waits.deadline() == Time::never().us());
  CHECK(waits.wait(2, 7).deadline() == 107);
}

TEST_CASE("pending_writes: many waits that come and go, leave nothing behind") {
  Waits waits;
  for (std::uint64_t lsn = 1; lsn <= 1000; ++lsn) {
    waits.wait(lsn).wait(lsn + 1000);
    CHECK(waits.size() == 2);
    CHECK(waits.quorum(lsn + 1000) ==
          std::to_string(lsn) + ":ok " + std::to_string(lsn + 1000) + ":ok");
  }
}

TEST_CASE("pending_writes: one that waited for its turn, ends at its own deadline and not later") {
  Waits waits;
  waits.wait(1, 50).wait(2, 20).wait(3, 60).wait(4, 30);
  CHECK(waits.deadline() == 120);
  CHECK(waits.expire(0, 119) == "");
  CHECK(waits.expire(0, 130) == "2:timeout 4:timeout");
  CHECK(waits.deadline() == 150);
  CHECK(waits.wait(5, 40).expire(0, 149) == "5:timeout");
  CHECK(waits.quorum(3) == "1:ok 3:ok");
  CHECK(waits.deadline() == Time::never().us());
}

TEST_CASE("pending_writes: out of turn, a refusal and a quorum still go by their LSNs") {
  Waits waits;
  waits.wait(1, 50).wait(2, 20).wait_del(3);
  CHECK(waits.quorum(1) == "1:ok");
  CHECK(waits.refuse_after(2) == "3:disk_full");
  CHECK(waits.deadline() == 120);
  CHECK(waits.expire(2, 120) == "");  // its quorum has come
  CHECK(waits.quorum(2) == "2:ok");
}
