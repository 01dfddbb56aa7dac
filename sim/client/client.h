// Who writes and reads? The simulated clients: RESP2 over a connection to the leader, one request
// at a time, or as many as their pipeline holds.
//
// A client sends, waits, pauses, sends the next. One with a pipeline does not wait with the next
// until the one before is answered: it has so many under way on its connection, those that it sends
// at once are one write, and the answers are taken for the requests in their order. When its
// connection breaks, all that was under way is lost, and it dials again; an answer that never comes
// is waited for only so long (kPatience beyond the write timeout, for each request from when it was
// drawn). Each value names its write. So no two are alike, where they are long enough for that: w
// writes need values of log256(w) bytes. Values of no bytes are empty, and all alike.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/buffer.h"
#include "core/base/bytes.h"
#include "sim/client/history.h"
#include "sim/world/world.h"

namespace quorate::sim {

struct ClientsSettings {
  std::uint32_t clients = 1;
  std::uint32_t keys = 1;
  std::uint32_t writes = 0;  // of all clients together; with nothing but reads, so many of those
  std::size_t value_bytes = 16;
  Duration think;  // between an answer and the request that takes its place
  std::int64_t reads_percent = 0;
  std::int64_t deletes_percent = 0;
  std::uint32_t pipeline = 1;            // so many requests of a client are under way at most ...
  std::int64_t pipelined_percent = 100;  // ... if it is one of these; the others have one
  const std::vector<Operation>* operations = nullptr;  // when given and not empty: play these
  Duration write_timeout;
  ClientEar* ear = nullptr;  // hears what the watcher hears; changes nothing
};

class Clients {
 public:
  // Their alarms: kAlarms + 2 * client for the next request, + 1 for the end of patience.
  static constexpr std::uint32_t kAlarms = 1u << 24;
  static constexpr Duration kPatience = milliseconds(2000);
  static constexpr Duration kRedial = milliseconds(10);
  static constexpr Duration kAfterError = milliseconds(15);

  void begin(World& world, const ClientsSettings& settings);

  void connected(World& world, Party party, ClientWatcher& watcher);
  void refused(World& world, Party party, ClientWatcher& watcher);
  void readable(World& world, Party party, ClientWatcher& watcher);
  void writable(World& world, Party party);
  void alarm(World& world, std::uint32_t what, ClientWatcher& watcher);

  bool all_done() const { return done_ == settings_.clients; }

 private:
  struct Request {
    OperationKind op = OperationKind::set;
    std::string key;
    std::string value;
    std::uint64_t sequence = 0;  // on its connection; 0: not sent yet
    std::uint64_t ends_at = 0;
    Time invoked_at;
    Time gives_up_at;
  };
  struct Client {
    Party party = 0;
    bool is_done = false;
    bool is_dialing = false;  // or waits to dial again
    bool is_connected = false;
    bool has_pipe = false;  // dialed, and not known to be gone
    std::uint32_t pipe = 0;
    Buffer in;
    Buffer out;                     // what its pipe had no room for
    std::uint64_t sequence = 0;     // requests on this connection
    std::uint64_t sent_bytes = 0;   // likewise
    std::vector<Request> requests;  // a ring, as large as its pipeline
    std::uint32_t first = 0;        // the oldest ...
    std::uint32_t under_way = 0;    // ... of so many
    std::uint32_t resting = 0;      // places that stay free until an alarm
    bool has_asked_all = false;     // there is nothing left to draw
    std::uint32_t writes_left = 0;
    std::uint64_t drawn = 0;         // operations so far
    std::uint64_t named = 0;         // short values so far
    std::size_t next_operation = 0;  // of the explicit ones
    Time called_at;                  // an alarm was set for the next of them, then
    bool is_watched = false;         // an alarm is out that will look at gives_up_at
  };

  Request& request(Client& client, std::uint32_t nth) {
    const std::size_t at = std::size_t{client.first} + nth;
    return client.requests[at < client.requests.size() ? at : at - client.requests.size()];
  }
  void ask(World& world, Client& client, ClientWatcher& watcher);
  void dial(World& world, Client& client);
  bool draw(World& world, Client& client, Request& to);
  bool choose(World& world, Client& client, Request& to);
  bool choose_explicit(World& world, Client& client, Request& to);
  void send(World& world, Client& client, ClientWatcher& watcher);
  void disconnect(World& world, Client& client);
  void end(World& world, Client& client, Outcome outcome, ClientWatcher& watcher);
  void lose(World& world, Client& client, ClientWatcher& watcher);
  void watch(World& world, Client& client);
  ClientRequestView view(const Client& client, const Request& request) const;
  std::uint32_t index(const Client& client) const { return client.party - kFirstClient; }

  ClientsSettings settings_;
  std::vector<Client> clients_;
  std::size_t done_ = 0;
  Bytes scratch_;
};

}  // namespace quorate::sim
