// Who writes and reads where any node may lead? Clients with a session each, of the profile
// replicated_log.
//
// A client has one operation at a time, or as many as its pipeline holds. It asks some node; when
// that one is gone, doesn't lead, or can't say what became of an operation, it asks another, with
// all that was under way, again and again until its patience is over. One that follows the leader
// has heard who leads: it asks that node, and goes over to the next one between two operations. A
// write carries (client, sequence) in all its tries, and so takes effect once. An operation that
// names a node is asked of that node alone, once, and with none beside it. An operation is from its
// beginning to its last answer one, however many tries it took: so its watcher, and the history of
// them all, hears of one beginning and one end.
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
  std::uint32_t place = 0;  // in its client's pipeline: no two under way have the same
  std::uint32_t tries = 0;  // so many times it was sent
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
  std::uint32_t pipeline = 1;            // so many operations of a client are under way at most ...
  std::int64_t pipelined_percent = 100;  // ... if it is one of these; the others have one
  std::int64_t asks_leader_percent = 0;  // so many of a hundred follow the leader
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
  enum class Link : std::uint8_t { none, pausing, dialing, connected };

  // An operation, from its beginning to its end.
  struct Try {
    SessionOperation operation;
    ClientId session;
    Time gives_up_at;
    bool is_sent = false;  // on the present connection
    bool may_have_happened = false;
  };
  struct Client {
    Party party = 0;
    Link link = Link::none;
    bool has_pipe = false;
    std::uint32_t pipe = 0;
    NodeId node;    // whom it asks
    NodeId pinned;  // who alone may be asked for what is under way; none: anyone
    Buffer in;
    Buffer out;
    std::vector<Try> tries;           // by place
    std::vector<std::uint32_t> line;  // the places under way, in the order of their answers
    bool follows = false;             // the leader
    bool turns = false;               // to another node, as soon as nothing is sent here any more
    std::uint32_t resting = 0;        // places that stay free until an alarm
    bool has_asked_all = false;       // there is nothing left to draw
    bool is_done = false;
    ClientId session;
    std::uint64_t sequences = 0;  // writes so far
    std::uint32_t left = 0;       // operations still to be drawn
    std::uint64_t drawn = 0;
    std::uint64_t moves = 0;  // times it has turned to another node
    std::size_t next_operation = 0;
    Time called_at;  // an alarm was set for the next of the explicit ones, then
    bool is_watched = false;
    std::vector<std::string> known;  // by key: what it saw there last
  };

  std::uint32_t index(const Client& client) const { return client.party - kFirstClient; }
  // Begins operations until no place is free, or there is nothing to ask for now.
  void next(World& world, Client& client, SessionWatcher& watcher);
  void begin_one(World& world, Client& client, SessionWatcher& watcher);
  static std::uint32_t free_place(const Client& client);
  static std::size_t key_place(const std::string& key);  // "k12" is 12
  // Draws the next operation. False: there is none now, or none any more.
  bool choose(World& world, Client& client, SessionOperation& operation);
  // Where there are reads at all, every third client does nothing else: it never waits for a write,
  // and so goes on with a leader that has lost its majority.
  bool only_reads(const Client& client) const;
  // Such a client beside others that write: it looks now and then for as long as one of them has
  // writes left, since what a reader may see wrongly comes late in a run.
  bool watches(const Client& client) const;
  bool choose_explicit(World& world, Client& client, SessionOperation& operation);
  void ask(World& world, Client& client);
  void send(World& world, Client& client);
  void turn_to_another(World& world, Client& client);
  // Goes over to whoever leads, if that is known. Requires that nothing is under way.
  void follow_leader(World& world, Client& client);
  void pause(World& world, Client& client);
  // Another try of all that is under way, unless there may be none.
  void again(World& world, Client& client, SessionWatcher& watcher);
  void hear(World& world, Client& client, const RespReply& reply, SessionWatcher& watcher);
  // Its session was dropped: the next one is numbered above all of which the node has said so.
  void begin_session(Client& client, std::string_view refusal);
  void ask_as_another(World& world, Client& client, std::size_t nth);
  void disconnect(World& world, Client& client);
  // Of the operation at that place of the line.
  void end(World& world, Client& client, std::size_t nth, Outcome outcome, const Found& found,
           SessionWatcher& watcher);
  // The same, where no answer has told.
  void give_up(World& world, Client& client, std::size_t nth, SessionWatcher& watcher);
  // Sees to it that an alarm comes when the patience with the first of them is over.
  void watch(World& world, Client& client);
  static Time first_gives_up(const Client& client);
  void patience_over(World& world, Client& client, SessionWatcher& watcher);

  SessionSettings settings_;
  std::vector<Client> clients_;
  std::size_t done_ = 0;
  std::size_t writers_ = 0;  // those that are not done
  Bytes scratch_;
};

}  // namespace quorate::sim
