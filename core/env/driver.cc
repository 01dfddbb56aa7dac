#include "core/env/driver.h"

#include <algorithm>
#include <utility>

#include "core/base/check.h"
#include "core/wire/frame.h"

namespace quorate {

Driver::Driver(const NodeConfig& config, const Rules& rules, std::vector<std::string> addresses)
    : config_(config), rules_(&rules), addresses_(std::move(addresses)) {}

// ---- start

void Driver::start(Env& env) {
  begin_turn();
  Result<Bytes> file = env.disk.read();
  if (!file) return halt(env);
  WalRecovery found;
  Wal wal = Wal::recover(std::move(file).value(), found, env.disk.begin());
  if (found.torn() && rules_->cuts_torn_tail() && !env.disk.cut(wal.end())) return halt(env);
  written_ = wal.end();
  found_.emplace(std::move(wal), found);
  if (written_.is_none() && !found.torn()) return start_node(env);
  syncing_ = true;
  sync_covers_ = written_;
  env.disk.start_sync();
}

void Driver::start_node(Env& env) {
  node_.emplace(config_, *rules_, std::move(found_->first), found_->second);
  found_.reset();
  node_->start(env.clock.now(), effects_);
  // Whoever came before we were ready has been kept waiting.
  for (std::uint32_t slot = 0; slot < connections_.slots(); ++slot)
    if (connections_.at_slot(slot).kind != ConnectionKind::unused)
      read_from(env, connections_.at_slot(slot));
  end_turn(env);
}

// ---- what happens

void Driver::accepted_peer(Env& env, SocketId socket) {
  begin_turn();
  if (halted_) return env.sockets.close(socket);
  if (Connection* oldest = connections_.oldest_pending(kMaxPending)) drop(env, *oldest);
  read_from(env, connections_.open(socket, ConnectionKind::pending, NodeId()));
  end_turn(env);
}

void Driver::accepted_client(Env& env, SocketId socket) {
  begin_turn();
  if (halted_) return env.sockets.close(socket);
  read_from(env, connections_.open(socket, ConnectionKind::client, NodeId()));
  end_turn(env);
}

void Driver::dialed(Env& env, SocketId socket, bool established) {
  begin_turn();
  Connection* connection = connections_.find(socket);
  if (connection == nullptr || !node_) return;
  if (!established) {
    drop(env, *connection);
  } else {
    connection->kind = ConnectionKind::pending;
    encode_frame({config_.id, node_->log().generation(), node_->hello()}, {}, connection->out);
    mark(*connection);
    read_from(env, *connection);
  }
  end_turn(env);
}

void Driver::readable(Env& env, SocketId socket) {
  begin_turn();
  Connection* connection = connections_.find(socket);
  if (connection == nullptr || !node_) return;
  read_from(env, *connection);
  end_turn(env);
}

void Driver::writable(Env& env, SocketId socket) {
  begin_turn();
  Connection* connection = connections_.find(socket);
  if (connection == nullptr || !node_) return;
  mark(*connection);
  end_turn(env);
}

void Driver::synced(Env& env, bool succeeded) {
  begin_turn();
  syncing_ = false;
  if (!succeeded) {
    if (!node_ || rules_->stops_after_failed_sync()) {
      if (node_) node_->step(env.clock.now(), SyncFailed{}, effects_);
      return halt(env);
    }
    return end_turn(env);  // a mistake: tries again as if the bytes were still there to be synced
  }
  durable_ = std::max(durable_, rules_->durable_after_sync(sync_covers_, written_));
  if (!node_) return start_node(env);
  node_->step(env.clock.now(), Synced{durable_}, effects_);
  end_turn(env);
}

void Driver::time_passed(Env& env) {
  begin_turn();
  if (!node_) return;
  node_->step(env.clock.now(), DeadlinePassed{}, effects_);
  end_turn(env);
}

void Driver::woken(Env& env) {
  begin_turn();
  end_turn(env);
}

// ---- connections

void Driver::drop(Env& env, Connection& connection) {
  if (connection.kind == ConnectionKind::unused) return;
  const NodeId peer = connection.peer;
  const bool named = connection.kind == ConnectionKind::peer || !peer.is_none();
  connection.kind = ConnectionKind::unused;
  connection.in.release();
  connection.out.release();
  env.sockets.close(connection.socket);
  if (named) forget_sends(peer);
  if (named && node_) tell(env, PeerGone{peer});
}

// ---- what a turn seldom ends with

void Driver::dial_wanted(Env& env) {
  for (std::size_t i = 0; i < effects_.dials.size(); ++i) dial(env, effects_.dials[i]);
  effects_.dials.clear();
}

void Driver::hang_up(Env& env) {
  for (std::size_t i = 0; i < effects_.hang_ups.size(); ++i)
    if (Connection* connection = connections_.to_peer(effects_.hang_ups[i])) drop(env, *connection);
  effects_.hang_ups.clear();
}

// Clients that were not read from, and may go on.
void Driver::resume(Env& env) {
  for (std::size_t i = 0; i < resumed_.size(); ++i) {
    Connection& connection = connections_.at_slot(resumed_[i]);
    if (connection.kind != ConnectionKind::client) continue;
    take_what_came(env, connection);
    read_from(env, connection);
    told_ = true;
  }
  resumed_.clear();
}

void Driver::dial(Env& env, NodeId peer) {
  const Result<SocketId> socket = env.sockets.dial(peer);
  if (socket)
    connections_.open(socket.value(), ConnectionKind::dialing, peer);
  else
    tell(env, PeerGone{peer});
}

void Driver::halt(Env& env) {
  halted_ = true;
  for (std::uint32_t slot = 0; slot < connections_.slots(); ++slot) {
    Connection& connection = connections_.at_slot(slot);
    if (connection.kind == ConnectionKind::unused) continue;
    connection.kind = ConnectionKind::unused;
    env.sockets.close(connection.socket);
  }
  dirty_.clear();
  resumed_.clear();
  facts_on_disk_ = 0;
}

}  // namespace quorate
