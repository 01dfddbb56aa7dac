// What has a node just done, who waits for that, and what of its turn is real if it ends there?
#include <algorithm>

#include "core/log/record_format.h"
#include "sim/world/world.h"

namespace quorate::sim {

void World::moment(NodeId id, Moment did, Lsn first, Lsn last) {
  SimNode& node = at(id);
  for (std::size_t i = 0; i < moments_.size();) {
    const ArmedMoment armed = moments_[i];
    const bool fits = armed.node == id && armed.did == did &&
                      (armed.lsn.is_none() || (armed.lsn >= first && armed.lsn <= last));
    if (!fits) {
      ++i;
      continue;
    }
    moments_.erase(moments_.begin() + static_cast<std::ptrdiff_t>(i));
    fired_.push_back(armed.what);
    if (!armed.dooms || node.doomed) continue;
    node.doomed = true;
    node.decided = node.driver ? node.driver->facts().size() : 0;
  }
}

// Of the data records among these bytes; of none where there is none.
void World::moment(NodeId node, Moment did, ByteSpan records) {
  Lsn first, last;
  while (records.size() >= record_format::kFixed) {
    const std::size_t size =
        std::size_t{load_le<std::uint32_t>(records.data() + record_format::kLength)} +
        record_format::kPrefix;
    if (size > records.size()) break;
    if (is_data(static_cast<Op>(records[record_format::kOp]))) {
      last = Lsn(load_le<std::uint64_t>(records.data() + record_format::kLsn));
      if (first.is_none()) first = last;
    }
    records = records.subspan(size);
  }
  moment(node, did, first, last);
}

void World::moment_of(NodeId from, NodeId to, const TappedFrame& frame) {
  said_.push_back({frame.kind, to, frame.lsn, 0});
  if (frame.kind == TappedKind::ack) moment(from, Moment::ack, frame.lsn, frame.lsn);
  if (frame.kind == TappedKind::ship && frame.records > 0)
    moment(from, Moment::ship, frame.lsn.next(), Lsn(frame.lsn.value() + frame.records));
}

void World::moment_of_answer(NodeId node, SocketId client) {
  said_.push_back({TappedKind::hello, NodeId(), Lsn(), client.value()});
  const Facts& facts = at(node).driver->facts();
  for (const Fact& fact : facts)
    if (fact.kind == FactKind::write_answered && fact.b == client.value())
      moment(node, Moment::reply, fact.lsn, fact.lsn);
}

// ---- a turn that is cut short

void World::forget_undone(NodeId id) {
  const SimNode& node = at(id);
  const Facts& facts = node.driver->facts();
  done_.assign(facts.begin(),
               facts.begin() + static_cast<std::ptrdiff_t>(std::min(node.decided, facts.size())));
  std::erase_if(done_, [this](const Fact& fact) { return !is_done(fact); });
}

// What was decided before the end is true, but for what should have left and has not.
bool World::is_done(const Fact& fact) const {
  const auto said = [this, &fact](TappedKind kind, Lsn lsn) {
    return std::any_of(said_.begin(), said_.end(), [&](const Said& one) {
      return one.kind == kind && one.to == fact.peer && one.lsn == lsn;
    });
  };
  switch (fact.kind) {
    case FactKind::shipped:
    case FactKind::reshipped: return said(TappedKind::ship, fact.lsn.prev());
    case FactKind::ack_sent: return said(TappedKind::ack, fact.lsn);
    case FactKind::write_answered:
    case FactKind::request_refused:
      return std::any_of(said_.begin(), said_.end(),
                         [&fact](const Said& one) { return one.client == fact.b; });
    default: return true;
  }
}

}  // namespace quorate::sim
