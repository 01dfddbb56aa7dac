// What does a client with a session make of what it is told, and of what it is not told?
#include <algorithm>
#include <charconv>

#include "core/base/check.h"
#include "sim/client/session_clients.h"

namespace quorate::sim {

namespace {

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

void SessionClients::connected(World& world, Party party) {
  Client& client = clients_[party - kFirstClient];
  client.link = Link::connected;
  if (!client.line.empty()) send(world, client);
}

void SessionClients::refused(World& world, Party party) {
  Client& client = clients_[party - kFirstClient];
  client.has_pipe = false;
  if (client.link != Link::dialing) return;
  if (client.pinned.is_none()) turn_to_another(world, client);
  pause(world, client);
}

void SessionClients::readable(World& world, Party party, SessionWatcher& watcher) {
  Client& client = clients_[party - kFirstClient];
  const bool stands = world.client_read(client.pipe, client.in);
  while (client.has_pipe && !client.in.empty()) {
    RespReply reply;
    const ReplyScan scan = scan_reply(client.in.bytes(), reply);
    if (scan.status == RespStatus::incomplete) break;
    QUORATE_CHECK(scan.status == RespStatus::whole, "a node answers in RESP2");
    hear(world, client, reply, watcher);
    const auto is_sent = [&client](std::uint32_t place) { return client.tries[place].is_sent; };
    if (client.turns && std::none_of(client.line.begin(), client.line.end(), is_sent))
      again(world, client, watcher);
    if (client.has_pipe) client.in.consume(scan.consumed);
  }
  if (stands || !client.has_pipe) return;
  if (!client.line.empty()) return again(world, client, watcher);
  disconnect(world, client);
  turn_to_another(world, client);
}

void SessionClients::hear(World& world, Client& client, const RespReply& reply,
                          SessionWatcher& watcher) {
  const auto sent = [&client](std::uint32_t place) { return client.tries[place].is_sent; };
  const auto asked = std::find_if(client.line.begin(), client.line.end(), sent);
  QUORATE_CHECK(asked != client.line.end(), "a node answers only what was asked");
  const auto nth = static_cast<std::size_t>(asked - client.line.begin());
  Try& one = client.tries[*asked];
  const SessionOperation& operation = one.operation;
  if (reply.kind == RespKind::error) {
    const bool is_unknown = says_fate_is_unknown(reply.text);
    if (is_unknown || says_nothing_happened(reply.text)) {
      one.is_sent = false;
      one.may_have_happened = one.may_have_happened || is_unknown;
      client.turns = true;
      return;
    }
    const bool is_dropped = reply.text.starts_with("NOSESSION");
    if (is_dropped) begin_session(client, reply.text);
    if ((is_dropped || reply.text.starts_with("OLDSEQUENCE")) && !one.may_have_happened)
      return ask_as_another(world, client, nth);
    return end(world, client, nth, one.may_have_happened ? Outcome::lost : Outcome::error, {},
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
  end(world, client, nth, Outcome::ok, found, watcher);
}

// An alarm ends the pause, if there is one, and else that of a place.
void SessionClients::alarm(World& world, std::uint32_t what, SessionWatcher& watcher) {
  Client& client = clients_[(what - kAlarms) / 2];
  if ((what - kAlarms) % 2 != 0) return patience_over(world, client, watcher);
  if (client.link == Link::pausing) {
    client.link = Link::none;
    return ask(world, client);
  }
  if (client.resting > 0) --client.resting;
  next(world, client, watcher);
}

Time SessionClients::first_gives_up(const Client& client) {
  Time first = Time::never();
  for (const std::uint32_t place : client.line)
    first = std::min(first, client.tries[place].gives_up_at);
  return first;
}

void SessionClients::watch(World& world, Client& client) {
  if (client.is_watched || client.line.empty()) return;
  client.is_watched = true;
  world.set_alarm(first_gives_up(client), kAlarms + 2 * index(client) + 1);
}

void SessionClients::patience_over(World& world, Client& client, SessionWatcher& watcher) {
  client.is_watched = false;
  if (world.now() < first_gives_up(client)) return watch(world, client);
  disconnect(world, client);
  turn_to_another(world, client);
  for (std::size_t n = client.line.size(); n-- > 0;)
    if (world.now() >= client.tries[client.line[n]].gives_up_at) give_up(world, client, n, watcher);
  if (client.line.empty()) return;
  watch(world, client);
  pause(world, client);
}

// ---- a dropped session

void SessionClients::begin_session(Client& client, std::string_view refusal) {
  std::uint64_t dropped = 0;
  const std::string_view number = refusal.substr(refusal.rfind(' ') + 1);
  const auto read = std::from_chars(number.data(), number.data() + number.size(), dropped);
  QUORATE_CHECK(read.ec == std::errc(), "a node says above which number a session may begin");
  while (client.session.value() <= dropped)
    client.session = ClientId(client.session.value() + settings_.clients);
}

// What was refused for good, and has not happened, is asked as another request, behind all that is
// under way.
void SessionClients::ask_as_another(World& world, Client& client, std::size_t nth) {
  Try& one = client.tries[client.line[nth]];
  one.session = client.session;
  one.is_sent = false;
  if (one.operation.sequence < client.sequences) one.operation.sequence = ++client.sequences;
  const auto at = client.line.begin() + static_cast<std::ptrdiff_t>(nth);
  std::rotate(at, at + 1, client.line.end());
  send(world, client);
}

}  // namespace quorate::sim
