// How does the winner of an election get the best log of its majority, whatever it holds itself?
#include "core/protocol/adoption.h"

#include <doctest/doctest.h>

#include <iterator>
#include <tuple>

#include "core/protocol/elected_fixture.h"

using namespace quorate;

namespace {

// It has won with node 2's vote, whose log ends at `best`.
struct Winner : Seat {
  Winner(const std::string& log, const Position& best, std::uint32_t members = 3)
      : Seat(log, seat_config(members, ElectionRule::adopt)) {
    asked = win(best);
  }
  int cuts() const {
    int count = 0;
    for (int keep = 0; keep < 10; ++keep)
      for (int before = keep; before < 12; ++before)
        count += static_cast<int>(times_told("cut its log back to LSN=" + std::to_string(keep) +
                                             ", it ended at LSN=" + std::to_string(before)));
    return count;
  }
  std::string asked;
};

// What a source with this log says to a fetch; small pieces, as its frames hold them.
struct Source {
  std::vector<std::string> log;
  std::uint64_t generation_at(std::uint64_t lsn) const {
    return lsn == 0 ? 0 : std::stoull(log[lsn - 1].substr(log[lsn - 1].find('@') + 1));
  }
  Position at(std::uint64_t lsn) const {
    return std::to_string(lsn) + "@" + std::to_string(generation_at(lsn));
  }
  void answer(Seat& seat, const Fetch& fetch, std::size_t piece) const {
    std::uint64_t prev = fetch.prev_lsn.value();
    if (prev > log.size() || generation_at(prev) != fetch.prev_generation.value()) {
      prev = prev > log.size() ? log.size() : prev - 1;
      while (generation_at(prev) > fetch.prev_generation.value()) --prev;
      return seat.gives_nothing(2, at(prev));
    }
    std::string words;
    for (std::size_t n = prev; n < std::min(prev + piece, log.size()); ++n) words += log[n] + " ";
    seat.gives(2, at(prev), words, log.size());
  }
};

std::vector<std::string> split(const std::string& words) {
  std::istringstream in(words);
  return {std::istream_iterator<std::string>(in), {}};
}

}  // namespace

TEST_CASE("adoption: whose own log is the best, takes over nothing and leads at once") {
  const std::pair<const char*, const char*> kCases[] = {
      {"a@1 b@2", "0"}, {"a@1 b@2", "1@1"}, {"a@1 b@2", "9@1"}, {"a@1 b@2", "2@2"}};
  for (const auto& [log, best] : kCases) {
    const std::string expected(best);
    CAPTURE(expected);
    Winner winner(log, best);
    CHECK(winner.asked.find("fetch") == std::string::npos);
    CHECK(winner.entries() == "a@1 b@2 +@3");
  }
}

TEST_CASE("adoption: the best log, is that of the newest generation, and of those the longest") {
  struct {
    const char* second;
    const char* third;
    const char* asked;
  } const kCases[] = {{"2@1", "3@1", "3<fetch after 1@1"}, {"3@1", "2@1", "2<fetch after 1@1"},
                      {"9@1", "2@2", "3<fetch after 1@1"}, {"2@2", "9@1", "2<fetch after 1@1"},
                      {"3@2", "3@2", "2<fetch after 1@1"},  // either would do
                      {"0", "2@1", "3<fetch after 1@1"}};
  for (const auto& c : kCases) {
    CAPTURE(c.second);
    CAPTURE(c.third);
    Seat seat("a@1 g2", seat_config(5, ElectionRule::adopt));
    seat.stand();
    seat.would(2, 3);
    seat.would(3, 3);
    seat.sync();
    seat.sent();
    seat.votes(2, 3, c.second);
    seat.votes(3, 3, c.third);
    CHECK(seat.sent() == c.asked);
  }
}

TEST_CASE("adoption: a log in one piece, is here before the first entry of the own generation") {
  Winner winner("g1", "2@1");
  CHECK(winner.asked == "2<fetch after 0");
  CHECK(winner.entries() == "");
  winner.gives(2, "0", "a@1 b@1", 2);
  CHECK(winner.entries() == "a@1 b@1 +@2");
  CHECK(winner.role() == "leads");
  CHECK_FALSE(winner.node().is_serving());
  CHECK(winner.sent().find("ship") != std::string::npos);
}

TEST_CASE("adoption: a log in several pieces, is not committed entry by entry") {
  Winner winner("g1", "4@1");
  winner.gives(2, "0", "a@1 b@1", 4);
  CHECK(winner.sent() == "2<fetch after 2@1");
  winner.sync();
  CHECK(winner.sent() == "");  // neither shipped nor counted
  winner.ack(3, 2);
  CHECK(winner.mark() == 0);
  winner.gives(2, "2@1", "c@1", 4);
  CHECK(winner.sent() == "2<fetch after 3@1");
  CHECK(winner.entries() == "a@1 b@1 c@1");
  winner.gives(2, "3@1", "d@1", 4);
  CHECK(winner.entries() == "a@1 b@1 c@1 d@1 +@2");
}

// Its log is not the best one yet: what it wrote now would stand in the place of what was
// committed.
TEST_CASE(
    "adoption: a sync in the middle, doesn't make it serve, though it knew of a mark before") {
  Seat seat("a@1", seat_config(3, ElectionRule::adopt));
  seat.shipped(3, 1, "1@1", "", 1);
  CHECK(seat.mark() == 1);
  seat.win("4@1");
  seat.gives(2, "1@1", "b@1", 4);
  seat.sync();
  CHECK_FALSE(seat.node().is_serving());
  seat.request("set x 1");
  CHECK(seat.answers() == "1:loading");
  seat.gives(2, "2@1", "c@1 d@1", 4);
  CHECK(seat.entries() == "a@1 b@1 c@1 d@1 +@2");
}

TEST_CASE("adoption: meanwhile clients, are told that nothing has happened") {
  Winner winner("g1", "4@1");
  winner.request("set x 1");
  CHECK(winner.answers() == "1:loading");
}

TEST_CASE("adoption: a tail that differs, is cut exactly where it does") {
  Winner winner("a@1 b@1 x@2 y@2 g3", "3@3");
  CHECK(winner.asked == "2<fetch after 3@2");
  winner.gives_nothing(2, "2@1");
  CHECK(winner.sent() == "2<fetch after 2@1");
  CHECK(winner.cuts() == 0);
  winner.gives(2, "2@1", "c@3", 3);
  CHECK(winner.tells("cut its log back to LSN=2, it ended at LSN=4"));
  CHECK(winner.cuts() == 1);
  CHECK(winner.entries() == "a@1 b@1 c@3 +@4");
}

TEST_CASE(
    "adoption: a disk that has no room for the better log, leaves the own one, led by nobody") {
  Winner winner("a@1 b@1 c@1 d@1", "3@2");
  winner.disk_is_full = true;
  winner.gives(2, "1@1", "x@2 y@2", 3);
  CHECK(winner.entries() == "a@1 b@1 c@1 d@1");
  CHECK(winner.role() == "follows");
  CHECK(winner.sent().find("ship") == std::string::npos);
}

TEST_CASE("adoption: what is here already, is not cut though it comes again") {
  Winner winner("a@1 b@1", "3@1");
  CHECK(winner.asked == "2<fetch after 2@1");
  winner.gives(2, "0", "a@1 b@1 c@1", 3);
  CHECK(winner.cuts() == 0);
  CHECK(winner.entries() == "a@1 b@1 c@1 +@2");
}

TEST_CASE("adoption: any own log and any better one, end as the better one, cut at most once") {
  const char* const kLogs[] = {"",
                               "a@1",
                               "a@1 b@1",
                               "a@1 b@1 c@1 d@1",
                               "a@1 x@2",
                               "a@1 x@2 y@2 z@2",
                               "a@1 b@1 +@3",
                               "a@1 b@1 +@3 e@3",
                               "a@1 x@2 +@4",
                               "a@1 b@1 c@1 +@5 f@5"};
  for (const char* own : kLogs) {
    for (const char* best : kLogs) {
      const Source source{split(best)};
      const Position last = source.at(source.log.size());
      const std::vector<std::string> mine = split(own);
      const std::uint64_t generation = Source{mine}.generation_at(mine.size());
      if (std::tie(last.generation, last.lsn) <=
          std::make_tuple(Generation(generation), Lsn(mine.size())))
        continue;
      for (const std::size_t piece : {std::size_t{1}, std::size_t{2}, std::size_t{9}}) {
        CAPTURE(own);
        CAPTURE(best);
        CAPTURE(piece);
        Seat seat(std::string(own) + " g6", seat_config(3, ElectionRule::adopt));
        seat.stand();
        seat.would(2, 7);
        seat.sync();
        seat.take_letters();
        seat.votes(2, 7, last);
        for (int asked = 0; asked < 30; ++asked) {
          const std::vector<Letter> letters = seat.take_letters();
          const Fetch* fetch =
              letters.empty() ? nullptr : std::get_if<Fetch>(&letters[0].message.body);
          if (fetch == nullptr) break;
          source.answer(seat, *fetch, piece);
        }
        CHECK(seat.entries() == std::string(best) + " +@7");
        CHECK(seat.times_told("takes over the log of follower-1, which is the best of its "
                              "majority: up to LSN=" +
                              std::to_string(last.lsn.value()) + " of generation " +
                              std::to_string(last.generation.value())) == 1);
      }
    }
  }
}

TEST_CASE("adoption: the source is lost and comes back, it goes on where it was") {
  Winner winner("g1", "4@1");
  winner.gives(2, "0", "a@1 b@1", 4);
  winner.sent();
  winner.gone(2);
  CHECK(winner.role() == "leads");
  winner.hello(2, "4@1", 2);
  CHECK(winner.sent() == "2<hello 0, 2<fetch after 2@1");
  winner.gives(2, "2@1", "c@1 d@1", 4);
  CHECK(winner.entries() == "a@1 b@1 c@1 d@1 +@2");
}

TEST_CASE("adoption: another peer comes back meanwhile, it is not asked") {
  Winner winner("g1", "4@1");
  winner.gone(3);
  winner.hello(3, "4@1", 2);
  CHECK(winner.sent() == "3<hello 0");
}

TEST_CASE(
    "adoption: the source is lost for good, it steps down in time and has committed nothing") {
  Winner winner("a@1 x@2 y@2 g3", "4@3");
  winner.gives_nothing(2, "1@1");
  winner.gives(2, "1@1", "b@3 c@3", 4);
  winner.gone(2);
  winner.says(3, Confirmed{0});
  winner.pass(299);
  CHECK(winner.role() == "leads");
  winner.pass(2);
  CHECK(winner.role() == "follows");
  CHECK(winner.mark() == 0);
  CHECK(winner.entries() == "a@1 b@3 c@3");  // of the better log, and none of its own
}

TEST_CASE(
    "adoption: a crash in the middle, leaves a part of the better log and no entry of its own") {
  Winner winner("a@1 x@2 g3", "4@3");
  winner.gives_nothing(2, "1@1");
  winner.gives(2, "1@1", "b@3 c@3", 4);
  winner.sync();
  winner.restart();
  CHECK((winner.entries() == "a@1 b@3 c@3" && winner.generation() == 4));
  CHECK(winner.stand().starts_with("2<would you vote for 5 with 3@3"));
}

TEST_CASE("adoption: a crash before the cut was durable, leaves what there was") {
  Winner winner("a@1 x@2 g3", "4@3");
  winner.gives_nothing(2, "1@1");
  winner.gives(2, "1@1", "b@3 c@3", 4);
  winner.restart();
  CHECK(winner.entries() == "a@1 x@2");
}

TEST_CASE("adoption: what another gives, or what was not asked for, is not taken") {
  Winner winner("g1", "2@1");
  winner.gives(3, "0", "z@1", 1);
  CHECK(winner.entries() == "");
  winner.gives(2, "1@1", "b@1", 2);  // behind what we have
  CHECK(winner.entries() == "");
  winner.gives(2, "0", "a@1 b@1", 2);
  CHECK(winner.entries() == "a@1 b@1 +@2");
  winner.gives(2, "0", "a@1 b@1 c@1", 3);  // it is over
  CHECK(winner.entries() == "a@1 b@1 +@2");
}

TEST_CASE("adoption: a record that comes damaged, is asked for again and those before it stay") {
  Winner winner("g1", "3@1");
  Bytes records = records_of(Lsn(), "a@1 b@1 c@1");
  records[records_of(Lsn(), "a@1").size() + 20] ^= 1;
  winner.says(2, Give{Lsn(), Generation(), Lsn(3), true, 3}, records);
  CHECK(winner.sent() == "2<fetch after 1@1");
  CHECK(winner.entries() == "a@1");
  winner.gives(2, "1@1", "b@1 c@1", 3);
  CHECK(winner.entries() == "a@1 b@1 c@1 +@2");
}

TEST_CASE("adoption: a newer generation in the middle, ends it") {
  Winner winner("g1", "4@1");
  winner.gives(2, "0", "a@1 b@1", 4);
  winner.says(3, Message{NodeId(3), Generation(9), Heartbeat{}});
  winner.sent();
  winner.says(2, Message{NodeId(2), Generation(9), Give{Lsn(2), Generation(1), Lsn(4), true, 2}},
              records_of(Lsn(2), "c@1 d@1"));
  CHECK((winner.role() == "follows" && winner.entries() == "a@1 b@1"));
}

TEST_CASE("adoption: a state that was applied beyond the cut, is built anew") {
  Seat seat("a@1 b@1 x@2", seat_config(3, ElectionRule::adopt));
  seat.confirm(2, 2, 1);
  seat.shipped(2, 2, "3@2", "", 2);
  CHECK((seat.applied() == 2 && seat.state() == "ka=a kb=b"));
}

TEST_CASE("adoption: under most_up_to_date, nothing is taken over") {
  Seat seat("g1");
  const std::string said =
      seat.win("4@1");  // no sound voter votes so: it is not asked all the same
  CHECK(said.find("fetch") == std::string::npos);
  CHECK(seat.entries() == "+@2");
}
