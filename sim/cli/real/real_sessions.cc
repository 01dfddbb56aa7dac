#include "sim/cli/real/real_sessions.h"

#include <algorithm>
#include <utility>

#include "core/base/check.h"
#include "sim/cli/real/real_error.h"
#include "sim/scenario/scenario_names.h"

namespace quorate::cli {

namespace {

using reports::HistoryEvent;
using reports::HistoryF;
using reports::HistoryType;
using sim::OperationKind;

constexpr Duration kPause = milliseconds(20);       // before another node is asked
constexpr Duration kConnects = milliseconds(1000);  // on loopback, at once

bool is_write(OperationKind op) { return op != OperationKind::get; }

bool says(const std::string& error, std::initializer_list<std::string_view> codes) {
  return std::any_of(codes.begin(), codes.end(),
                     [&error](std::string_view code) { return error.starts_with(code); });
}

std::vector<std::string_view> words_for(const sim::CourseRequest& request, const std::string& who,
                                        const std::string& sequence) {
  switch (request.op) {
    case OperationKind::get: return {"GET", request.key};
    case OperationKind::set: return {"ONCE", who, sequence, "SET", request.key, request.value};
    case OperationKind::del: return {"ONCE", who, sequence, "DEL", request.key};
    case OperationKind::cas: break;
  }
  return {"ONCE", who, sequence, "CAS", request.key, request.from, request.value};
}

}  // namespace

RealSessions::RealSessions(std::vector<std::string> nodes, Duration patience,
                           const std::atomic<bool>* interrupted, Ended ended)
    : nodes_(std::move(nodes)),
      patience_(patience),
      interrupted_(interrupted),
      ended_(std::move(ended)) {}

bool RealSessions::is_idle(std::uint32_t client) const {
  return client > clients_.size() || !clients_[client - 1].request;
}

bool RealSessions::all_idle() const {
  return std::all_of(clients_.begin(), clients_.end(),
                     [](const Client& client) { return !client.request; });
}

HistoryEvent RealSessions::event_of(const sim::CourseRequest& request) const {
  HistoryEvent event;
  event.process = request.client - 1;
  event.f = request.op == OperationKind::get   ? HistoryF::read
            : request.op == OperationKind::cas ? HistoryF::cas
                                               : HistoryF::write;
  event.key = request.key;
  if (request.op == OperationKind::set || request.op == OperationKind::cas)
    event.value = request.value;
  event.from = request.from;
  return event;
}

void RealSessions::ask(const sim::CourseRequest& request, Time now) {
  if (clients_.size() < request.client) clients_.resize(request.client);
  Client& client = clients_[request.client - 1];
  QUORATE_CHECK(!client.request, "a client has one request at a time");
  client.request = request;
  client.may_have_happened = false;
  if (is_write(request.op)) ++client.sequence;
  const std::size_t node =
      request.node.is_none() ? client.node : std::size_t{request.node.value() - 1};
  if (node != client.node) client.connection.reset();
  client.node = node;
  client.tries_at = now;
  client.gives_up_at = now + patience_;
  client.is_sent = false;
  HistoryEvent event = event_of(request);
  event.time_us = now.us();
  append_history_line(history_, event);
  send(client, now);
}

void RealSessions::send(Client& client, Time now) {
  if (now < client.tries_at) return;
  const std::string who = std::to_string(client.request->client);
  const std::string sequence = std::to_string(client.sequence);
  try {
    if (!client.connection)
      client.connection.emplace(nodes_[client.node], now + kConnects, interrupted_);
    client.connection->send(words_for(*client.request, who, sequence), client.gives_up_at);
    client.is_sent = true;
  } catch (const RealError&) {  // it is down, so it has not happened there
    again(client, now);
  }
}

void RealSessions::again(Client& client, Time now) {
  client.connection.reset();
  client.is_sent = false;
  if (!client.request->node.is_none()) return give_up(client, now);
  client.node = (client.node + 1) % nodes_.size();
  client.tries_at = now + kPause;
}

void RealSessions::give_up(Client& client, Time now) {
  const bool unknown = (client.may_have_happened || client.is_sent) && is_write(client.request->op);
  client.connection.reset();
  HistoryEvent event = event_of(*client.request);
  event.type = unknown ? HistoryType::info : HistoryType::fail;
  end(client, event, unknown ? sim::kUnknown : sim::kRefused, now);
}

void RealSessions::poll(Time now) {
  for (Client& client : clients_) {
    if (!client.request) continue;
    if (!client.is_sent) {
      if (now >= client.gives_up_at)
        give_up(client, now);
      else
        send(client, now);
      continue;
    }
    try {
      if (const std::optional<RespAnswer> answer = client.connection->try_receive())
        hear(client, *answer, now);
      else if (now >= client.gives_up_at)
        give_up(client, now);
    } catch (const RealError&) {  // the connection is over
      client.may_have_happened = true;
      again(client, now);
    }
  }
}

void RealSessions::hear(Client& client, const RespAnswer& answer, Time now) {
  const sim::CourseRequest& request = *client.request;
  HistoryEvent event = event_of(request);
  if (answer.kind == RespKind::error) {
    const bool unknown = says(answer.text, {"TIMEOUT", "DEPOSED"});
    client.may_have_happened |= unknown;
    client.is_sent = false;
    if (unknown || says(answer.text, {"NOTLEADER", "LOADING", "TRYAGAIN", "DISKFULL"}))
      return again(client, now);
    return give_up(client, now);
  }
  event.type = HistoryType::ok;
  const bool has_value = answer.kind == RespKind::bulk;
  const bool changed = answer.kind == RespKind::integer && answer.integer == 1;
  if (request.op == OperationKind::get && has_value) event.value = answer.text;
  if (request.op == OperationKind::del) event.found = changed;
  if (request.op == OperationKind::cas) event.swapped = changed;
  if (is_write(request.op))
    done_.push_back({request.client, client.sequence,
                     "client " + std::to_string(request.client) + "'s " +
                         std::string(sim::to_text(request.op)) + " of " + request.key});
  end(client, event, sim::words_of(request.op, has_value, answer.text, changed), now);
}

void RealSessions::end(Client& client, HistoryEvent event, const std::string& words, Time now) {
  event.time_us = now.us();
  append_history_line(history_, event);
  const sim::CourseRequest request = *client.request;
  client.request.reset();
  client.is_sent = false;
  ended_(request, words);
}

}  // namespace quorate::cli
