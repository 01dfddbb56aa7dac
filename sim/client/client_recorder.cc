#include "sim/client/client_recorder.h"

#include <algorithm>

#include "core/base/check.h"

namespace quorate::sim {

namespace {

using reports::HistoryEvent;
using reports::HistoryF;
using reports::HistoryType;

HistoryF f_of(OperationKind op) {
  if (op == OperationKind::get) return HistoryF::read;
  return op == OperationKind::cas ? HistoryF::cas : HistoryF::write;
}

HistoryType type_of(Outcome outcome) {
  if (outcome == Outcome::ok) return HistoryType::ok;
  return outcome == Outcome::error ? HistoryType::fail : HistoryType::info;
}

// A get does not know its value yet, and a del writes null.
template <class Asked>
HistoryEvent event_of(const Asked& asked, std::uint64_t process, Time at) {
  HistoryEvent event;
  event.process = process;
  event.f = f_of(asked.op);
  event.key = asked.key;
  if (asked.op == OperationKind::set || asked.op == OperationKind::cas) event.value = asked.value;
  event.time_us = at.us();
  return event;
}

}  // namespace

// The least that is free.
std::uint64_t ClientRecorder::begin_process(std::uint32_t client) {
  QUORATE_CHECK(client < kMostClients, "a scenario has at most 64 clients");
  if (open_.size() <= client) open_.resize(client + std::size_t{1});
  std::deque<std::uint64_t>& open = open_[client];
  std::uint64_t process = client;
  while (std::find(open.begin(), open.end(), process) != open.end()) process += kMostClients;
  open.push_back(process);
  return process;
}

std::uint64_t ClientRecorder::end_process(std::uint32_t client) {
  const std::uint64_t process = open_[client].front();
  open_[client].pop_front();
  return process;
}

void ClientRecorder::end(HistoryEvent event, Outcome outcome, OperationKind op,
                         const Found& found) {
  event.type = type_of(outcome);
  if (outcome == Outcome::ok) {
    if (op == OperationKind::get && found.has_value) event.value = found.value;
    if (op == OperationKind::del) event.found = found.changed;
    if (op == OperationKind::cas) event.swapped = found.changed;
  }
  append_history_line(lines_, event);
}

// ---- ack_quorum

void ClientRecorder::invoked(std::uint32_t client, const ClientRequestView& request) {
  append_history_line(lines_, event_of(request, begin_process(client), world_.now()));
}

void ClientRecorder::told(std::uint32_t, const RespReply& reply) {
  has_value_ = reply.kind == RespKind::bulk;
  value_ = reply.text;
  count_ = reply.kind == RespKind::integer ? reply.integer : 0;
}

void ClientRecorder::ended(std::uint32_t client, const ClientRequestView& request,
                           Outcome outcome) {
  if (request.sequence == 0) return;
  end(event_of(request, end_process(client), world_.now()), outcome, request.op,
      {has_value_, value_, count_ == 1});
}

// ---- replicated_log

void ClientRecorder::began(std::uint32_t client, const SessionOperation& operation) {
  HistoryEvent event = event_of(operation, process_of(client, operation), world_.now());
  event.from = operation.from;
  append_history_line(lines_, event);
}

void ClientRecorder::ended(std::uint32_t client, const SessionOperation& operation, Outcome outcome,
                           const Found& found) {
  HistoryEvent event = event_of(operation, process_of(client, operation), world_.now());
  event.from = operation.from;
  end(event, outcome, operation.op, found);
}

// Their answers may come in another order.
std::uint64_t ClientRecorder::process_of(std::uint32_t client, const SessionOperation& operation) {
  QUORATE_CHECK(client < kMostClients, "a scenario has at most 64 clients");
  return client + kMostClients * operation.place;
}

}  // namespace quorate::sim
