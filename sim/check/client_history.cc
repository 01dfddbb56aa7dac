#include "sim/check/client_history.h"

#include "core/base/check.h"

namespace quorate::sim {

namespace {

linear::Kind kind_of(OperationKind op) {
  if (op == OperationKind::get) return linear::Kind::read;
  return op == OperationKind::cas ? linear::Kind::cas : linear::Kind::write;
}

}  // namespace

void ClientHistory::begin(std::uint32_t clients) {
  history_.clear();
  keys_.clear();
  values_.clear();
  open_.resize(clients);
  said_.clear();
}

void ClientHistory::began(std::uint32_t client, const SessionOperation& operation) {
  linear::Operation op;
  op.kind = kind_of(operation.op);
  op.key = keys_.number(operation.key);
  const bool writes = operation.op == OperationKind::set || operation.op == OperationKind::cas;
  if (writes) op.value = value_of(operation.value);
  if (operation.op == OperationKind::cas) op.from = value_of(operation.from);
  std::vector<linear::OpId>& open = open_[client];
  if (open.size() <= operation.place) open.resize(operation.place + std::size_t{1});
  open[operation.place] = history_.begin(op);
  said_.push_back({client, operation.began_at});
}

void ClientHistory::ended(std::uint32_t client, const SessionOperation& operation, Outcome outcome,
                          const Found& found) {
  const linear::OpId op = open_[client][operation.place];
  if (outcome == Outcome::error) return history_.end_failed(op);
  if (outcome != Outcome::ok) return history_.end_unknown(op);
  switch (history_.operations[op].kind) {
    case linear::Kind::read:
      return history_.end_ok_read(op, found.has_value ? value_of(found.value) : linear::kNull);
    case linear::Kind::cas: return history_.end_ok_cas(op, found.changed);
    case linear::Kind::write: break;
  }
  if (history_.operations[op].value == linear::kNull)
    return history_.end_ok_delete(op, found.changed);
  history_.end_ok(op);
}

std::string ClientHistory::contradiction() {
  judge_.take(history_);
  const linear::Key bad = judge_.first_bad();
  if (bad == judge_.keys()) return {};
  // A history of a run is short. One that could not be decided must not pass for a good one.
  QUORATE_CHECK(judge_.judge(bad) == linear::Outcome::not_linearizable,
                "the clients' history is beyond the bounds of its judge");
  std::string text;
  for (const linear::OpId op : judge_.contradiction(bad).must)
    text += (text.empty() ? "" : "; ") + words(op);
  return "no order of these operations explains what was answered: " + text;
}

std::string_view ClientHistory::value(linear::Value wanted) const {
  if (wanted == linear::kNull) return "nothing";
  return values_.text(wanted - kFirstValue).substr(0, 24);
}

std::string ClientHistory::words(linear::OpId op) const {
  const linear::Operation& operation = history_.operations[op];
  const Said& said = said_[op];
  const std::string key(keys_.text(operation.key));
  std::string text = "client " + std::to_string(said.client + 1);
  const std::string of(value(operation.value));
  switch (operation.kind) {
    case linear::Kind::read: text += " read " + of + " of " + key; break;
    case linear::Kind::write:
      text += operation.removed == linear::Removed::something ? " deleted something in "
              : operation.removed == linear::Removed::nothing ? " found nothing to delete in "
                                                              : " wrote " + of + " to ";
      text += key;
      break;
    case linear::Kind::cas:
      text += std::string(operation.swapped ? " swapped " : " tried to swap ") +
              std::string(value(operation.from)) + " for " + of + " in " + key;
      break;
  }
  if (operation.fate == linear::Fate::unknown) text += ", maybe";
  return text + " (from " + std::to_string(said.began_at.us() / 1000) + " ms on)";
}

}  // namespace quorate::sim
