// What does a client with a session do next?
#include "sim/client/session_clients.h"
#include "sim/world/node_names.h"

namespace quorate::sim {

std::size_t SessionClients::key_place(const std::string& key) {  // "k12"
  std::size_t place = 0;
  for (const char digit : std::string_view(key).substr(1))
    place = place * 10 + static_cast<std::size_t>(digit - '0');
  return place;
}

bool SessionClients::only_reads(const Client& client) const {
  return settings_.reads_percent >= 100 || (settings_.reads_percent > 0 && index(client) % 3 == 2);
}

bool SessionClients::watches(const Client& client) const {
  return only_reads(client) && settings_.reads_percent < 100;
}

bool SessionClients::choose(World& world, Client& client, SessionOperation& operation) {
  const std::uint32_t n = index(client);
  const Choice& choice = world.choice();
  client.has_asked_all = watches(client) ? writers_ == 0 : client.left == 0;
  if (client.has_asked_all) return false;
  const std::uint64_t nth = client.drawn++;
  const std::uint64_t kind = choice.below(1'000'000, Purpose::client_kind, n, nth);
  const auto within = [](std::uint64_t drawn, std::int64_t percent) {
    return drawn < static_cast<std::uint64_t>(percent);
  };
  const bool reads = only_reads(client) || within(kind % 100, settings_.reads_percent);
  if (!watches(client) && (!reads || only_reads(client))) --client.left;
  operation.op = reads                                                 ? OperationKind::get
                 : within(kind / 100 % 100, settings_.deletes_percent) ? OperationKind::del
                 : within(kind / 10'000, settings_.cas_percent)        ? OperationKind::cas
                                                                       : OperationKind::set;
  operation.key.assign(1, 'k');
  operation.key += std::to_string(choice.below(settings_.keys, Purpose::client_key, n, nth));
  operation.from.clear();
  operation.value.clear();
  if (operation.op == OperationKind::cas) {
    operation.from = client.known[key_place(operation.key)];
    if (operation.from.empty()) operation.op = OperationKind::set;  // it knows of nothing there
  }
  if (operation.op == OperationKind::set || operation.op == OperationKind::cas) {
    operation.value.assign(1, 'c').append(std::to_string(n + 1)).append(1, '.');
    operation.value += std::to_string(nth);
    if (operation.value.size() < settings_.value_bytes)
      operation.value.resize(settings_.value_bytes, '.');
  }
  return true;
}

// The next of the explicit ones, if its time has come; else an alarm is set for it.
bool SessionClients::choose_explicit(World& world, Client& client, SessionOperation& operation) {
  const std::vector<Operation>& operations = *settings_.operations;
  const auto mine = static_cast<std::int64_t>(index(client)) + 1;
  while (client.next_operation < operations.size() &&
         operations[client.next_operation].client != mine)
    ++client.next_operation;
  client.has_asked_all = client.next_operation == operations.size();
  if (client.has_asked_all) return false;
  const Operation& next = operations[client.next_operation];
  const bool is_alone = !next.node.empty() || !client.pinned.is_none();
  if (is_alone && !client.line.empty()) return false;
  const Time at = Time() + milliseconds(next.at_ms);
  if (world.now() < at) {
    if (client.called_at != at) world.set_alarm(at, kAlarms + 2 * index(client));
    client.called_at = at;
    return false;
  }
  ++client.next_operation;
  operation.op = next.op;
  operation.key = next.key;
  operation.value = next.value;
  operation.from = next.from;
  client.pinned = next.node.empty() ? NodeId() : node_by_name(next.node, true);
  return true;
}

}  // namespace quorate::sim
