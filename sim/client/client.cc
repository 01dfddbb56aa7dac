#include "sim/client/client.h"

#include <algorithm>

#include "core/base/check.h"
#include "core/wire/resp.h"

namespace quorate::sim {

namespace {

Outcome outcome_of(const RespReply& reply) {
  if (reply.kind != RespKind::error) return Outcome::ok;
  return reply.text.substr(0, 7) == "TIMEOUT" ? Outcome::timeout : Outcome::error;
}

constexpr std::size_t kNamed = 16;  // bytes

// "v" and 15 hexadecimal digits that name the write, then as many letters as are wanted.
void name_long(std::uint32_t client, std::uint64_t nth, std::size_t size, std::string& to) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::uint64_t name = (std::uint64_t{client} << 40) | nth;
  to.assign(size, 'x');
  to[0] = 'v';
  for (std::size_t i = kNamed; i-- > 1; name >>= 4) to[i] = kDigits[name & 15];
}

// A number in so many bytes, each any byte there is: '0' stands for 0, and what comes first can be
// read.
void name_short(std::uint64_t number, std::size_t size, std::string& to) {
  to.assign(size, '0');
  for (std::size_t i = size; i-- > 0; number >>= 8)
    to[i] = static_cast<char>(static_cast<unsigned char>('0' + (number & 0xFF)));
}

}  // namespace

void Clients::begin(World& world, const ClientsSettings& settings) {
  settings_ = settings;
  clients_.resize(settings.clients);
  done_ = 0;
  for (std::uint32_t n = 0; n < settings.clients; ++n) {
    Client& client = clients_[n];
    client.party = kFirstClient + n;
    client.state = State::idle;
    client.is_connected = client.has_pipe = client.is_watched = false;
    client.in.clear();
    client.sequence = client.drawn = client.named = 0;
    client.next_operation = 0;
    client.writes_left =
        settings.writes / settings.clients + (n < settings.writes % settings.clients ? 1 : 0);
    const auto start =
        static_cast<std::int64_t>(world.choice().below(1000, Purpose::client_start, n, 0));
    world.set_alarm(world.now() + microseconds(start), kAlarms + 2 * n);
  }
}

void Clients::next(World& world, Client& client, ClientWatcher& watcher) {
  const bool is_explicit = settings_.operations != nullptr && !settings_.operations->empty();
  if (!(is_explicit ? choose_explicit(world, client) : choose(world, client))) return;
  client.gives_up_at = world.now() + settings_.write_timeout + kPatience;
  watch(world, client);
  if (client.is_connected) {
    send(world, client, watcher);
    return;
  }
  client.state = State::dialing;
  client.invoked_at = world.now();
  dial(world, client);
}

void Clients::dial(World& world, Client& client) {
  client.pipe = world.client_dial(client.party, NodeId(1));
  client.has_pipe = true;
}

// Draws the next operation. False: there is none, the client is done.
bool Clients::choose(World& world, Client& client) {
  const std::uint32_t n = index(client);
  const Choice& choice = world.choice();
  if (client.writes_left == 0) {
    client.state = State::done;
    ++done_;
    return false;
  }
  const std::uint64_t nth = client.drawn++;
  const std::uint64_t kind = choice.below(10'000, Purpose::client_kind, n, nth);
  const auto percent = static_cast<std::uint64_t>(settings_.reads_percent);
  const bool reads = kind % 100 < percent;
  if (!reads || percent >= 100) --client.writes_left;
  if (reads) {
    client.op = OperationKind::get;
  } else {
    const bool deletes = kind / 100 < static_cast<std::uint64_t>(settings_.deletes_percent);
    client.op = deletes ? OperationKind::del : OperationKind::set;
  }
  client.key.assign(1, 'k');
  client.key += std::to_string(choice.below(settings_.keys, Purpose::client_key, n, nth));
  client.value.clear();
  if (client.op != OperationKind::set) return true;
  if (settings_.value_bytes >= kNamed)
    name_long(n, nth, settings_.value_bytes, client.value);
  else
    name_short(client.named++ * settings_.clients + n, settings_.value_bytes, client.value);
  return true;
}

// The next of the explicit ones, if its time has come; else an alarm is set for it.
bool Clients::choose_explicit(World& world, Client& client) {
  const std::vector<Operation>& operations = *settings_.operations;
  const auto mine = static_cast<std::int64_t>(index(client)) + 1;
  while (client.next_operation < operations.size() &&
         operations[client.next_operation].client != mine)
    ++client.next_operation;
  if (client.next_operation == operations.size()) {
    client.state = State::done;
    ++done_;
    return false;
  }
  const Operation& operation = operations[client.next_operation];
  const Time at = Time() + milliseconds(operation.at_ms);
  if (world.now() < at) {
    client.state = State::idle;
    world.set_alarm(at, kAlarms + 2 * index(client));
    return false;
  }
  ++client.next_operation;
  client.op = operation.op;
  client.key = operation.key;
  client.value = operation.value;
  return true;
}

void Clients::send(World& world, Client& client, ClientWatcher& watcher) {
  scratch_.clear();
  switch (client.op) {
    case OperationKind::set: encode_request(scratch_, {"SET", client.key, client.value}); break;
    case OperationKind::get: encode_request(scratch_, {"GET", client.key}); break;
    case OperationKind::del: encode_request(scratch_, {"DEL", client.key}); break;
    case OperationKind::cas: break;  // of the other profile
  }
  client.state = State::waiting;
  client.invoked_at = world.now();
  ++client.sequence;
  watcher.invoked(index(client), view(client));
  if (settings_.ear != nullptr) settings_.ear->invoked(index(client), view(client));
  world.client_write(client.pipe, scratch_);
}

ClientRequestView Clients::view(const Client& client) const {
  return {client.op, client.key, client.value, client.sequence, client.pipe, client.invoked_at};
}

void Clients::watch(World& world, Client& client) {
  if (client.is_watched) return;
  client.is_watched = true;
  world.set_alarm(client.gives_up_at, kAlarms + 2 * index(client) + 1);
}

void Clients::disconnect(World& world, Client& client) {
  if (client.has_pipe) world.client_close(client.pipe);
  client.is_connected = client.has_pipe = false;
  client.sequence = 0;
  client.in.clear();
}

void Clients::end(World& world, Client& client, Outcome outcome, ClientWatcher& watcher) {
  client.state = State::idle;
  watcher.ended(index(client), view(client), outcome);
  if (settings_.ear != nullptr) settings_.ear->ended(index(client), view(client), outcome);
  const Duration pause = outcome == Outcome::error ? kAfterError : settings_.think;
  if (pause.us() == 0)
    next(world, client, watcher);
  else
    world.set_alarm(world.now() + pause, kAlarms + 2 * index(client));
}

void Clients::connected(World& world, Party party, ClientWatcher& watcher) {
  Client& client = clients_[party - kFirstClient];
  client.is_connected = true;
  client.sequence = 0;
  if (client.state == State::dialing) send(world, client, watcher);
}

void Clients::refused(World& world, Party party, ClientWatcher& watcher) {
  static_cast<void>(watcher);
  Client& client = clients_[party - kFirstClient];
  client.has_pipe = false;
  if (client.state == State::dialing)  // tries again; its patience counts from the first time
    world.set_alarm(world.now() + kRedial, kAlarms + 2 * index(client));
}

void Clients::readable(World& world, Party party, ClientWatcher& watcher) {
  Client& client = clients_[party - kFirstClient];
  const bool stands = world.client_read(client.pipe, client.in);
  while (!client.in.empty()) {
    RespReply reply;
    const ReplyScan scan = scan_reply(client.in.bytes(), reply);
    if (scan.status == RespStatus::incomplete) break;
    QUORATE_CHECK(scan.status == RespStatus::whole, "a node answers in RESP2");
    QUORATE_CHECK(client.state == State::waiting, "a node answers only what was asked");
    const Outcome outcome = outcome_of(reply);
    if (settings_.ear != nullptr) settings_.ear->told(index(client), reply);
    client.in.consume(scan.consumed);
    end(world, client, outcome, watcher);
  }
  if (stands) return;
  const bool was_waiting = client.state == State::waiting;
  disconnect(world, client);
  if (was_waiting) end(world, client, Outcome::lost, watcher);
}

void Clients::alarm(World& world, std::uint32_t what, ClientWatcher& watcher) {
  Client& client = clients_[(what - kAlarms) / 2];
  if ((what - kAlarms) % 2 == 0) {
    if (client.state == State::dialing && !client.has_pipe)
      dial(world, client);
    else if (client.state == State::idle)
      next(world, client, watcher);
    return;
  }
  client.is_watched = false;
  if (client.state != State::waiting && client.state != State::dialing) return;
  if (world.now() < client.gives_up_at) return watch(world, client);
  const bool was_sent = client.state == State::waiting;
  disconnect(world, client);
  end(world, client, was_sent ? Outcome::lost : Outcome::error, watcher);
}

}  // namespace quorate::sim
