#include "sim/client/session_clients.h"

#include <algorithm>

namespace quorate::sim {

namespace {

bool is_write(OperationKind op) { return op != OperationKind::get; }

}  // namespace

void SessionClients::begin(World& world, const SessionSettings& settings) {
  settings_ = settings;
  clients_.resize(settings.clients);
  done_ = writers_ = 0;
  for (std::uint32_t n = 0; n < settings.clients; ++n) {
    Client& client = clients_[n];
    client.party = kFirstClient + n;
    client.link = Link::none;
    client.turns = client.has_pipe = client.is_watched = client.has_asked_all = client.is_done =
        false;
    client.in.clear();
    client.out.clear();
    client.session = ClientId(n + 1);
    client.sequences = client.drawn = client.moves = 0;
    client.next_operation = 0;
    client.called_at = Time();
    client.node = client.pinned = NodeId();
    const bool pipelines =
        settings.pipeline > 1 &&
        world.choice().percent(settings.pipelined_percent, Purpose::client_pipelines, n, 0);
    client.tries.resize(pipelines ? settings.pipeline : 1);
    client.follows =
        settings.asks_leader_percent > 0 &&
        world.choice().percent(settings.asks_leader_percent, Purpose::client_asks_leader, n, 0);
    client.line.clear();
    client.resting = 0;
    client.known.assign(settings.keys, {});
    client.left =
        settings.writes / settings.clients + (n < settings.writes % settings.clients ? 1 : 0);
    writers_ += only_reads(client) ? 0 : 1;
    const auto start =
        static_cast<std::int64_t>(world.choice().below(1000, Purpose::client_start, n, 0));
    world.set_alarm(world.now() + microseconds(start), kAlarms + 2 * n);
    turn_to_another(world, client);
  }
}

// ---- what is next

void SessionClients::next(World& world, Client& client, SessionWatcher& watcher) {
  const std::size_t before = client.line.size();
  if (client.follows && before == 0) follow_leader(world, client);
  while (client.line.size() + client.resting < client.tries.size()) {
    if (client.line.empty()) client.pinned = NodeId();
    const bool is_explicit = settings_.operations != nullptr && !settings_.operations->empty();
    const std::uint32_t place = free_place(client);
    SessionOperation& operation = client.tries[place].operation;
    if (!(is_explicit ? choose_explicit(world, client, operation)
                      : choose(world, client, operation)))
      break;
    operation.place = place;
    client.line.push_back(place);
    begin_one(world, client, watcher);
  }
  if (client.line.size() > before) return ask(world, client);
  if (!client.line.empty() || client.resting > 0 || !client.has_asked_all || client.is_done) return;
  client.is_done = true;
  ++done_;
  writers_ -= only_reads(client) ? 0 : 1;
}

std::uint32_t SessionClients::free_place(const Client& client) {
  std::uint32_t place = 0;
  while (std::find(client.line.begin(), client.line.end(), place) != client.line.end()) ++place;
  return place;
}

// The last one of the line.
void SessionClients::begin_one(World& world, Client& client, SessionWatcher& watcher) {
  Try& last = client.tries[client.line.back()];
  SessionOperation& operation = last.operation;
  if (is_write(operation.op)) operation.sequence = ++client.sequences;
  operation.began_at = world.now();
  operation.tries = 0;
  last.session = client.session;
  last.is_sent = last.may_have_happened = false;
  last.gives_up_at = world.now() + settings_.write_timeout + kPatience;
  watch(world, client);
  if (!client.pinned.is_none() && client.pinned != client.node) {
    disconnect(world, client);
    client.node = client.pinned;
  }
  watcher.began(index(client), operation);
  if (settings_.ear != nullptr) settings_.ear->began(index(client), operation);
}

// ---- asking

void SessionClients::ask(World& world, Client& client) {
  if (client.link == Link::connected) return send(world, client);
  if (client.link != Link::none) return;
  client.link = Link::dialing;
  client.pipe = world.client_dial(client.party, client.node);
  client.has_pipe = true;
}

// All that has not been sent on this connection, in one write.
void SessionClients::send(World& world, Client& client) {
  if (client.turns) return;
  scratch_.clear();
  for (const std::uint32_t place : client.line) {
    Try& one = client.tries[place];
    if (one.is_sent) continue;
    one.is_sent = true;
    ++one.operation.tries;
    const SessionOperation& operation = one.operation;
    const std::string who = std::to_string(one.session.value());
    const std::string sequence = std::to_string(operation.sequence);
    switch (operation.op) {
      case OperationKind::get: encode_request(scratch_, {"GET", operation.key}); break;
      case OperationKind::set:
        encode_request(scratch_, {"ONCE", who, sequence, "SET", operation.key, operation.value});
        break;
      case OperationKind::del:
        encode_request(scratch_, {"ONCE", who, sequence, "DEL", operation.key});
        break;
      case OperationKind::cas:
        encode_request(scratch_, {"ONCE", who, sequence, "CAS", operation.key, operation.from,
                                  operation.value});
        break;
    }
  }
  const std::size_t taken =
      client.out.empty() ? world.client_write(client.pipe, scratch_) : std::size_t{0};
  client.out.append(ByteSpan(scratch_).subspan(taken));
}

void SessionClients::writable(World& world, Party party) {
  Client& client = clients_[party - kFirstClient];
  if (client.has_pipe && !client.out.empty())
    client.out.consume(world.client_write(client.pipe, client.out.bytes()));
}

void SessionClients::turn_to_another(World& world, Client& client) {
  const std::uint32_t nodes = world.node_count();
  const auto drawn = static_cast<std::uint32_t>(
      world.choice().below(nodes, Purpose::client_node, index(client), client.moves++));
  // Who only reads has followed the hints to whoever leads.
  const bool asks_leader = client.follows || only_reads(client);
  const NodeId leader = asks_leader ? world.who_leads() : NodeId();
  if (!leader.is_none() && leader != client.node) {
    client.node = leader;
    return;
  }
  client.node = NodeId(NodeId(drawn + 1) == client.node ? (drawn + 1) % nodes + 1 : drawn + 1);
}

void SessionClients::follow_leader(World& world, Client& client) {
  const NodeId leader = world.who_leads();
  if (leader.is_none() || leader == client.node) return;
  disconnect(world, client);
  client.node = leader;
}

void SessionClients::pause(World& world, Client& client) {
  client.link = Link::pausing;
  world.set_alarm(world.now() + kPause, kAlarms + 2 * index(client));
}

void SessionClients::again(World& world, Client& client, SessionWatcher& watcher) {
  disconnect(world, client);
  if (!client.pinned.is_none()) return give_up(world, client, 0, watcher);
  turn_to_another(world, client);
  pause(world, client);
}

// What was sent on the connection and not answered may have happened.
void SessionClients::disconnect(World& world, Client& client) {
  if (client.has_pipe) world.client_close(client.pipe);
  client.link = Link::none;
  client.turns = client.has_pipe = false;
  client.in.clear();
  client.out.clear();
  for (const std::uint32_t place : client.line) {
    Try& one = client.tries[place];
    one.may_have_happened = one.may_have_happened || one.is_sent;
    one.is_sent = false;
  }
}

void SessionClients::give_up(World& world, Client& client, std::size_t nth,
                             SessionWatcher& watcher) {
  const Try& one = client.tries[client.line[nth]];
  const bool unknown = one.may_have_happened && is_write(one.operation.op);
  end(world, client, nth, unknown ? Outcome::lost : Outcome::error, {}, watcher);
}

void SessionClients::end(World& world, Client& client, std::size_t nth, Outcome outcome,
                         const Found& found, SessionWatcher& watcher) {
  const SessionOperation& operation = client.tries[client.line[nth]].operation;
  watcher.ended(index(client), operation, outcome, found);
  if (settings_.ear != nullptr) settings_.ear->ended(index(client), operation, outcome, found);
  client.line.erase(client.line.begin() + static_cast<std::ptrdiff_t>(nth));
  ++client.resting;
  const Duration least = watches(client) ? kWatches : microseconds(1);
  world.set_alarm(world.now() + std::max(settings_.think, least), kAlarms + 2 * index(client));
}

}  // namespace quorate::sim
