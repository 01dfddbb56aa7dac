// Which requests are under way? Of each client those of its present connection, by their sequence.
//
// A client has at most as many under way as its pipeline holds, numbered 1, 2, ... on each
// connection: so a request's place follows from its sequence, and is used again when the request
// that had it is over. Answers come in the order of the requests: the one that is answered next is
// the oldest that is not.
#pragma once

#include <bit>
#include <cstdint>
#include <vector>

#include "core/base/buffer.h"
#include "core/base/ids.h"
#include "core/base/time.h"
#include "core/env/env.h"
#include "sim/client/history.h"

namespace quorate::sim {

// One request, from when it is sent until it is answered or given up.
struct OpenRequest {
  bool is_open = false;
  bool has_reached = false;    // its last byte is at the leader's machine ...
  Time reached_at;             // ... since then; or since the leader could read it
  bool may_be_unread = false;  // the leader need not have read it then (S6)
  bool was_behind = false;     // others of its connection were not answered yet when it came
  ClientRequestView view;
  bool is_answered = false;       // the first byte of the answer has left ...
  Time answered_at;               // ... then
  bool quorum_was_heard = false;  // the leader had heard of a quorum's acks by then
  Lsn ok_before;                  // the greatest LSN that was OK'd when it was sent
  Lsn lsn;                        // of a write: where the leader appended it; none: not yet
  std::uint64_t chain = 0;
  std::uint32_t leader_life = 0;
};

// What a client has asked on its present connection, and what it was told.
struct ClientLine {
  std::uint32_t pipe = 0;
  SocketId socket;            // the leader's end; none: nothing has come there yet
  std::uint64_t asked = 0;    // requests sent so far,
  std::uint64_t reached = 0;  // whole at the leader's machine,
  std::uint64_t answered = 0;
  std::uint64_t answered_bytes = 0;  // of the requests that are answered
  std::uint64_t appended = 0;        // the last one that the leader has written
  Lsn ok_lsn;                        // the greatest LSN that was OK'd on it
  bool timed_out_last = false;       // the last answer was a timeout
  // When did the leader's socket last take less than it was given, and until when? While it is so,
  // an answer that is ready can't leave.
  bool is_blocked = false;
  Time blocked_since = Time::never();
  Time blocked_until;
  Buffer answer;  // what has left of an answer that is not whole yet
};

class Requests {
 public:
  // Begins anew, in the storage of before.
  void begin(std::uint32_t clients, std::uint32_t pipeline) {
    places_ = std::bit_ceil(std::size_t{pipeline});
    requests_.assign(clients * places_, OpenRequest());
    if (lines_.size() > clients) lines_.resize(clients);
    for (ClientLine& line : lines_) clear(line);
    lines_.resize(clients);
  }

  std::vector<ClientLine>& lines() { return lines_; }
  ClientLine& line(std::uint32_t client) { return lines_[client]; }
  // Requires that it was sent on the present connection, and one of the last ones.
  OpenRequest& request(std::uint32_t client, std::uint64_t sequence) {
    return requests_[client * places_ + (sequence & (places_ - 1))];
  }
  const OpenRequest& request(std::uint32_t client, std::uint64_t sequence) const {
    return requests_[client * places_ + (sequence & (places_ - 1))];
  }
  // The client begins a new connection: nothing is under way on it.
  static void clear(ClientLine& line) {
    Buffer storage = std::move(line.answer);
    storage.clear();
    line = ClientLine();
    line.answer = std::move(storage);
  }

 private:
  std::size_t places_ = 1;             // of each client; a power of two
  std::vector<OpenRequest> requests_;  // by client and place
  std::vector<ClientLine> lines_;      // by client
};

}  // namespace quorate::sim
