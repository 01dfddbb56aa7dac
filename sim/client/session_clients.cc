#include "sim/client/session_clients.h"

#include <algorithm>
#include <charconv>

#include "core/base/check.h"

namespace quorate::sim {

namespace {

bool is_write(OperationKind op) { return op != OperationKind::get; }

// Has the node said that nothing has happened, so that it may be tried again elsewhere?
bool says_nothing_happened(std::string_view error) {
  for (const std::string_view code : {"NOTLEADER", "LOADING", "TRYAGAIN", "DISKFULL"})
    if (error.starts_with(code)) return true;
  return false;
}

bool says_fate_is_unknown(std::string_view error) {
  return error.starts_with("TIMEOUT") || error.starts_with("DEPOSED");
}

}  // namespace

void SessionClients::begin(World& world, const SessionSettings& settings) {
  settings_ = settings;
  clients_.resize(settings.clients);
  done_ = writers_ = 0;
  for (std::uint32_t n = 0; n < settings.clients; ++n) {
    Client& client = clients_[n];
    client.party = kFirstClient + n;
    client.state = State::resting;
    client.is_connected = client.has_pipe = client.is_watched = false;
    client.in.clear();
    client.out.clear();
    client.session = ClientId(n + 1);
    client.sequences = client.drawn = client.moves = 0;
    client.next_operation = 0;
    client.node = client.pinned = NodeId();
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
  const bool is_explicit = settings_.operations != nullptr && !settings_.operations->empty();
  client.pinned = NodeId();
  if (!(is_explicit ? choose_explicit(world, client) : choose(world, client))) return;
  SessionOperation& operation = client.operation;
  if (is_write(operation.op)) operation.sequence = ++client.sequences;
  operation.began_at = world.now();
  client.may_have_happened = false;
  client.gives_up_at = world.now() + settings_.write_timeout + kPatience;
  if (!client.is_watched) {
    client.is_watched = true;
    world.set_alarm(client.gives_up_at, kAlarms + 2 * index(client) + 1);
  }
  if (!client.pinned.is_none() && client.pinned != client.node) {
    disconnect(world, client);
    client.node = client.pinned;
  }
  watcher.began(index(client), operation);
  if (settings_.ear != nullptr) settings_.ear->began(index(client), operation);
  ask(world, client);
}

// ---- asking

void SessionClients::ask(World& world, Client& client) {
  if (client.is_connected) return send(world, client);
  client.state = State::dialing;
  client.pipe = world.client_dial(client.party, client.node);
  client.has_pipe = true;
}

void SessionClients::send(World& world, Client& client) {
  const SessionOperation& operation = client.operation;
  const std::string who = std::to_string(client.session.value());
  const std::string sequence = std::to_string(operation.sequence);
  scratch_.clear();
  switch (operation.op) {
    case OperationKind::get: encode_request(scratch_, {"GET", operation.key}); break;
    case OperationKind::set:
      encode_request(scratch_, {"ONCE", who, sequence, "SET", operation.key, operation.value});
      break;
    case OperationKind::del:
      encode_request(scratch_, {"ONCE", who, sequence, "DEL", operation.key});
      break;
    case OperationKind::cas:
      encode_request(
          scratch_, {"ONCE", who, sequence, "CAS", operation.key, operation.from, operation.value});
      break;
  }
  client.state = State::waiting;
  const std::size_t taken = world.client_write(client.pipe, scratch_);
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
  const NodeId leader = only_reads(client) ? world.who_leads() : NodeId();
  if (!leader.is_none() && leader != client.node) {
    client.node = leader;
    return;
  }
  client.node = NodeId(NodeId(drawn + 1) == client.node ? (drawn + 1) % nodes + 1 : drawn + 1);
}

void SessionClients::again(World& world, Client& client, SessionWatcher& watcher) {
  disconnect(world, client);
  if (!client.pinned.is_none()) {
    const bool unknown = client.may_have_happened && is_write(client.operation.op);
    return end(world, client, unknown ? Outcome::lost : Outcome::error, {}, watcher);
  }
  turn_to_another(world, client);
  client.state = State::pausing;
  world.set_alarm(world.now() + kPause, kAlarms + 2 * index(client));
}

void SessionClients::begin_session(Client& client, std::string_view refusal) {
  std::uint64_t dropped = 0;
  const std::string_view number = refusal.substr(refusal.rfind(' ') + 1);
  const auto read = std::from_chars(number.data(), number.data() + number.size(), dropped);
  QUORATE_CHECK(read.ec == std::errc(), "a node says above which number a session may begin");
  while (client.session.value() <= dropped)
    client.session = ClientId(client.session.value() + settings_.clients);
}

void SessionClients::disconnect(World& world, Client& client) {
  if (client.has_pipe) world.client_close(client.pipe);
  client.is_connected = client.has_pipe = false;
  client.in.clear();
  client.out.clear();
}

void SessionClients::end(World& world, Client& client, Outcome outcome, const Found& found,
                         SessionWatcher& watcher) {
  client.state = State::resting;
  watcher.ended(index(client), client.operation, outcome, found);
  if (settings_.ear != nullptr)
    settings_.ear->ended(index(client), client.operation, outcome, found);
  const Duration least = watches(client) ? kWatches : microseconds(1);
  world.set_alarm(world.now() + std::max(settings_.think, least), kAlarms + 2 * index(client));
}

// ---- what comes back

void SessionClients::connected(World& world, Party party) {
  Client& client = clients_[party - kFirstClient];
  client.is_connected = true;
  if (client.state == State::dialing) send(world, client);
}

void SessionClients::refused(World& world, Party party) {
  Client& client = clients_[party - kFirstClient];
  client.has_pipe = false;
  if (client.state != State::dialing) return;
  if (client.pinned.is_none()) turn_to_another(world, client);
  client.state = State::pausing;
  world.set_alarm(world.now() + kPause, kAlarms + 2 * index(client));
}

void SessionClients::readable(World& world, Party party, SessionWatcher& watcher) {
  Client& client = clients_[party - kFirstClient];
  const bool stands = world.client_read(client.pipe, client.in);
  RespReply reply;
  const ReplyScan scan = scan_reply(client.in.bytes(), reply);
  if (scan.status != RespStatus::incomplete) {
    QUORATE_CHECK(scan.status == RespStatus::whole, "a node answers in RESP2");
    QUORATE_CHECK(client.state == State::waiting && scan.consumed == client.in.size(),
                  "a node answers only what was asked");
    hear(world, client, reply, watcher);
    if (client.has_pipe) client.in.clear();
  }
  if (stands || !client.has_pipe) return;
  const bool was_waiting = client.state == State::waiting;
  disconnect(world, client);
  if (!was_waiting) return turn_to_another(world, client);
  client.may_have_happened = true;
  again(world, client, watcher);
}

void SessionClients::hear(World& world, Client& client, const RespReply& reply,
                          SessionWatcher& watcher) {
  const SessionOperation& operation = client.operation;
  if (reply.kind == RespKind::error) {
    if (says_fate_is_unknown(reply.text)) client.may_have_happened = true;
    if (says_fate_is_unknown(reply.text) || says_nothing_happened(reply.text))
      return again(world, client, watcher);
    if (reply.text.starts_with("NOSESSION")) {
      begin_session(client, reply.text);
      if (!client.may_have_happened) return send(world, client);  // at once, as another's request
    }
    return end(world, client, client.may_have_happened ? Outcome::lost : Outcome::error, {},
               watcher);
  }
  Found found;
  found.has_value = operation.op == OperationKind::get && reply.kind == RespKind::bulk;
  found.value = reply.text;
  found.changed = reply.kind == RespKind::integer && reply.integer == 1;
  if (settings_.operations == nullptr || settings_.operations->empty()) {
    std::string& known = client.known[key_place(operation.key)];
    if (operation.op == OperationKind::get) known = found.has_value ? reply.text : "";
    if (operation.op == OperationKind::set || found.changed) known = operation.value;
  }
  end(world, client, Outcome::ok, found, watcher);
}

void SessionClients::alarm(World& world, std::uint32_t what, SessionWatcher& watcher) {
  Client& client = clients_[(what - kAlarms) / 2];
  if ((what - kAlarms) % 2 == 0) {
    if (client.state == State::pausing)
      ask(world, client);
    else if (client.state == State::resting)
      next(world, client, watcher);
    return;
  }
  client.is_watched = false;
  if (client.state == State::resting || client.state == State::done) return;
  if (world.now() < client.gives_up_at) {
    client.is_watched = true;
    return world.set_alarm(client.gives_up_at, what);
  }
  const bool unknown =
      (client.may_have_happened || client.state == State::waiting) && is_write(client.operation.op);
  disconnect(world, client);
  turn_to_another(world, client);
  end(world, client, unknown ? Outcome::lost : Outcome::error, {}, watcher);
}

}  // namespace quorate::sim
