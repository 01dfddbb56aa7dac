#include "core/protocol/restore.h"

#include <algorithm>
#include <tuple>

#include "core/log/record_format.h"

namespace quorate {

bool Restore::proceed(NodeState& node, Time now, const std::vector<Progress>& followers,
                      int witnesses, Effects& out) {
  const Progress* best = nullptr;
  int sound = 0;
  for (const Progress& follower : followers) {
    if (follower.state == Progress::State::absent || follower.restoring) continue;
    ++sound;
    heard_of_ = std::max(heard_of_, follower.generation);
    if (best == nullptr || std::tie(best->hello_generation, best->hello_last) <
                               std::tie(follower.hello_generation, follower.hello_last))
      best = &follower;
  }
  if (best == nullptr || sound < witnesses) {
    source_ = NodeId();
    return false;
  }
  const Wal& wal = node.log.wal();
  if (!agreed_ && std::make_tuple(best->hello_generation, best->hello_last) <=
                      std::make_tuple(wal.last_generation(), wal.last_lsn()))
    return finish(node, out);
  if (source_ == best->node) return false;
  source_ = best->node;
  agreed_ = false;
  ask(node, now, wal.last_of_generation(best->hello_generation, best->hello_last), out);
  return false;
}

void Restore::ask(NodeState& node, Time now, Lsn prev, Effects& out) {
  node.send(source_, Fetch{prev, node.log.wal().generation_at(prev)}, now, out);
}

bool Restore::given(NodeState& node, Time now, const PeerSaid& event, const Give& give,
                    Effects& out) {
  if (event.peer != source_ || give.prev_lsn > node.log.last()) return false;
  const Wal& wal = node.log.wal();
  heard_of_ = std::max(heard_of_, event.message.generation);
  if (!give.agrees) {
    ask(node, now, wal.last_of_generation(give.prev_generation, give.prev_lsn), out);
    return false;
  }
  if (give.prev_generation != wal.generation_at(give.prev_lsn)) return false;
  if (!agreed_) {
    const Lsn before = node.log.last();
    node.log.cut(give.prev_lsn, give.last_lsn, node.rules->rebuilds_after_cut());
    out.note(FactKind::log_cut, NodeId(), give.prev_lsn, before.value());
    agreed_ = true;
  }
  ByteSpan records = event.records;
  for (std::uint32_t n = 0; n < give.records; ++n) {
    const RecordScan scan = scan_record(records);
    if (scan.status != RecordStatus::whole || !is_data(scan.record.op) ||
        scan.record.lsn != node.log.last().next())
      break;
    node.log.append_shipped(scan.record, records.first(scan.size));
    records = records.subspan(scan.size);
  }
  if (node.log.last() >= give.last_lsn) return finish(node, out);
  ask(node, now, node.log.last(), out);
  return false;
}

bool Restore::finish(NodeState& node, Effects& out) {
  // Nobody who could have made a quorum holds more: what is still missing was never OK'd.
  if (!agreed_) node.log.cut(node.log.last(), Lsn(), true);
  out.note(FactKind::restored, NodeId(), node.log.last());
  return true;
}

Generation Restore::unused_generation(const NodeState& node) const {
  const std::uint64_t hidden = damaged_bytes_.value() / record_format::kFixed;
  return Generation(std::max(heard_of_, node.log.generation()).value() + hidden + 1);
}

}  // namespace quorate
