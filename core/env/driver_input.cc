// The driver's ear: what peers and clients have sent, framed, parsed and told to the node.
#include <string>

#include "core/env/driver.h"
#include "core/wire/frame.h"

namespace quorate {

void Driver::read_from(Env& env, Connection& connection) {
  if (!node_ || connection.kind == ConnectionKind::dialing) return;
  constexpr std::size_t kLeast = 256;
  while (connection.kind != ConnectionKind::unused && !connection.ends) {
    if (connection.in.size() >= kMaxBuffered) return;
    // A client that doesn't take its answers, or has enough under way, is not read from.
    connection.held =
        connection.kind == ConnectionKind::client &&
        (connection.unanswered >= kMaxUnanswered || connection.out.size() >= kMaxBuffered);
    if (connection.held) return;
    const std::span<Byte> room = connection.in.room(kLeast);
    const Result<std::size_t> got = env.sockets.read(connection.socket, room);
    if (!got) {
      if (got.error() != ErrorKind::would_block) drop(env, connection);
      return;
    }
    connection.in.added(got.value());
    if (connection.kind == ConnectionKind::client)
      take_requests(env, connection);
    else
      take_frames(env, connection);
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
      node_->step(env.clock.now(), PeerSaid{connection.peer, scan.message, scan.records}, effects_);
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
  connection.kind = ConnectionKind::peer;
  connection.peer = message.from;
  node_->step(env.clock.now(), PeerConnected{message.from, message.generation, *hello}, effects_);
  return true;
}

void Driver::take_requests(Env& env, Connection& connection) {
  RespArguments arguments;
  while (connection.kind == ConnectionKind::client && !connection.ends &&
         connection.unanswered < kMaxUnanswered && !connection.in.empty()) {
    const RequestScan scan = scan_request(connection.in.bytes(), arguments);
    if (scan.status == RespStatus::incomplete) {
      if (connection.in.size() < kMaxBuffered) return;
      scratch_.clear();
      encode_error(scratch_, "ERR Protocol error: the request is too large");
    } else if (scan.status == RespStatus::malformed) {
      scratch_.clear();
      encode_error(scratch_, "ERR Protocol error: " + std::string(scan.reason));
    } else {
      // Answers leave in the order of their requests: all but a write waits for the writes before.
      if (connection.unanswered > 0) {
        Bytes unused;
        const Command next = read_command(arguments, unused);
        if (next.kind != CommandKind::request || next.request == RequestKind::get) return;
      }
      take_request(env, connection, arguments);
      connection.in.consume(scan.consumed);
      continue;
    }
    if (connection.unanswered > 0) return;
    connection.out.append(scratch_);
    connection.ends = true;
    mark(connection);
  }
}

void Driver::take_request(Env& env, Connection& connection, const RespArguments& arguments) {
  scratch_.clear();
  const Command command = read_command(arguments, scratch_);
  if (command.kind == CommandKind::request) {
    ++connection.requests;
    ++connection.unanswered;
    node_->step(env.clock.now(),
                ClientRequest{ClientId(connection.socket.value()), connection.requests,
                              command.request, command.key, command.value},
                effects_);
    return;
  }
  connection.out.append(scratch_);
  connection.ends = command.kind == CommandKind::quit;
  mark(connection);
}

}  // namespace quorate
