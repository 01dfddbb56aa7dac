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
    client.is_done = client.is_dialing = client.is_connected = client.has_pipe = false;
    client.is_watched = client.has_asked_all = false;
    client.in.clear();
    client.out.clear();
    client.sequence = client.sent_bytes = client.drawn = client.named = 0;
    const bool pipelines =
        settings.pipeline > 1 &&
        world.choice().percent(settings.pipelined_percent, Purpose::client_pipelines, n, 0);
    client.requests.resize(pipelines ? settings.pipeline : 1);
    client.first = client.under_way = client.resting = 0;
    client.next_operation = 0;
    client.called_at = Time();
    client.writes_left =
        settings.writes / settings.clients + (n < settings.writes % settings.clients ? 1 : 0);
    const auto start =
        static_cast<std::int64_t>(world.choice().below(1000, Purpose::client_start, n, 0));
    world.set_alarm(world.now() + microseconds(start), kAlarms + 2 * n);
  }
}

// Asks until no place is free, or there is nothing to ask for now. What can leave leaves together.
void Clients::ask(World& world, Client& client, ClientWatcher& watcher) {
  const std::uint32_t before = client.under_way;
  while (client.under_way + client.resting < client.requests.size()) {
    Request& next = request(client, client.under_way);
    if (!draw(world, client, next)) break;
    next.sequence = 0;
    next.invoked_at = world.now();
    next.gives_up_at = world.now() + settings_.write_timeout + kPatience;
    ++client.under_way;
  }
  if (client.under_way == 0) {
    if (!client.has_asked_all || client.is_done) return;
    client.is_done = true;
    ++done_;
    return;
  }
  watch(world, client);
  if (!client.is_connected)
    dial(world, client);
  else if (client.under_way > before)
    send(world, client, watcher);
}

void Clients::dial(World& world, Client& client) {
  if (client.is_dialing) return;
  client.is_dialing = true;
  client.pipe = world.client_dial(client.party, NodeId(1));
  client.has_pipe = true;
}

// False: there is none now, or none any more.
bool Clients::draw(World& world, Client& client, Request& to) {
  const bool is_explicit = settings_.operations != nullptr && !settings_.operations->empty();
  return is_explicit ? choose_explicit(world, client, to) : choose(world, client, to);
}

bool Clients::choose(World& world, Client& client, Request& to) {
  const std::uint32_t n = index(client);
  const Choice& choice = world.choice();
  client.has_asked_all = client.writes_left == 0;
  if (client.has_asked_all) return false;
  const std::uint64_t nth = client.drawn++;
  const std::uint64_t kind = choice.below(10'000, Purpose::client_kind, n, nth);
  const auto percent = static_cast<std::uint64_t>(settings_.reads_percent);
  const bool reads = kind % 100 < percent;
  if (!reads || percent >= 100) --client.writes_left;
  if (reads) {
    to.op = OperationKind::get;
  } else {
    const bool deletes = kind / 100 < static_cast<std::uint64_t>(settings_.deletes_percent);
    to.op = deletes ? OperationKind::del : OperationKind::set;
  }
  to.key.assign(1, 'k');
  to.key += std::to_string(choice.below(settings_.keys, Purpose::client_key, n, nth));
  to.value.clear();
  if (to.op != OperationKind::set) return true;
  if (settings_.value_bytes >= kNamed)
    name_long(n, nth, settings_.value_bytes, to.value);
  else
    name_short(client.named++ * settings_.clients + n, settings_.value_bytes, to.value);
  return true;
}

// The next of the explicit ones, if its time has come; else an alarm is set for it.
bool Clients::choose_explicit(World& world, Client& client, Request& to) {
  const std::vector<Operation>& operations = *settings_.operations;
  const auto mine = static_cast<std::int64_t>(index(client)) + 1;
  while (client.next_operation < operations.size() &&
         operations[client.next_operation].client != mine)
    ++client.next_operation;
  client.has_asked_all = client.next_operation == operations.size();
  if (client.has_asked_all) return false;
  const Operation& operation = operations[client.next_operation];
  const Time at = Time() + milliseconds(operation.at_ms);
  if (world.now() < at) {
    if (client.called_at != at) world.set_alarm(at, kAlarms + 2 * index(client));
    client.called_at = at;
    return false;
  }
  ++client.next_operation;
  to.op = operation.op;
  to.key = operation.key;
  to.value = operation.value;
  return true;
}

// All that has not been sent yet, in one write.
void Clients::send(World& world, Client& client, ClientWatcher& watcher) {
  scratch_.clear();
  for (std::uint32_t i = 0; i < client.under_way; ++i) {
    Request& next = request(client, i);
    if (next.sequence != 0) continue;
    switch (next.op) {
      case OperationKind::set: encode_request(scratch_, {"SET", next.key, next.value}); break;
      case OperationKind::get: encode_request(scratch_, {"GET", next.key}); break;
      case OperationKind::del: encode_request(scratch_, {"DEL", next.key}); break;
      case OperationKind::cas: break;  // of the other profile
    }
    next.sequence = ++client.sequence;
    next.ends_at = client.sent_bytes + scratch_.size();
    next.invoked_at = world.now();
    watcher.invoked(index(client), view(client, next));
    if (settings_.ear != nullptr) settings_.ear->invoked(index(client), view(client, next));
  }
  client.sent_bytes += scratch_.size();
  const std::size_t taken =
      client.out.empty() ? world.client_write(client.pipe, scratch_) : std::size_t{0};
  client.out.append(ByteSpan(scratch_).subspan(taken));
}

ClientRequestView Clients::view(const Client& client, const Request& request) const {
  return {request.op,      request.key, request.value,     request.sequence,
          request.ends_at, client.pipe, request.invoked_at};
}

void Clients::watch(World& world, Client& client) {
  if (client.is_watched) return;
  client.is_watched = true;
  world.set_alarm(request(client, 0).gives_up_at, kAlarms + 2 * index(client) + 1);
}

void Clients::disconnect(World& world, Client& client) {
  if (client.has_pipe) world.client_close(client.pipe);
  client.is_dialing = client.is_connected = client.has_pipe = false;
  client.sequence = client.sent_bytes = 0;
  client.in.clear();
  client.out.clear();
}

// The oldest is over, and its place is free: at once, or after a pause.
void Clients::end(World& world, Client& client, Outcome outcome, ClientWatcher& watcher) {
  const ClientRequestView ended = view(client, request(client, 0));
  watcher.ended(index(client), ended, outcome);
  if (settings_.ear != nullptr) settings_.ear->ended(index(client), ended, outcome);
  if (++client.first == client.requests.size()) client.first = 0;
  --client.under_way;
  const Duration pause = outcome == Outcome::error ? kAfterError : settings_.think;
  if (pause.us() == 0) return;
  ++client.resting;
  world.set_alarm(world.now() + pause, kAlarms + 2 * index(client));
}

// Its connection is over, and with it all that was under way there.
void Clients::lose(World& world, Client& client, ClientWatcher& watcher) {
  const bool was_under_way = client.under_way > 0;
  disconnect(world, client);
  while (client.under_way > 0) end(world, client, Outcome::lost, watcher);
  if (was_under_way) ask(world, client, watcher);
}

void Clients::connected(World& world, Party party, ClientWatcher& watcher) {
  Client& client = clients_[party - kFirstClient];
  client.is_connected = true;
  client.is_dialing = false;
  client.sequence = client.sent_bytes = 0;
  if (client.under_way > 0) send(world, client, watcher);
}

void Clients::refused(World& world, Party party, ClientWatcher& watcher) {
  static_cast<void>(watcher);
  Client& client = clients_[party - kFirstClient];
  client.has_pipe = false;
  if (client.is_dialing)  // tries again; its patience counts from the first time
    world.set_alarm(world.now() + kRedial, kAlarms + 2 * index(client));
}

void Clients::readable(World& world, Party party, ClientWatcher& watcher) {
  Client& client = clients_[party - kFirstClient];
  const bool stands = world.client_read(client.pipe, client.in);
  bool is_answered = false;
  while (!client.in.empty()) {
    RespReply reply;
    const ReplyScan scan = scan_reply(client.in.bytes(), reply);
    if (scan.status == RespStatus::incomplete) break;
    QUORATE_CHECK(scan.status == RespStatus::whole, "a node answers in RESP2");
    QUORATE_CHECK(client.under_way > 0, "a node answers only what was asked");
    const Outcome outcome = outcome_of(reply);
    if (settings_.ear != nullptr) settings_.ear->told(index(client), reply);
    client.in.consume(scan.consumed);
    end(world, client, outcome, watcher);
    is_answered = true;
  }
  if (is_answered) ask(world, client, watcher);
  if (!stands) lose(world, client, watcher);
}

void Clients::writable(World& world, Party party) {
  Client& client = clients_[party - kFirstClient];
  client.out.consume(world.client_write(client.pipe, client.out.bytes()));
}

void Clients::alarm(World& world, std::uint32_t what, ClientWatcher& watcher) {
  Client& client = clients_[(what - kAlarms) / 2];
  if ((what - kAlarms) % 2 == 0) {
    if (client.is_dialing && !client.has_pipe) {
      client.is_dialing = false;
      dial(world, client);
    } else if (client.resting > 0) {
      --client.resting;
    }
    if (!client.is_done) ask(world, client, watcher);
    return;
  }
  client.is_watched = false;
  if (client.under_way == 0) return;
  if (world.now() < request(client, 0).gives_up_at) return watch(world, client);
  if (client.is_connected) return lose(world, client, watcher);
  disconnect(world, client);
  while (client.under_way > 0 && world.now() >= request(client, 0).gives_up_at)
    end(world, client, Outcome::error, watcher);
  ask(world, client, watcher);
}

}  // namespace quorate::sim
