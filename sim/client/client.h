// Who writes and reads? The simulated clients: RESP2 over a connection to the leader, one request
// at a time.
//
// A client sends, waits, pauses, sends the next. When its connection breaks it dials again; an
// answer that never comes is waited for only so long (kPatience beyond the write timeout). Each
// value names its write. So no two are alike, where they are long enough for that: w writes need
// values of log256(w) bytes. Values of no bytes are empty, and all alike.
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
  Duration think;
  std::int64_t reads_percent = 0;
  std::int64_t deletes_percent = 0;
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
  void alarm(World& world, std::uint32_t what, ClientWatcher& watcher);

  bool all_done() const { return done_ == settings_.clients; }

 private:
  enum class State : std::uint8_t { idle, dialing, waiting, done };

  struct Client {
    Party party = 0;
    State state = State::idle;
    bool is_connected = false;
    bool has_pipe = false;  // dialed, and not known to be gone
    std::uint32_t pipe = 0;
    Buffer in;
    std::uint64_t sequence = 0;  // requests on this connection
    std::uint32_t writes_left = 0;
    std::uint64_t drawn = 0;         // operations so far
    std::uint64_t named = 0;         // short values so far
    std::size_t next_operation = 0;  // of the explicit ones
    OperationKind op = OperationKind::set;
    std::string key;
    std::string value;
    Time invoked_at;
    Time gives_up_at;
    bool is_watched = false;  // an alarm is out that will look at gives_up_at
  };

  void next(World& world, Client& client, ClientWatcher& watcher);
  void dial(World& world, Client& client);
  bool choose(World& world, Client& client);
  bool choose_explicit(World& world, Client& client);
  void send(World& world, Client& client, ClientWatcher& watcher);
  void disconnect(World& world, Client& client);
  void end(World& world, Client& client, Outcome outcome, ClientWatcher& watcher);
  void watch(World& world, Client& client);
  ClientRequestView view(const Client& client) const;
  std::uint32_t index(const Client& client) const { return client.party - kFirstClient; }

  ClientsSettings settings_;
  std::vector<Client> clients_;
  std::size_t done_ = 0;
  Bytes scratch_;
};

}  // namespace quorate::sim
