// Each test lets writes come to the table of sessions in this little language: "7.1=a" is request 1
// of client 7, which sets x to a; "7.1>a>b" is its cas from a to b; "7.1-" deletes x; "=a" is of no
// session. Each is a record of its own, at the next LSN.
#include "core/protocol/sessions.h"

#include <doctest/doctest.h>

#include <sstream>
#include <string>

#include "core/protocol/state_machine.h"

using namespace quorate;

namespace {

class Writes {
 public:
  explicit Writes(std::size_t most = 8, const Rules& rules = sound_rules())
      : machine_(rules, most) {}

  // What each was answered: "ok", "1", ... , with "again" where it had taken effect before.
  std::string apply(const std::string& writes) {
    std::string text;
    std::istringstream in(writes);
    for (std::string word; in >> word;) text += (text.empty() ? "" : " ") + apply_one(word);
    return text;
  }
  std::string value() const {
    const std::string* found = machine_.kv().find("x");
    return found == nullptr ? "nothing" : *found;
  }
  const Sessions& sessions() const { return machine_.sessions(); }
  void clear() { machine_.clear(); }

 private:
  std::string apply_one(const std::string& word) {
    const std::size_t at = word.find_first_of("=>-");
    RecordView record{Generation(1), lsn_ = lsn_.next(), ClientId(), 0, Op::del, "x", {}};
    if (at > 0) {
      const std::size_t dot = word.find('.');
      record.client = ClientId(std::stoull(word));
      record.sequence = std::stoull(word.substr(dot + 1));
    }
    const std::string value = word.substr(at + 1);
    Bytes cas;
    if (word[at] == '=') record.op = Op::set, record.value = value;
    if (word[at] == '>') {
      const std::string_view both = value;
      const std::size_t to = both.find('>');
      encode_cas({both.substr(0, to), both.substr(to + 1)}, cas);
      record.op = Op::cas, record.value = as_text(cas);
    }
    const Applied applied = machine_.apply(record);
    std::string text(to_text(applied.result.kind));
    if (applied.result.kind == ReplyKind::count) text = std::to_string(applied.result.count);
    if (applied.result.kind == ReplyKind::no_session)
      text += ">" + std::to_string(applied.result.count);
    return text + (applied.verdict == OnceVerdict::repeats ? " again" : "");
  }

  StateMachine machine_;
  Lsn lsn_;
};

}  // namespace

TEST_CASE("sessions: a write that comes again, has no effect again and the first answer") {
  Writes w;
  CHECK(w.apply("7.1=a =b 7.1=a") == "ok ok ok again");
  CHECK(w.value() == "b");
}

TEST_CASE("sessions: a del or cas that comes again, is answered with its first number") {
  Writes w;
  CHECK(w.apply("=a 7.1- 7.1- =b 7.1-") == "ok 1 1 again ok 1 again");
  CHECK(w.value() == "b");
  CHECK(w.apply("7.2>b>c 7.2>b>c 7.3>b>d 7.3>b>d") == "1 1 again 0 0 again");
  CHECK(w.value() == "c");
  CHECK(w.apply("=b 7.3>b>d") == "ok 0 again");  // it would swap now
  CHECK(w.value() == "b");
}

TEST_CASE("sessions: an older sequence, is refused and has no effect") {
  Writes w;
  CHECK(w.apply("7.1=a 7.2=b 7.1=a") == "ok ok old_sequence");
  CHECK(w.value() == "b");
}

TEST_CASE("sessions: a sequence left out, is passed over for good") {
  Writes w;
  CHECK(w.apply("7.1=a 7.5=b 7.4=c 7.6=d") == "ok ok old_sequence ok");
  CHECK(w.value() == "d");
}

TEST_CASE("sessions: two clients with the same sequences, don't touch each other") {
  Writes w;
  CHECK(w.apply("7.1=a 8.1=b 7.1=a 8.1=b 8.2=c") == "ok ok ok again ok again ok");
  CHECK(w.value() == "c");
}

TEST_CASE("sessions: writes of no session, take effect each time") {
  Writes w;
  CHECK(w.apply("=a =a =b =a") == "ok ok ok ok");
  CHECK(w.value() == "a");
  CHECK(w.sessions().size() == 0);
}

TEST_CASE("sessions: where there is no room, the one applied least recently is dropped") {
  Writes w(2);
  w.apply("7.1=a 8.1=b 7.2=c 9.1=d");
  CHECK(w.sessions().size() == 2);
  CHECK(w.sessions().find(ClientId(8)) == nullptr);
  CHECK(w.apply("7.2=c 9.1=d") == "ok again ok again");
}

TEST_CASE("sessions: a retry of a dropped session, is refused and never takes effect twice") {
  Writes w(2);
  CHECK(w.apply("7.1=a 8.1=b 9.1=c 7.1=a") == "ok ok ok no_session>7");
  CHECK(w.apply("7.2=a") == "no_session>7");
  CHECK(w.value() == "c");
}

TEST_CASE("sessions: one that is numbered above all that were dropped, begins, and no other") {
  Writes w(2);
  w.apply("50.1=a 60.1=b 70.1=c");
  CHECK(w.apply("49.1=d 50.1=d") == "no_session>50 no_session>50");
  CHECK(w.apply("51.1=e") == "ok");
  CHECK(w.sessions().dropped_up_to() == ClientId(60));
  CHECK(w.apply("71.1=f 72.1=g") == "ok ok");
  CHECK(w.sessions().dropped_up_to() == ClientId(70));  // the greatest, though 51 was dropped later
}

TEST_CASE("sessions: a retry, doesn't keep its session from being dropped") {
  Writes w(2);
  w.apply("7.1=a 8.1=b 7.1=a 9.1=c");
  CHECK(w.sessions().find(ClientId(7)) == nullptr);
}

TEST_CASE("sessions: the same records on two nodes, give the same table") {
  const std::string all = "7.1=a 8.1=b 9.3=c 7.1=a 8.2- 10.1=x 11.1=y 7.2=z";
  Writes one(3), other(3);
  one.apply(all);
  other.apply("1.1=gone 2.1=gone 3.1=gone 4.1=gone");
  other.clear();
  CHECK(other.sessions().dropped_up_to().is_none());
  CHECK(other.apply(all) == Writes(3).apply(all));
  for (std::uint64_t client = 1; client <= 11; ++client) {
    const auto* a = one.sessions().find(ClientId(client));
    const auto* b = other.sessions().find(ClientId(client));
    REQUIRE((a == nullptr) == (b == nullptr));
    if (a != nullptr) CHECK((a->sequence == b->sequence && a->result.kind == b->result.kind));
  }
  CHECK(one.value() == other.value());
  CHECK(one.sessions().dropped_up_to() == other.sessions().dropped_up_to());
}

TEST_CASE("sessions: a table of any size, is never larger and never applies anything twice") {
  for (std::size_t most = 1; most <= 5; ++most) {
    Writes w(most);
    for (int round = 0; round < 3; ++round)
      for (std::uint64_t client = 1; client <= 9; ++client) {
        const std::string write = std::to_string(client) + ".1=" + std::to_string(client);
        const std::string before = w.value();
        const std::string told = w.apply(write);
        CHECK(w.sessions().size() <= most);
        CHECK((told == "ok") == (round == 0));
        if (round > 0) CHECK(w.value() == before);
      }
  }
}

TEST_CASE("sessions: a state machine without them, applies each record") {
  StateMachine machine;
  const RecordView record{Generation(1), Lsn(1), ClientId(7), 1, Op::del, "x", {}};
  CHECK(machine.apply(record).result.count == 0);
  machine.apply({Generation(1), Lsn(2), ClientId(7), 1, Op::set, "x", "a"});
  CHECK(machine.apply(record).result.count == 1);
  CHECK(machine.sessions().size() == 0);
}
