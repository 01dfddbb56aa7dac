// Where does a node meet the world? Here, and nowhere else.
//
// The driver frames and parses bytes, keeps the connections, performs a node's effects and turns
// what happens in the world into its events. Each public call is one turn: it takes what has
// happened, lets the node decide, appends, sends, and only then begins a sync, so that a leader
// ships before its own disk is done. Whoever runs it (simulator or poll loop) calls
// - start() once, then the call that fits whenever something happens,
// - time_passed() when next_deadline() has come, after all that has arrived by then was told,
// - facts() after each call, to learn what was decided.
// A driver with its node is a value: it keeps no reference to its Env and can be copied.
//
// Bounds: a peer's connection buffers at most one frame coming in, and going out what the leader's
// window allows; a client's at most one request, and it is read from only while its answers leave.
#pragma once

#include <optional>
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
  // Connections that have not said hello yet; the oldest gives way.
  static constexpr std::size_t kMaxPending = 64;
  // What may be buffered for one connection, one way.
  static constexpr std::size_t kMaxBuffered = std::size_t{4} << 20;

  // `rules` must outlive the driver and its copies.
  Driver(const NodeConfig& config, const Rules& rules);

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

  Time next_deadline() const;
  // What was decided in the last turn.
  const Facts& facts() const { return effects_.facts; }
  // The node has stopped for good: it must be started anew, from its disk.
  bool halted() const { return halted_; }

  // Null before the node has started.
  const Node* node() const { return node_ ? &*node_ : nullptr; }
  // The most that any connection holds in its buffers now, in bytes.
  std::size_t most_buffered() const { return connections_.most_buffered(); }

 private:
  // Closes the connection; tells the node if it was a peer's.
  void drop(Env& env, Connection& connection);

  void start_node(Env& env);
  void begin_turn() { effects_.clear(); }
  void end_turn(Env& env);

  void read_from(Env& env, Connection& connection);
  void take_frames(Env& env, Connection& connection);
  bool take_hello(Env& env, Connection& connection, const Message& message);
  void damaged_frame(Env& env, Connection& connection);
  void take_requests(Env& env, Connection& connection);
  void take_request(Env& env, Connection& connection, const RespArguments& arguments);

  // The effects, from where they were left; each may bring about more.
  bool perform(Env& env);
  void append(Env& env);
  void send(const Send& send);
  void reply(const Reply& reply);
  void answer(Connection& connection, ByteSpan bytes);
  void dial(Env& env, NodeId peer);
  void flush(Env& env);
  void flush(Env& env, Connection& connection);
  void mark(Connection& connection);
  void halt(Env& env);

  NodeConfig config_;
  const Rules* rules_;
  std::optional<Node> node_;
  std::optional<std::pair<Wal, WalRecovery>> found_;  // read, not durable yet
  Effects effects_;
  struct Performed {  // how many of the effects are done
    std::size_t sends = 0, replies = 0, dials = 0, hang_ups = 0;
  } done_;
  Connections connections_;
  std::vector<std::uint32_t> dirty_;    // slots to flush
  std::vector<std::uint32_t> resumed_;  // clients that may go on
  Bytes scratch_;
  ByteCount written_;      // up to here the file has what the log has
  ByteCount durable_;      // up to here it is durable
  ByteCount sync_covers_;  // what the sync under way will have made durable
  bool syncing_ = false;
  bool halted_ = false;
};

}  // namespace quorate
