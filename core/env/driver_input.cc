// The driver's ear: what peers and clients have sent, framed, parsed and told to the node.
#include <algorithm>
#include <string>

#include "core/env/driver.h"
#include "core/env/info.h"
#include "core/wire/frame.h"

namespace quorate {

namespace {

constexpr std::size_t kLeastRoom = 256;

}  // namespace

// Frame after frame. Less than one may be left.
inline void Driver::take_frames(Env& env, Connection& connection) {
  while (!connection.in.empty()) {
    const FrameScan scan = scan_frame(connection.in.bytes());
    if (scan.status == FrameStatus::incomplete) return;
    if (scan.status == FrameStatus::damaged) {
      damaged_frame(env, connection);
      continue;
    }
    if (connection.kind == ConnectionKind::pending) {
      if (!take_hello(env, connection, scan.message)) return drop(env, connection);
    } else {
      const PeerSaid said{connection.peer, scan.message, scan.records};
      node_->step(env.clock.now(), said, effects_);
    }
    connection.in.consume(scan.size);
  }
}

void Driver::read_from(Env& env, Connection& connection) {
  if (!node_ || connection.kind == ConnectionKind::dialing) return;
  if (connection.kind == ConnectionKind::client)
    hear_client(env, connection);
  else
    hear_peer(env, connection);
}

// All that has come, or up to where the connection is dropped.
void Driver::hear_peer(Env& env, Connection& connection) {
  static_assert(frame_format::kMaxFrame < kMaxBuffered, "there is room for a frame");
  for (bool had_all = false; !had_all && connection.kind != ConnectionKind::unused;) {
    const Result<Taken> got = env.sockets.read(connection.socket, connection.in.room(kLeastRoom));
    if (!got) {
      if (got.error() != ErrorKind::would_block) drop(env, connection);
      return;
    }
    connection.in.added(got.value().bytes);
    had_all = got.value().is_all;
    take_frames(env, connection);
    most_buffered_ = std::max(most_buffered_, connection.in.size());
  }
}

void Driver::hear_client(Env& env, Connection& connection) {
  bool had_all = false;
  while (connection.kind != ConnectionKind::unused && !connection.ends) {
    if (connection.in.size() >= kMaxBuffered) return;
    // One that doesn't take its answers, or has enough under way, is not read from.
    connection.held =
        connection.unanswered >= kMaxUnanswered || connection.out.size() >= kMaxAnswers ||
        (connection.waits &&
         (connection.in.size() >= kMaxWaiting || connection.arrivals.size() >= kMaxArrivals));
    if (connection.held || had_all) return;
    std::span<Byte> room = connection.in.room(kLeastRoom);
    if (connection.waits)
      room = room.first(std::min(room.size(), kMaxWaiting - connection.in.size()));
    const Result<Taken> got = env.sockets.read(connection.socket, room);
    if (!got) {
      const bool is_over = got.error() != ErrorKind::would_block;
      // One that has said all may wait for its answers still: then it is looked at again.
      connection.held = is_over && connection.unanswered > 0;
      connection.ends = is_over && !connection.held && !connection.out.empty();
      if (connection.ends)
        mark(connection);
      else if (is_over && !connection.held)
        drop(env, connection);
      return;
    }
    connection.in.added(got.value().bytes);
    had_all = got.value().is_all;
    take_what_came(env, connection);
    most_buffered_ = std::max(most_buffered_, connection.in.size());
  }
}

void Driver::damaged_frame(Env& env, Connection& connection) {
  effects_.note(FactKind::frame_damaged, connection.peer, Lsn());
  if (rules_->closes_on_damaged_head())
    drop(env, connection);
  else
    connection.in.consume(1);  // a mistake: looks for the next frame inside the broken one
}

bool Driver::take_hello(Env& env, Connection& connection, const Message& message) {
  const auto* hello = std::get_if<Hello>(&message.body);
  const bool is_member = !message.from.is_none() && message.from.value() <= config_.members &&
                         message.from != config_.id;
  if (hello == nullptr || !is_member) return false;
  if (!connection.peer.is_none() && connection.peer != message.from) return false;
  if (Connection* before = connections_.of_peer(message.from)) drop(env, *before);
  connections_.name(connection, message.from);
  node_->step(env.clock.now(), PeerConnected{message.from, message.generation, *hello}, effects_);
  return true;
}

// What was to go out on a connection that is over must not go out on the next one.
void Driver::forget_sends(NodeId peer) {
  const auto is_to = [peer](const Send& send) { return send.to == peer; };
  std::erase_if(effects_.sends, is_to);
}

// What has to wait for its turn does so from now on.
void Driver::take_what_came(Env& env, Connection& connection) {
  connection.waits = take_requests(env, connection);
  if (!connection.waits) return;
  const std::uint64_t come = connection.taken + connection.in.size();
  if (connection.arrivals.empty() || connection.arrivals.back().up_to < come)
    connection.arrivals.push_back({come, env.clock.now()});
}

// Whether one that has come whole waits for those before it.
bool Driver::take_requests(Env& env, Connection& connection) {
  RespArguments arguments;
  while (connection.kind == ConnectionKind::client && !connection.ends && !connection.in.empty()) {
    if (connection.unanswered >= kMaxUnanswered) return true;
    if (!may_ask(connection)) {  // goes on when it has been flushed
      mark(connection);
      return true;
    }
    const RequestScan scan = scan_request(connection.in.bytes(), arguments);
    scratch_.clear();
    if (scan.status == RespStatus::incomplete) {
      connection.in.consume(scan.consumed);  // empty ones, that nobody answers
      connection.taken += scan.consumed;
      if (connection.in.size() < kMaxBuffered) return false;
      encode_error(scratch_, "ERR Protocol error: the request is too large");
    } else if (scan.status == RespStatus::malformed) {
      encode_error(scratch_, "ERR Protocol error: " + std::string(scan.reason));
    } else {
      const Command command = understand(arguments);
      if (connection.unanswered > 0 && must_wait(command)) return true;
      take_request(env, connection, command, scan.consumed);
      connection.in.consume(scan.consumed);
      connection.taken += scan.consumed;
      if (!connection.in.empty() && !rules_->keeps_requests_behind()) connection.in.clear();
      continue;
    }
    if (connection.unanswered > 0) return true;
    connection.out.append(scratch_);
    connection.ends = true;
    mark(connection);
  }
  return false;
}

// Answers leave in the order of their requests: all but a write waits for the writes before.
bool Driver::must_wait(const Command& command) const {
  if (command.kind != CommandKind::request) return true;
  return command.request == RequestKind::get && rules_->reads_wait_for_writes();
}

// How long ago had the next `size` bytes come? Those that need not wait come just now.
Duration Driver::waited(const Env& env, Connection& connection, std::size_t size) {
  auto& arrivals = connection.arrivals;
  const std::uint64_t end = connection.taken + size;
  const auto at = std::find_if(arrivals.begin(), arrivals.end(),
                               [end](const Connection::Arrival& a) { return a.up_to >= end; });
  const Duration waited = at == arrivals.end() ? Duration() : env.clock.now() - at->at;
  arrivals.erase(arrivals.begin(), at != arrivals.end() && at->up_to == end ? at + 1 : at);
  return waited;
}

// What waits to be told, to this client or in this turn to all, has a bound.
bool Driver::may_ask(const Connection& connection) const {
  return connection.out.size() < kMaxAnswers && effects_.values.size() < kMaxAnswers &&
         effects_.payloads.size() < kMaxAnswers;
}

// What it answers is in scratch_.
Command Driver::understand(const RespArguments& arguments) {
  const Command command = read_command(arguments, scratch_);
  if (command.once.is_none() || config_.elects()) return command;
  encode_error(scratch_, "ERR ONCE needs the profile replicated_log");
  return {};
}

// What understand() has answered is in scratch_.
void Driver::take_request(Env& env, Connection& connection, const Command& command,
                          std::size_t size) {
  const Duration waited =
      connection.arrivals.empty() ? Duration() : this->waited(env, connection, size);
  if (command.kind == CommandKind::request) {
    ++connection.requests;
    ++connection.unanswered;
    node_->step(
        env.clock.now(),
        ClientRequest{ClientId(connection.socket.value()), connection.requests, command.request,
                      command.key, command.value, command.from, command.once, waited},
        effects_);
    return;
  }
  if (command.kind == CommandKind::info) encode_bulk(scratch_, info_text(*node_));
  connection.out.append(scratch_);
  connection.ends = command.kind == CommandKind::quit;
  mark(connection);
}

}  // namespace quorate
