// Which requests have taken effect already, and what were they told? The table of the clients'
// sessions: it is what makes a retry take effect once.
//
// A client that wants that, numbers its requests: (client, sequence). Of each client the table
// knows the last sequence that took effect and its answer. A write that comes again gets the first
// answer; one with an older sequence is refused, since its answer is known no longer (and it may
// never have had an effect: it does nothing now, which is all that is said). Sequences may leave
// some out: who gives up on a request goes on with the next number.
//
// The table is a part of the replicated state: nodes that applied the same log hold the same table,
// whoever leads, and after a restart too. What is decided, is decided when a record is applied: a
// retry may well come to the log twice (Curvine #676 asked a leader's memory, and the next leader
// had none).
//
// It holds so many sessions and no more; the one that was applied least recently is dropped for a
// new one. A request of a dropped session could be a retry, so it must not begin a session anew:
// therefore no session may begin that is not numbered above all that were ever dropped. So nothing
// ever takes effect twice. The price: a client that was away for so long that as many others came
// is refused (no_session) and never learns what became of its last request; and whoever begins a
// session numbers it upward, by the clock for instance. One that takes the greatest number there is
// and is dropped, leaves no number for anybody else.
// Source: Raft thesis 6.3, which leaves open what a dropped session means.
#pragma once

#include <cstddef>
#include <map>

#include "core/protocol/effects.h"
#include "core/protocol/rules.h"

namespace quorate {

class Sessions {
 public:
  struct Session {
    std::uint64_t sequence = 0;  // the last that took effect
    WriteResult result;          // its answer
    Lsn lsn;                     // its record
  };

  Sessions() = default;
  // Requires most >= 1.
  explicit Sessions(std::size_t most) : most_(most) {}

  // Null where the client has none (any more).
  const Session* find(ClientId client) const;
  OnceVerdict judge(const Rules& rules, const Once& write) const;
  // It has taken effect, by the record at that LSN. Drops another session where there is no room.
  void remember(const Once& write, const WriteResult& result, Lsn lsn);
  void clear();

  // All of them, and what a snapshot of them is made from again. Requires room for `all`.
  const std::map<ClientId, Session>& all() const { return sessions_; }
  void restore(std::map<ClientId, Session> all, ClientId dropped_up_to);
  std::size_t most() const { return most_; }

  std::size_t size() const { return sessions_.size(); }
  // A session begins above this number only.
  ClientId dropped_up_to() const { return dropped_up_to_; }

 private:
  void drop_one();

  std::size_t most_ = 1;
  std::map<ClientId, Session> sessions_;
  ClientId dropped_up_to_;
};

}  // namespace quorate
