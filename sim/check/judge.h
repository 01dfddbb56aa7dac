// What does a run need of whoever judges it? One judge a profile; the run knows no more of either.
//
// A judge hears what the world and the clients tell, and keeps the verdict. The rest is asked for
// when a run may be over: what is still waited for, and what came out. `down_for_good`: bit n
// stands for node n + 1.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>

#include "sim/check/probes.h"
#include "sim/check/verdict.h"
#include "sim/client/history.h"
#include "sim/world/observer.h"

namespace quorate::sim {

struct AnswerCounts {
  std::uint64_t ok = 0, timeout = 0, error = 0, lost = 0;
};

class Judge : public Observer, public ClientWatcher {
 public:
  const Verdict& verdict() const { return verdict_; }
  Verdict& verdict() { return verdict_; }
  const Probes& probes() const { return probes_; }
  const AnswerCounts& answers() const { return answers_; }
  // Of the writes answered OK, in microseconds as their clients saw it; least above most: there was
  // none.
  std::int64_t least_write_us() const { return least_write_us_; }
  std::int64_t most_write_us() const { return most_write_us_; }

  // From then on every write that is sent must succeed (Time::never(): not yet, or no longer).
  void writes_must_succeed_from(Time at) { must_succeed_from_ = at; }

  // Can writes succeed, with those nodes down?
  virtual bool quorum_is_possible(std::uint32_t down_for_good) const = 0;
  // Has more been lost to damage than may be, so that the cluster may refuse for ever?
  virtual bool may_refuse_for_ever(std::uint32_t down_for_good) const = 0;
  virtual bool has_converged(std::uint32_t down_for_good) const = 0;
  // In words; empty: it has converged.
  virtual std::string waits_for(std::uint32_t down_for_good) const = 0;
  // Whose state is not what the log adds up to; empty: all are equal.
  virtual std::string differing_state(std::uint32_t down_for_good) const = 0;
  // Looks at what can be judged only when all is over.
  virtual void at_the_end() {}
  // What a quorum holds, and where the leader's log ends.
  virtual Lsn committed() const = 0;
  virtual Lsn last_lsn() const = 0;

 protected:
  // Begins anew: nothing is known of the run before.
  void forget() {
    verdict_.clear();
    probes_.clear();
    answers_ = {};
    must_succeed_from_ = Time::never();
    least_write_us_ = std::numeric_limits<std::int64_t>::max();
    most_write_us_ = 0;
  }
  // A request is over, which took its client so long.
  void count(OperationKind op, Outcome outcome, Duration took) {
    answers_.ok += outcome == Outcome::ok ? 1 : 0;
    answers_.timeout += outcome == Outcome::timeout ? 1 : 0;
    answers_.error += outcome == Outcome::error ? 1 : 0;
    answers_.lost += outcome == Outcome::lost ? 1 : 0;
    if (outcome != Outcome::ok || op == OperationKind::get) return;
    least_write_us_ = std::min(least_write_us_, took.us());
    most_write_us_ = std::max(most_write_us_, took.us());
  }

  Verdict verdict_;
  Probes probes_;
  AnswerCounts answers_;
  Time must_succeed_from_ = Time::never();
  std::int64_t least_write_us_ = 0;
  std::int64_t most_write_us_ = 0;
};

}  // namespace quorate::sim
