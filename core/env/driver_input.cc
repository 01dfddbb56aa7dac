// The driver's ear: what peers and clients have sent, framed, parsed and told to the node.
#include <algorithm>
#include <string>

#include "core/env/driver.h"
#include "core/env/info.h"
#include "core/wire/frame.h"

namespace quorate {

void Driver::read_from(Env& env, Connection& connection) {
  if (!node_ || connection.kind == ConnectionKind::dialing) return;
  constexpr std::size_t kLeast = 256;
  while (connection.kind != ConnectionKind::unused && !connection.ends) {
    if (connection.in.size() >= kMaxBuffered) return;
    const bool is_client = connection.kind == ConnectionKind::client;
    if (is_client) {
      // One that doesn't take its answers, or has enough under way, is not read from.
      connection.held =
          connection.unanswered >= kMaxUnanswered || connection.out.size() >= kMaxAnswers;
      if (connection.held) return;
    }
    const std::span<Byte> room = connection.in.room(kLeast);
    const Result<std::size_t> got = env.sockets.read(connection.socket, room);
    if (!got) {
      if (got.error() != ErrorKind::would_block) drop(env, connection);
      return;
    }
    connection.in.added(got.value());
    if (is_client)
      take_requests(env, connection);
    else
      take_frames(env, connection);
    most_buffered_ = std::max(most_buffered_, connection.in.size());
  }
}

void Driver::take_frames(Env& env, Connection& connection) {
  while (connection.kind != ConnectionKind::unused && !connection.in.empty()) {
    const FrameScan scan = scan_frame(connection.in.bytes());
    if (scan.status == FrameStatus::incomplete) return;
    if (scan.status == FrameStatus::damaged) {
      damaged_frame(env, connection);
      continue;
    }
    if (connection.kind == ConnectionKind::pending) {
      if (!take_hello(env, connection, scan.message)) return drop(env, connection);
    } else {
      const ByteSpan records = connection.in.bytes().first(scan.size).subspan(scan.head_size);
      node_->step(env.clock.now(), PeerSaid{connection.peer, scan.message, records}, effects_);
    }
    connection.in.consume(scan.size);
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

void Driver::take_requests(Env& env, Connection& connection) {
  RespArguments arguments;
  while (connection.kind == ConnectionKind::client && !connection.ends &&
         connection.unanswered < kMaxUnanswered && !connection.in.empty()) {
    if (!may_ask(connection)) return mark(connection);  // goes on when it has been flushed
    const RequestScan scan = scan_request(connection.in.bytes(), arguments);
    if (scan.status == RespStatus::incomplete) {
      if (connection.in.size() < kMaxBuffered) return;
      scratch_.clear();
      encode_error(scratch_, "ERR Protocol error: the request is too large");
    } else if (scan.status == RespStatus::malformed) {
      scratch_.clear();
      encode_error(scratch_, "ERR Protocol error: " + std::string(scan.reason));
    } else {
      scratch_.clear();
      const Command command = read_command(arguments, scratch_);
      // Answers leave in the order of their requests: all but a write waits for the writes before.
      const bool writes =
          command.kind == CommandKind::request && command.request != RequestKind::get;
      if (connection.unanswered > 0 && !writes) return;
      take_request(env, connection, command);
      connection.in.consume(scan.consumed);
      continue;
    }
    if (connection.unanswered > 0) return;
    connection.out.append(scratch_);
    connection.ends = true;
    mark(connection);
  }
}

// What waits to be told, to this client or in this turn to all, has a bound.
bool Driver::may_ask(const Connection& connection) const {
  return connection.out.size() < kMaxAnswers && effects_.values.size() < kMaxAnswers;
}

// What read_command() has answered is in scratch_.
void Driver::take_request(Env& env, Connection& connection, const Command& command) {
  if (command.kind == CommandKind::request) {
    ++connection.requests;
    ++connection.unanswered;
    node_->step(env.clock.now(),
                ClientRequest{ClientId(connection.socket.value()), connection.requests,
                              command.request, command.key, command.value},
                effects_);
    return;
  }
  if (command.kind == CommandKind::info) encode_bulk(scratch_, info_text(*node_));
  connection.out.append(scratch_);
  connection.ends = command.kind == CommandKind::quit;
  mark(connection);
}

}  // namespace quorate
