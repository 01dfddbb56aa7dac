// Where does a node meet the world? Here, and nowhere else.
//
// The driver frames and parses bytes, keeps the connections, performs a node's effects and turns
// what happens in the world into its events. Each public call is one turn: it takes what has
// happened, lets the node decide, appends, sends, and only then begins a sync, so that a leader
// ships before its own disk is done. Whoever runs it (simulator or poll loop) calls
// - start() once, then the call that fits whenever something happens,
// - time_passed() when next_deadline() has come, after all that has arrived by then was told,
// - facts() after each call, to learn what was decided.
// Several happenings that were learned of together can be told as one turn, between begin() and
// end().
// A driver with its node is a value: it keeps no reference to its Env and can be copied.
//
// Bounds: a peer's connection buffers at most one frame coming in, and going out what the leader's
// window allows; a client's at most one request and kMaxWaiting of those that wait for their turn
// behind others, and it is read from only while its answers leave.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/env/client_protocol.h"
#include "core/env/connections.h"
#include "core/env/env.h"
#include "core/protocol/node.h"

namespace quorate {

class Driver {
 public:
  // A client may have so many writes under way on one connection before it is made to wait.
  static constexpr std::uint32_t kMaxUnanswered = 128;
  // What may have come of a client and wait for its turn behind them, in bytes and in pieces: each
  // request's own time counts from its arrival, so it has to be seen when that is.
  static constexpr std::size_t kMaxWaiting = std::size_t{1} << 20;
  static constexpr std::size_t kMaxArrivals = 256;
  // Connections that have not said hello yet; the oldest gives way.
  static constexpr std::size_t kMaxPending = 64;
  // What may be buffered for one connection, one way.
  static constexpr std::size_t kMaxBuffered = std::size_t{4} << 20;

  // Answers that may wait for room or for the end of the turn: who has so many gets no further.
  static constexpr std::size_t kMaxAnswers = std::size_t{1} << 20;

  // `rules` must outlive the driver and its copies. Who must ask another node is told where that
  // one's clients find it: node n is at addresses[n - 1], where that is known.
  Driver(const NodeConfig& config, const Rules& rules, std::vector<std::string> addresses = {});

  // Reads the log, and starts the node as soon as what it found is durable: bytes that a crashed
  // process had not synced may be in the file and still be lost.
  void start(Env& env);

  void accepted_peer(Env& env, SocketId socket);
  void accepted_client(Env& env, SocketId socket);
  void dialed(Env& env, SocketId socket, bool established);
  void readable(Env& env, SocketId socket);
  void writable(Env& env, SocketId socket);
  void synced(Env& env, bool succeeded);
  void time_passed(Env& env);
  // Woken for nothing.
  void woken(Env& env);

  // Until end() the calls above are parts of one turn: what follows from them goes out at its end,
  // so that the writes of many clients are one ship to each follower and one sync.
  void begin() {
    begin_turn();
    gathering_ = true;
  }
  void end(Env& env) {
    gathering_ = false;
    end_turn(env);
  }

  Time next_deadline() const { return node_ && !halted_ ? node_->next_deadline() : Time::never(); }
  // What was decided in the last turn.
  const Facts& facts() const { return effects_.facts; }
  // The node has stopped for good: it must be started anew, from its disk.
  bool halted() const { return halted_; }

  // Null before the node has started.
  const Node* node() const { return node_ ? &*node_ : nullptr; }
  // The most that any connection has held in a buffer at the end of its turn so far, in bytes.
  std::size_t most_buffered() const { return most_buffered_; }

 private:
  // Closes the connection; tells the node if it was a peer's.
  void drop(Env& env, Connection& connection);

  void start_node(Env& env);
  // Of the turn before only the facts are left: perform() takes the rest off its lists.
  void begin_turn() {
    if (!gathering_) effects_.facts.clear();
  }
  // To be followed by end_turn(), or another perform().
  template <class Happened>
  void tell(Env& env, const Happened& happened) {
    node_->step(env.clock.now(), happened, effects_);
    told_ = true;
  }
  void end_turn(Env& env);

  void read_from(Env& env, Connection& connection);
  void hear_peer(Env& env, Connection& connection);
  void hear_client(Env& env, Connection& connection);
  void take_frames(Env& env, Connection& connection);
  bool take_hello(Env& env, Connection& connection, const Message& message);
  void damaged_frame(Env& env, Connection& connection);
  Command understand(const RespArguments& arguments);
  void take_what_came(Env& env, Connection& connection);
  bool take_requests(Env& env, Connection& connection);
  void take_request(Env& env, Connection& connection, const Command& command, std::size_t size);
  bool must_wait(const Command& command) const;
  static Duration waited(const Env& env, Connection& connection, std::size_t size);
  bool may_ask(const Connection& connection) const;
  void forget_sends(NodeId peer);

  // The effects; each may bring about more. What is performed is taken off its list.
  void perform(Env& env);
  void send_all();
  void reply_all();
  void dial_wanted(Env& env);
  void hang_up(Env& env);
  void resume(Env& env);
  void append(Env& env);
  void append_refused(Env& env, ErrorKind why);
  void send(const Send& send);
  void encode(const Send& send, Connection& connection);
  void reply(const Reply& reply);
  void answer(Connection& connection, ByteSpan bytes);
  void dial(Env& env, NodeId peer);
  void flush(Env& env);
  void flush(Env& env, Connection& connection);
  void mark(Connection& connection) {
    if (connection.dirty) return;
    connection.dirty = true;
    dirty_.push_back(slot_of(connection.socket));
  }
  void halt(Env& env);

  NodeConfig config_;
  const Rules* rules_;
  std::optional<Node> node_;
  std::optional<std::pair<Wal, WalRecovery>> found_;  // read, not durable yet
  Effects effects_;
  std::size_t facts_on_disk_ = 0;  // noted before the last append: the disk has what they speak of
  Connections connections_;
  std::vector<std::uint32_t> dirty_;    // slots to flush
  std::vector<std::uint32_t> resumed_;  // clients that may go on
  Bytes scratch_;
  ByteCount written_;      // up to here the file has what the log has
  ByteCount durable_;      // up to here it is durable
  ByteCount sync_covers_;  // what the sync under way will have made durable
  bool syncing_ = false;
  bool halted_ = false;
  bool told_ = false;  // the node has been told something that it has not yet acted upon
  std::size_t most_buffered_ = 0;
  bool gathering_ = false;  // between begin() and end()
  std::vector<std::string> addresses_;
};

}  // namespace quorate
