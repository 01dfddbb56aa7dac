// Does the check of `quorate stress` see a broken word? Logs and histories that were doctored, and
// what is said of them.
//
// A row is a little story. The history: "ok", "timeout", "lost", "refused", "unanswered", each with
// "@ms" where the time matters. A log: the numbers of the writes that it holds, in order.
#include <doctest/doctest.h>

#include <sstream>

#include "core/protocol/replicated_log.h"
#include "sim/cli/real/stress_check.h"

using namespace quorate;
using namespace quorate::cli;

namespace {

StressHistory history_of(const std::string& text) {
  StressHistory history;
  std::istringstream words(text);
  for (std::string word; words >> word;) {
    const std::size_t at = word.find('@');
    const std::string fate = word.substr(0, at);
    const std::uint32_t ms =
        at == std::string::npos ? 1 : static_cast<std::uint32_t>(std::stoul(word.substr(at + 1)));
    const WriteFate known = fate == "ok"        ? WriteFate::ok
                            : fate == "timeout" ? WriteFate::timeout
                            : fate == "refused" ? WriteFate::refused
                            : fate == "lost"    ? WriteFate::lost
                                                : WriteFate::unanswered;
    history.writes.push_back({Time(), ms * 1000, known});
  }
  return history;
}

void append(Wal& log, const std::string& key, const std::string& value) {
  log.append(Generation(1), ClientId(1), 1, Op::set, key, value);
}

// "other" is a record of somebody else; "w1key" has write 1's value under another key.
Bytes log_of(const std::string& text) {
  Wal log;
  log.enter(Generation(1));
  std::istringstream words(text);
  for (std::string word; words >> word;) {
    if (word == "other")
      append(log, "k", "v");
    else if (word == "w1key")
      append(log, "k", stress_value(1));
    else
      append(log, stress_key(std::stoull(word)), stress_value(std::stoull(word)));
  }
  const ByteSpan bytes = log.bytes(ByteCount(), log.end());
  return {bytes.begin(), bytes.end()};
}

LogFile file_of(const Bytes& bytes) { return {ByteCount(), bytes}; }

std::string verdict_of(const std::string& history_text, const std::vector<std::string>& logs,
                       int needed) {
  const StressHistory history = history_of(history_text);
  StressCheck check(history, {needed, milliseconds(1000), milliseconds(500)});
  for (std::size_t node = 0; node < logs.size(); ++node)
    check.read(node == 0 ? "leader" : "follower-" + std::to_string(node),
               file_of(log_of(logs[node])));
  return check.verdict();
}

}  // namespace

TEST_CASE("stress_check: histories and logs, are refused for what is broken in them") {
  struct Row {
    std::string history;
    std::vector<std::string> logs;
    int needed;
    std::string verdict;  // its beginning; empty: nothing is broken
  };
  const Row rows[] = {
      {"", {"", "", ""}, 2, ""},
      {"ok ok", {"0 1", "0 1", "0 1"}, 2, ""},
      {"ok ok", {"1 0", "1 0", "1 0"}, 2, ""},  // the order is the leader's
      {"ok ok", {"0 other 1", "0 other 1", "0 other 1"}, 2, ""},
      // What nobody knows the fate of may be there, or not.
      {"ok timeout lost", {"0", "0", "0"}, 2, ""},
      {"ok timeout lost", {"0 1 2", "0 1 2", "0 1 2"}, 2, ""},
      {"ok refused", {"0", "0", "0"}, 2, ""},
      // An OK without its quorum.
      {"ok ok", {"0", "0", "0"}, 2, "write 1 was answered OK and is not in the log of the leader"},
      {"ok ok", {"0", "0 1", "0 1"}, 2, "write 1 was answered OK and is not in the log of the lea"},
      {"ok ok", {"0 1", "0 1", "0"}, 2, "write 1 was answered OK and is in the logs of 1 of 2"},
      {"ok", {"0", "0", "0", "0", ""}, 3, "the log of follower-4 ends at LSN=0, the leader's at"},
      {"ok", {"0", "0", "0", "", ""}, 3, "write 0 was answered OK and is in the logs of 2 of 4"},
      {"lost ok", {"0 1", "0 1", "0"}, 1, "the log of follower-2 ends at LSN=1, the leader's at"},
      // Logs that differ.
      {"ok ok", {"0 1", "0 1", "1 0"}, 2, "the logs of leader and follower-2 differ at LSN=1"},
      {"ok lost",
       {"0 1", "0 1", "0 other"},
       2,
       "the logs of leader and follower-2 differ at LSN=2"},
      // Once, and only what was asked.
      {"ok", {"0 0", "0 0", "0 0"}, 2, "the log of leader at LSN=2 holds write 0 a second time"},
      {"lost", {"0 0", "0 0", "0 0"}, 2, "the log of leader at LSN=2 holds write 0 a second time"},
      {"ok refused", {"0 1", "0 1", "0 1"}, 2, "the log of leader at LSN=2 holds write 1, whose"},
      {"ok", {"0 7", "0 7", "0 7"}, 2, "the log of leader at LSN=2 holds a write that nobody has"},
      {"ok lost", {"0 w1key", "0 w1key", "0 w1key"}, 2, "the log of leader at LSN=2 holds a write"},
      // Answers.
      {"timeout@1500 ok@1499", {"1", "1", "1"}, 2, ""},
      {"timeout@1501", {"", "", ""}, 2, "write 0 was answered after 1501 ms: its deadline is 1000"},
      {"ok ok@1600", {"0 1", "0 1", "0 1"}, 2, "write 1 was answered after 1600 ms"},
      {"refused@2000", {"", "", ""}, 2, "write 0 was answered after 2000 ms"},
      {"lost@9000", {"", "", ""}, 2, ""},  // nobody has answered: the connection has ended
      {"ok unanswered", {"0", "0", "0"}, 2, "write 1 was never answered, and its connection did"}};
  for (const Row& row : rows) {
    const std::string verdict = verdict_of(row.history, row.logs, row.needed);
    CAPTURE(row.history);
    CAPTURE(row.logs[0]);
    CAPTURE(verdict);
    CHECK((row.verdict.empty() ? verdict.empty() : verdict.starts_with(row.verdict)));
  }
}

TEST_CASE("stress_check: a log with a flipped bit or half a record, is not whole") {
  const StressHistory history = history_of("ok ok");
  const auto verdict = [&history](auto doctor) {
    StressCheck check(history, {2, milliseconds(1000), milliseconds(500)});
    check.read("leader", file_of(log_of("0 1")));
    check.read("follower-1", file_of(log_of("0 1")));
    Bytes file = log_of("0 1");
    doctor(file);
    check.read("follower-2", file_of(file));
    return check.verdict();
  };
  CHECK(verdict([](Bytes&) {}) == "");
  CHECK(verdict([](Bytes& file) {
          file[60] ^= 1;
        }).starts_with("the log of follower-2 is damaged: "));
  CHECK(verdict([](Bytes& file) {
          file.resize(file.size() - 5);
        }).starts_with("the log of follower-2 ends in "));
}

TEST_CASE("stress_check: logs of nodes that were killed, may end torn and apart, and lack no OK") {
  const auto verdict = [](const std::string& text, const std::string& last, bool torn) {
    const StressHistory history = history_of(text);
    StressCheck check(history, {1, milliseconds(1000), milliseconds(500), StressLogs::killed});
    check.read("leader", file_of(log_of("0 1")));
    check.read("follower-1", file_of(log_of("0")));
    Bytes file = log_of(last);
    if (torn) file.resize(file.size() - 5);
    check.read("follower-2", file_of(file));
    return check.verdict();
  };
  CHECK(verdict("ok lost", "0", false) == "");
  CHECK(verdict("ok ok", "0 1", false) == "");
  CHECK(verdict("ok lost", "0 1", true) == "");
  CHECK(verdict("ok ok", "0 1", true)
            .starts_with("write 1 was answered OK and is in the logs of 0 of 2"));
  CHECK(verdict("ok ok", "0", false)
            .starts_with("write 1 was answered OK and is in the logs of 0 of 2"));
  CHECK(verdict("ok lost", "1", false) == "the logs of leader and follower-2 differ at LSN=1");
}

TEST_CASE("stress_check: an answer that no write can have, is named") {
  StressHistory history = history_of("lost");
  history.odd_answer = "ERR what?";
  CHECK(StressCheck(history, {}).verdict() == "a write was answered: ERR what?");
}

TEST_CASE("stress_check: values that are filled up, are told apart from those that are damaged") {
  const StressHistory history = history_of("ok");
  const auto verdict = [&history](const std::string& value) {
    Wal log;
    log.enter(Generation(1));
    append(log, stress_key(0), value);
    const ByteSpan bytes = log.bytes(ByteCount(), log.end());
    StressCheck check(history, {0, milliseconds(1000), milliseconds(500)});
    check.read("leader", file_of({bytes.begin(), bytes.end()}));
    return check.verdict();
  };
  CHECK(stress_value(0, 100).size() == 100);
  CHECK(verdict(stress_value(0, 100)) == "");
  CHECK(verdict(stress_value(0, 3)) == "");
  CHECK(verdict(stress_value(0, 100) + "x") ==
        "write 0 was answered OK and is not in the log of the leader");
}

TEST_CASE("stress_check: counts the records, and those that are not of the history") {
  const StressHistory history = history_of("ok");
  StressCheck check(history, {1, milliseconds(1000), milliseconds(500)});
  check.read("leader", file_of(log_of("other 0 other")));
  check.read("follower-1", file_of(log_of("other 0 other")));
  CHECK((check.records() == 3 && check.foreign() == 2 && check.verdict() == ""));
}

// ---- nodes that elect, and logs that begin with a snapshot

namespace {

// As log_of; "|" is a snapshot of all before it, which is dropped from the file; "+" is the next
// generation.
LogFile cut_log_of(const std::string& text) {
  ReplicatedLog log(Wal(), StateMachine(sound_rules(), NodeConfig().max_sessions));
  log.enter(Generation(1));
  std::istringstream words(text);
  for (std::string word; words >> word;) {
    if (word == "|") {
      log.take_snapshot(log.last(), log.last(), ByteCount(50));
      log.synced(log.wal().end());
      log.drop_head();
    } else if (word == "+") {
      log.enter(log.generation().next());
    } else {
      const std::uint64_t n = std::stoull(word);
      log.append(ClientId(), 0, Op::set, stress_key(n), stress_value(n));
      log.apply_next();
    }
  }
  const Wal& wal = log.wal();
  const ByteSpan bytes = wal.bytes(wal.begin(), wal.end());
  return {wal.begin(), {bytes.begin(), bytes.end()}};
}

std::string elected_verdict(const StressHistory& history, const std::vector<std::string>& logs,
                            StressLogs ended) {
  StressRules rules{1, milliseconds(1000), milliseconds(500), ended};
  rules.elects = true;
  StressCheck check(history, rules);
  for (const std::string& log : logs)
    check.read("node-" + std::to_string(&log - logs.data() + 1), cut_log_of(log));
  return check.verdict();
}

}  // namespace

TEST_CASE("stress_check: nodes that elect, are judged by their majority and their agreed part") {
  struct Row {
    std::string history;
    std::vector<std::string> logs;
    StressLogs ended;
    std::string verdict;  // its beginning; empty: nothing is broken
  };
  const auto killed = StressLogs::killed, stopped = StressLogs::stopped;
  const Row rows[] = {
      {"ok ok", {"0 1", "0", "0 1"}, killed, ""},
      {"ok ok", {"0", "0 1", "0"}, killed, "write 1 was answered OK and is in the logs of 1 of 3"},
      {"ok ok", {"0", "0 1", "0 1"}, stopped, "the log of node-2 ends at LSN=2, that of node-1 at"},
      // A leader that was killed with an entry of its own, and others that went on without it.
      {"ok lost ok", {"0 1", "0 + 2", "0 + 2"}, killed, ""},
      {"ok lost ok", {"0 1", "0 + 2", "0 + 2"}, stopped, "the logs of node-1 and node-2 differ at"},
      {"ok lost lost", {"0 1", "0 2", "0"}, killed, "the logs of node-1 and node-2 differ at LSN="},
      {"lost", {"0", "0 0", "0"}, killed, "the log of node-2 at LSN=2 holds write 0 a second"},
      {"ok lost", {"0 1", "+ 1", "0"}, killed, "the log of node-2 at LSN=1 holds write 1, and an"},
      {"ok lost", {"0 1", "0 + 1", "0"}, killed, ""},  // where it has come to is up to who leads
      {"ok lost", {"0 1", "1 0", "0"}, killed, "the logs of node-1 and node-2 differ at LSN=1"},
      // Snapshots stand for records.
      {"ok ok", {"0 | 1", "0 1 |", "0 1"}, stopped, ""},
      {"ok ok ok", {"0 1 |", "0 1 | 2", "0 1 2"}, killed, ""},
      {"ok ok ok", {"0 1 |", "0 1 | 2", "0 1"}, killed, "write 2 was answered OK and is in the lo"},
      {"ok ok", {"0 1 |", "0 1 |", "0 1 |"}, stopped, ""},
      {"ok lost ok", {"0 1 |", "0 1 |", "0 1 |"}, stopped, "write 2 was answered OK and is in the"},
      {"ok refused", {"0 1 |", "0", "0"}, killed, "the snapshot of node-1 at LSN=2 holds write 1,"},
      {"lost lost", {"0 7 |", "0", "0"}, killed, "the snapshot of node-1 at LSN=2 holds a write t"},
      // Another history behind a snapshot.
      {"lost lost", {"0 | 1", "1 0"}, stopped, "the logs of node-1 and node-2 differ at LSN=2"},
      {"lost lost", {"0 1 |", "0 0 |"}, stopped, "the logs of node-1 and node-2 add up to differe"},
  };
  for (const Row& row : rows) {
    const std::string verdict = elected_verdict(history_of(row.history), row.logs, row.ended);
    CAPTURE(row.history);
    CAPTURE(row.logs[0]);
    CAPTURE(row.logs[1]);
    CAPTURE(verdict);
    CHECK((row.verdict.empty() ? verdict.empty() : verdict.starts_with(row.verdict)));
  }
}

TEST_CASE("stress_check: a snapshot with an older value of a key, lacks what was told OK later") {
  // Two writes to one key, and which of them is in the snapshots of all.
  std::uint64_t other = 1;
  while (stress_key(other) != stress_key(0)) ++other;
  StressHistory history;
  history.writes.resize(other + 1, {Time(), 1000, WriteFate::lost});
  StressWrite& first = history.writes[0];
  StressWrite& second = history.writes[other];
  first = {Time(1000), 1000, WriteFate::ok};
  const auto verdict = [&](const std::string& text) {
    return elected_verdict(history, {text, text, text}, StressLogs::stopped);
  };
  second = {Time(5000), 1000, WriteFate::ok};  // after the first was answered
  CHECK(verdict("0 |") == "write " + std::to_string(other) +
                              " was answered OK and is in the logs of 0 of 3 nodes: a majority is "
                              "2");
  CHECK(verdict("0 " + std::to_string(other) + " |") == "");
  second.asked_at = Time(1500);  // while the first was under way: it may have come before it
  CHECK(verdict("0 |") == "");
  first.fate = WriteFate::timeout;  // it may have come at any time
  second.asked_at = Time(5000);
  CHECK(verdict("0 |") == "");
}
