// What did a world decide? The records of every log, the answers to every client, the acks of every
// follower: in the same words for a simulated world and for a real one.
//
// Two worlds that play one scenario have no times, no batches and no repetitions in common, so none
// of them is part of it:
// - a record is told by its place (whose log, which LSN) and by op, key and value;
// - an answer by its client and by the how manyeth of that client's requests it answers;
// - an ack by its follower, its LSN and its statuses in the order in which they first came; one of
//   success speaks for all LSNs up to its own.
// Each piece knows when its own world decided it, only so that the first one can be named where two
// worlds part.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/base/time.h"
#include "core/log/wal.h"
#include "core/protocol/facts.h"
#include "core/wire/resp.h"
#include "sim/scenario/scenario.h"

namespace quorate::sim {

enum class DecidedKind : std::uint8_t { record, answer, ack };

struct Decided {
  DecidedKind kind = DecidedKind::record;
  std::string about;  // "what client 1 was told, request 2: set city"
  std::string words;  // "OK"
  Time at;
};

// How far a world has come, as counts that never fall: what was acknowledged by whom, who has
// started how often, what was answered. One world has caught up with another when none of its
// counts is less.
class Marks {
 public:
  enum class Of : std::uint8_t { started, serving, appended, applied, acked, answered };

  void raise(Of what, std::uint32_t whom, std::uint64_t to);
  void count(Of what, std::uint32_t whom) { ++marks_[{what, whom}]; }
  // Nothing, or the first thing in which this world is behind the other: "follower-1: acked 3".
  std::string behind(const Marks& other, Profile profile = Profile::ack_quorum) const;

 private:
  std::map<std::pair<Of, std::uint32_t>, std::uint64_t> marks_;
};

// Gathers them. A request is one of client 1, 2, ..., and each client's are numbered 1, 2, ...
// Where nodes elect their leader acks are left out: to whom they go, and for what, is up to who
// leads.
class Decisions {
 public:
  explicit Decisions(Profile profile = Profile::ack_quorum) : profile_(profile) {}
  void heard(Time at, NodeId node, const Fact& fact);
  void answered(Time at, std::uint32_t client, std::uint64_t request, OperationKind op,
                const std::string& key, const std::string& words);
  // The node's log as it was at the end.
  void log(NodeId node, const Wal& wal);

  const Marks& marks() const { return marks_; }
  // All of them by the time at which they were decided.
  std::vector<Decided> all() const;

 private:
  struct Said {
    std::vector<std::uint64_t> statuses;
    Time at;
  };

  void acked(Time at, NodeId follower, const Fact& fact);
  void say_status(Time at, std::uint32_t follower, std::uint64_t lsn, std::uint64_t status);

  bool elects() const { return profile_ == Profile::replicated_log; }

  Profile profile_;
  Marks marks_;
  std::vector<Decided> answers_;
  std::vector<Decided> records_;
  std::map<std::pair<std::uint32_t, std::uint64_t>, Time> appended_;  // node and LSN
  std::map<std::pair<std::uint32_t, std::uint64_t>, Said> acks_;
  std::map<std::uint32_t, std::uint64_t> acked_up_to_;
  std::optional<Decided> committed_;
};

// What a client was told, as two worlds would say it: OK, a value, nil, a number, or the first word
// of an error.
std::string words_of(RespKind kind, std::string_view text, std::int64_t integer);
// The same of a client with a session, which asks again and again: only what came of it at last.
std::string words_of(OperationKind op, bool has_value, std::string_view value, bool changed);
// A record that a snapshot has taken the place of. When that comes to be is up to each world's
// speed: it is no difference.
inline constexpr const char* kInSnapshot = "a snapshot stands for it";
inline constexpr const char* kUnknown = "nothing: what became of it is unknown";
inline constexpr const char* kRefused = "an error: nothing has happened";
inline constexpr const char* kLost = "nothing: the connection was over";
inline constexpr const char* kNeverSent = "nothing: the leader took no connection";

struct Difference {
  DecidedKind kind = DecidedKind::record;
  std::string about;
  std::string simulated;
  std::string real;
  Time at;
};

// The first, in the order of the simulated world (what is in the real one alone comes in its own),
// of what the two did not decide alike. None: they agree.
std::optional<Difference> first_difference(const std::vector<Decided>& simulated,
                                           const std::vector<Decided>& real);

}  // namespace quorate::sim
