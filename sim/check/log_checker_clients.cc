// What the judge of replicated_log makes of the clients: what came to a node, and what they were
// told.
#include <algorithm>

#include "sim/check/log_checker.h"
#include "sim/check/log_words.h"

namespace quorate::sim {

void LogChecker::reached(NodeId node, const ClientBytes& come, Time when) {
  Asked& asked = asked_[come.client];
  const bool is_more = come.up_to > (come.pipe == asked.pipe ? asked.up_to : 0);
  if (is_more) asked = {node, when, come.pipe, come.up_to};  // or else: it has only hung up
}

void LogChecker::answered(NodeId, std::uint32_t client, ByteSpan bytes, bool) {
  if (!bytes.empty()) asked_[client].node = NodeId();
}

void LogChecker::began(std::uint32_t client, const SessionOperation& operation) {
  history_.began(client, operation);
}

void LogChecker::at_the_end() {
  const std::string contradiction = history_.contradiction();
  if (!contradiction.empty())
    violate({ClientHistory::kName, ClientHistory::kClause}, contradiction);
}

void LogChecker::ended(std::uint32_t client, const SessionOperation& operation, Outcome outcome,
                       const Found& found) {
  history_.ended(client, operation, outcome, found);
  const Asked asked = asked_[client];
  asked_[client].node = NodeId();
  const Time since =
      asked.node.is_none() ? Time() : std::max(asked.came_at, world_->paused_until(asked.node));
  if (outcome == Outcome::lost && !asked.node.is_none() && world_->is_up(asked.node) &&
      world_->now() - since > world_->config().write_timeout + kForgotten)
    violate(kWaitEnds, name_of(asked.node) + " has not answered client " +
                           std::to_string(client + 1) + " for " +
                           std::to_string((world_->now() - since).us() / 1000) + " ms");
  count(operation.op, outcome, world_->now() - operation.began_at);
  if (outcome != Outcome::ok && operation.began_at >= must_succeed_from_)
    violate(kWritesSucceed, "client " + std::to_string(client + 1) +
                                " has no answer, though all faults were over when it asked");
  if (outcome != Outcome::ok) return;
  if (operation.op == OperationKind::get) return read_shows_own(client, operation, found);
  probes_.saw(ProbeId::write_ok);
  const std::vector<Written>& written = written_[client];  // the newest last, so it is found soon
  const auto one = std::find_if(written.rbegin(), written.rend(), [&](const Written& write) {
    return write.sequence == operation.sequence && committed_.has(write.lsn, write.chain);
  });
  const auto what = [&] {
    return "client " + std::to_string(client + 1) + " was told that its write " +
           std::to_string(operation.sequence) + " of " + operation.key + " is done, but ";
  };
  if (one == written.rend()) return violate(kOkIsCommitted, what() + "no majority holds it");
  if (!is_what_was_asked(*one, operation))
    violate(kOkIsCommitted, what() + text_of(one->lsn) + " is not what it asked for");
  // Of several tries another record than this one may be what took effect.
  const bool took_effect = operation.op != OperationKind::cas || found.changed;
  if (!took_effect || operation.tries != 1) return;
  OwnWrite& newest = own(client, one->key);
  if (one->lsn > newest.lsn) newest = {one->lsn, world_->now()};
}

// Answers come in their order, so a write that was OK'd before the read was answered stood in front
// of it. What had ended before the read began is judged with the history of all.
void LogChecker::read_shows_own(std::uint32_t client, const SessionOperation& read,
                                const Found& found) {
  const OwnWrite& newest = own(client, keys_.number(read.key));
  if (newest.lsn.is_none() || newest.at < read.began_at) return;
  const std::uint32_t shown =
      content_of(read.key, found.has_value ? found.value : std::string_view());
  for (const std::vector<Written>& written : written_) {
    for (auto one = written.rbegin(); one != written.rend(); ++one) {
      const bool may_be_it = one->left == shown && (one->op == Op::del) != found.has_value;
      if (may_be_it && one->lsn >= newest.lsn) return;
      // What is committed was first written in its order.
      if (one->lsn < newest.lsn && committed_.has(one->lsn, one->chain)) break;
    }
  }
  violate(kAnswersInOrder, "client " + std::to_string(client + 1) + " read " + read.key +
                               " as it was before " + text_of(newest.lsn) +
                               ", its own write in front of that read, which was answered OK");
}

bool LogChecker::is_what_was_asked(const Written& written, const SessionOperation& operation) {
  switch (operation.op) {
    case OperationKind::get: return false;
    case OperationKind::set:
      return written.op == Op::set && written.content == content_of(operation.key, operation.value);
    case OperationKind::del:
      return written.op == Op::del && written.content == content_of(operation.key, {});
    case OperationKind::cas: break;
  }
  scratch_.clear();
  encode_cas({operation.from, operation.value}, scratch_);
  return written.op == Op::cas && written.content == content_of(operation.key, as_text(scratch_));
}

// What stands at its key when it has taken effect.
std::uint32_t LogChecker::left_by_cas(const NodeTruth::Added& added) {
  const auto cas = read_cas(added.value);
  return content_of(added.key, cas ? cas->to : std::string_view());
}

}  // namespace quorate::sim
