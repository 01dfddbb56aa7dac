#include "core/protocol/adoption.h"

#include <algorithm>

namespace quorate {

void Adoption::ask(NodeState& node, Time now, Effects& out) {
  out.note(FactKind::adoption_begun, best_.node, best_.last, best_.generation.value());
  ask_after(node, now, node.log.wal().last_of_generation(best_.generation, best_.last), out);
}

void Adoption::ask_after(NodeState& node, Time now, Lsn prev, Effects& out) {
  node.send(best_.node, Fetch{prev, node.log.wal().generation_at(prev)}, now, out);
}

bool Adoption::given(NodeState& node, Time now, const PeerSaid& event, const Give& give,
                     Effects& out) {
  const Wal& wal = node.log.wal();
  if (event.peer != best_.node || give.prev_lsn > wal.last_lsn()) return false;
  if (!give.agrees) {
    ask_after(node, now, wal.last_of_generation(give.prev_generation, give.prev_lsn), out);
    return false;
  }
  if (give.prev_generation != wal.generation_at(give.prev_lsn)) return false;
  agreed_ = std::max(agreed_, give.prev_lsn);
  ByteSpan records = event.records;
  for (std::uint32_t n = 0; n < give.records; ++n) {
    const RecordScan scan = scan_record(records);
    if (scan.status != RecordStatus::whole || !is_data(scan.record.op)) break;
    if (scan.record.lsn > node.log.last().next()) break;
    take(node, scan.record, records.first(scan.size), out);
    agreed_ = scan.record.lsn;
    records = records.subspan(scan.size);
  }
  // Whoever has nothing more has lost what it voted with: the time for it will pass.
  return has(node, now, agreed_, give.records > 0, out);
}

bool Adoption::has(NodeState& node, Time now, Lsn lsn, bool asks_on, Effects& out) {
  agreed_ = lsn;
  if (agreed_ < best_.last) {
    if (asks_on) ask_after(node, now, agreed_, out);
    return false;
  }
  out.note(FactKind::adopted, best_.node, node.log.last());
  return true;
}

bool Adoption::offered(NodeState& node, Time now, const PeerSaid& event, const Chunk& chunk,
                       Effects& out) {
  if (event.peer != best_.node || !chunk.for_adoption) return false;
  if (intake_.take(node, now, event, chunk, out) == SnapshotIntake::Came::goes_on) return false;
  return has(node, now, std::max(agreed_, chunk.id.lsn), true, out);
}

void Adoption::take(NodeState& node, const RecordView& record, ByteSpan encoded, Effects& out) {
  if (record.lsn <= node.log.wal().base()) return;
  if (record.lsn <= node.log.last()) {
    if (node.log.wal().generation_at(record.lsn) == record.generation) return;
    node.cut(record.lsn.prev(), Lsn(), out);
  }
  node.log.append_shipped(record, encoded);
  out.note(FactKind::appended, NodeId(), record.lsn, record.generation.value());
}

}  // namespace quorate
