// Who writes and reads where any node may lead? Clients with a session each, of the profile
// replicated_log.
//
// A client has one operation at a time. It asks some node; when that one is gone, doesn't lead, or
// can't say what became of the operation, it asks another, again and again until its patience is
// over. A write carries (client, sequence) in all its tries, and so takes effect once. An operation
// that names a node is asked of that node alone, and once.
// An operation is from its beginning to its last answer one, however many tries it took: so its
// watcher, and the history of them all, hears of one beginning and one end.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/buffer.h"
#include "core/base/bytes.h"
#include "core/wire/resp.h"
#include "sim/client/history.h"
#include "sim/scenario/scenario.h"
#include "sim/world/world.h"

namespace quorate::sim {

struct SessionOperation {
  OperationKind op = OperationKind::get;
  std::string key;
  std::string value;           // of a set or cas: what is to be written
  std::string from;            // of a cas: what must be there
  std::uint64_t sequence = 0;  // of a write, in its client's session
  Time began_at;
};

// What an operation that is ok has found.
struct Found {
  bool has_value = false;  // of a get
  std::string_view value;
  bool changed = false;  // of a cas: it was swapped; of a del: there was something
};

class SessionWatcher {
 public:
  virtual ~SessionWatcher() = default;
  virtual void began(std::uint32_t client, const SessionOperation& operation) = 0;
  // timeout and lost: its fate is unknown. error: it has not happened.
  virtual void ended(std::uint32_t client, const SessionOperation& operation, Outcome outcome,
                     const Found& found) = 0;
};

struct SessionSettings {
  std::uint32_t clients = 1;
  std::uint32_t keys = 1;
  std::uint32_t writes = 0;  // of all clients together; with nothing but reads, so many of those
  std::size_t value_bytes = 16;
  Duration think;
  std::int64_t reads_percent = 0;
  std::int64_t deletes_percent = 0;
  std::int64_t cas_percent = 0;
  const std::vector<Operation>* operations = nullptr;  // when given and not empty: play these
  SessionWatcher* ear = nullptr;  // hears what the watcher hears; changes nothing
  Duration write_timeout;
};

class SessionClients {
 public:
  // Their alarms: kAlarms + 2 * client for the next step, + 1 for the end of patience.
  static constexpr std::uint32_t kAlarms = 1u << 24;
  static constexpr Duration kPatience = milliseconds(3000);
  static constexpr Duration kPause = milliseconds(20);    // before another node is asked
  static constexpr Duration kWatches = milliseconds(30);  // who watches rests for so long

  void begin(World& world, const SessionSettings& settings);

  void connected(World& world, Party party);
  void refused(World& world, Party party);
  void writable(World& world, Party party);
  void readable(World& world, Party party, SessionWatcher& watcher);
  void alarm(World& world, std::uint32_t what, SessionWatcher& watcher);

  bool all_done() const { return done_ == settings_.clients; }

  // Which of so many clients has numbered its session so?
  static std::size_t whose(ClientId session, std::size_t clients) {
    return static_cast<std::size_t>((session.value() - 1) % clients);
  }

 private:
  enum class State : std::uint8_t { resting, pausing, dialing, waiting, done };

  struct Client {
    Party party = 0;
    State state = State::resting;
    bool is_connected = false;
    bool has_pipe = false;
    std::uint32_t pipe = 0;
    NodeId node;    // whom it asks
    NodeId pinned;  // who alone may be asked; none: anyone
    Buffer in;
    Buffer out;
    SessionOperation operation;
    ClientId session;
    std::uint64_t sequences = 0;  // writes so far
    std::uint32_t left = 0;       // operations still to be drawn
    std::uint64_t drawn = 0;
    std::uint64_t moves = 0;  // times it has turned to another node
    std::size_t next_operation = 0;
    bool may_have_happened = false;
    Time gives_up_at;
    bool is_watched = false;
    std::vector<std::string> known;  // by key: what it saw there last
  };

  std::uint32_t index(const Client& client) const { return client.party - kFirstClient; }
  void next(World& world, Client& client, SessionWatcher& watcher);
  static std::size_t key_place(const std::string& key);  // "k12" is 12
  bool choose(World& world, Client& client);
  // Where there are reads at all, every third client does nothing else: it never waits for a write,
  // and so goes on with a leader that has lost its majority.
  bool only_reads(const Client& client) const;
  // Such a client beside others that write: it looks now and then for as long as one of them has
  // writes left, since what a reader may see wrongly comes late in a run.
  bool watches(const Client& client) const;
  bool choose_explicit(World& world, Client& client);
  void ask(World& world, Client& client);
  void send(World& world, Client& client);
  void turn_to_another(World& world, Client& client);
  // Another try, unless there may be none.
  void again(World& world, Client& client, SessionWatcher& watcher);
  void hear(World& world, Client& client, const RespReply& reply, SessionWatcher& watcher);
  // Its session was dropped: the next one is numbered above all of which the node has said so.
  void begin_session(Client& client, std::string_view refusal);
  void disconnect(World& world, Client& client);
  void end(World& world, Client& client, Outcome outcome, const Found& found,
           SessionWatcher& watcher);

  SessionSettings settings_;
  std::vector<Client> clients_;
  std::size_t done_ = 0;
  std::size_t writers_ = 0;  // those that are not done
  Bytes scratch_;
};

}  // namespace quorate::sim
