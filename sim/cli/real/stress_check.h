// Did the cluster keep its word while it was killed again and again? What its clients were told,
// held against what is in the logs at the end.
//
// Judged by the files alone: no node is asked. Twice: as they were when all nodes had been killed,
// which is what the answers rested on, and after all have caught up. In this order, and the
// first that is broken counts:
// - no answer came later than its deadline and the allowance for who has to wait for a processor;
// - every request was answered, or its connection ended;
// - every log recovers whole: nothing damaged, and once stopped nothing torn;
// - where two logs have the same LSN they have the same record, byte for byte; and of nodes that
//   elect, up to the last LSN at which the two have the same generation;
// - what two logs add up to there, is the same;
// - a write that was answered OK is in the leader's log and in those of at least Q followers, in
//   each once (of nodes that elect: in those of a majority, at one LSN); one that was refused, or
//   that nobody has asked, is in none;
// - once stopped, all logs end at the same LSN: who was killed has caught up.
// A write that timed out, or whose connection ended, may be there or not, but never twice.
// Of what a snapshot stands for there are no records: such a log has a write where another log has
// its record at an LSN that the snapshot reaches. Where no log has its record any more, the
// snapshot's value of its key must be that write's, or one's that was not answered before that
// write was asked.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/time.h"
#include "core/posix/log_file.h"

namespace quorate::cli {

enum class WriteFate : std::uint8_t {
  unanswered,  // neither an answer nor an end of the connection
  ok,
  timeout,  // fate unknown; where nodes elect, also because the leader was deposed
  refused,  // nothing was done
  lost,     // the connection ended before the answer
};

// The write with number n, from 0 on, is the nth of its history.
struct StressWrite {
  Time asked_at;              // when its request was about to be sent
  std::uint32_t took_us = 0;  // until its answer was read
  WriteFate fate = WriteFate::unanswered;

  bool is_answered() const { return fate != WriteFate::unanswered && fate != WriteFate::lost; }
};

struct StressHistory {
  std::vector<StressWrite> writes;
  std::string odd_answer;  // the first that no write can have; empty: none
};

// What write n sets, and to what: a text of at least so many bytes. Each value occurs once; the
// keys are few.
std::string stress_key(std::uint64_t n);
inline constexpr std::uint64_t kStressPeriod = 1009;  // after so many writes the keys repeat
std::string stress_value(std::uint64_t n, std::size_t bytes = 0);

// How have the nodes ended whose logs are read? When they were killed, a log may end in
// a torn record, and they may end at different LSNs.
enum class StressLogs { stopped, killed };

struct StressRules {
  int acks_needed = 2;                     // Q, beside the leader's own copy
  Duration deadline = milliseconds(1000);  // of a write
  Duration allowance = milliseconds(500);  // for scheduling
  StressLogs logs = StressLogs::stopped;
  bool elects = false;  // any node may lead
};

// "the leader and of at least 2 followers"
std::string quorum_words(const StressRules& rules, std::uint32_t nodes);

class StressCheck {
 public:
  // The history must outlive it.
  StressCheck(const StressHistory& history, const StressRules& rules);

  // What is in a node's file: the leader's first, then each follower's. At most 32.
  void read(const std::string& name, const LogFile& file);

  // What was broken first, in a sentence; empty: nothing. After all were read.
  std::string verdict() const;

  // In the first log, those that a snapshot stands for included.
  std::uint64_t records() const { return nodes_.empty() ? 0 : nodes_[0].log.last_lsn().value(); }
  std::uint64_t foreign() const { return foreign_; }  // those of them that are not the history's

 private:
  struct Node {
    std::string name;
    Wal log;
    std::map<std::string, std::uint64_t> values;  // by key: which write its snapshot holds
  };

  void check_answers();
  void check_whole(const Node& node, const WalRecovery& found);
  void compare(const Node& one, const Node& other);
  Lsn agreed(const Wal& one, const Wal& other) const;
  void read_snapshot(Node& node);
  void find(const Node& node, const RecordView& record);
  bool is_write(const std::string& where, std::string_view key, std::string_view value,
                std::uint64_t& n);
  bool holds(std::size_t node, std::uint64_t n) const;
  std::string verdict_on(std::uint64_t n) const;
  std::string calls(const Node& node) const;
  void fail(const std::string& sentence);

  const StressHistory& history_;
  StressRules rules_;
  std::string failure_;
  std::string not_caught_up_;
  std::vector<Node> nodes_;
  std::uint64_t foreign_ = 0;
  std::vector<std::uint32_t> held_;  // by write: a bit for each node that has its record
  std::vector<Lsn> places_;          // by write: where its record stands; none: nowhere
};

}  // namespace quorate::cli
