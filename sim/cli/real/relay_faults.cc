#include "sim/cli/real/relay_faults.h"

#include <algorithm>
#include <variant>

#include "core/log/record_format.h"

namespace quorate::cli {

using sim::CorruptPart;
using sim::Direction;

namespace {

bool covers(Direction meant, Direction direction) {
  return meant == Direction::both || meant == direction;
}

Lsn lsn_behind(Lsn prev, std::uint32_t records) { return Lsn(prev.value() + records); }

// Is that one of the records that it carries, or the LSN that it is about?
bool is_about(const RelayedFrame& frame, Lsn lsn) {
  if (lsn.is_none()) return true;
  if (frame.kind != FrameKind::ship && frame.kind != FrameKind::give) return frame.lsn == lsn;
  return lsn <= frame.lsn && lsn.value() + frame.records > frame.lsn.value();
}

// The bytes of that record; any: of the first. None: the frame carries no such record.
std::span<Byte> record_in(const RelayedFrame& frame, std::span<Byte> records, Lsn lsn) {
  if (frame.kind != FrameKind::ship || frame.records == 0 || !is_about(frame, lsn)) return {};
  const std::uint64_t first = frame.lsn.value() + 1 - frame.records;
  for (std::uint64_t skipped = lsn.is_none() ? 0 : lsn.value() - first;; --skipped) {
    if (records.size() < record_format::kFixed) return {};
    const std::size_t size =
        std::size_t{load_le<std::uint32_t>(records.data() + record_format::kLength)} +
        record_format::kPrefix;
    if (size > records.size()) return {};
    if (skipped == 0) return records.first(size);
    records = records.subspan(size);
  }
}

}  // namespace

RelayedFrame relayed_frame(Direction direction, const Message& message) {
  RelayedFrame frame;
  frame.direction = direction;
  frame.kind = static_cast<FrameKind>(message.body.index() + 1);
  frame.from = message.from;
  frame.generation = message.generation;
  if (const auto* hello = std::get_if<Hello>(&message.body)) frame.lsn = hello->last_lsn;
  if (const auto* ship = std::get_if<Ship>(&message.body)) {
    frame.records = ship->records;
    frame.lsn = lsn_behind(ship->prev_lsn, ship->records);
  }
  if (const auto* ack = std::get_if<Ack>(&message.body)) {
    frame.lsn = ack->lsn;
    frame.status = ack->status;
  }
  if (const auto* beat = std::get_if<Heartbeat>(&message.body)) frame.lsn = beat->high_water_mark;
  if (const auto* fetch = std::get_if<Fetch>(&message.body)) frame.lsn = fetch->prev_lsn;
  if (const auto* give = std::get_if<Give>(&message.body)) {
    frame.records = give->records;
    frame.lsn = lsn_behind(give->prev_lsn, give->records);
  }
  return frame;
}

void RelayFaults::delay(Direction direction, Duration by) {
  for (const Direction one : {Direction::to_peer, Direction::from_peer})
    if (covers(direction, one)) delays_[index_of(one)] = by;
}

void RelayFaults::hold_next(Direction direction, Duration by, Lsn lsn) {
  holds_.push_back({direction, by, lsn});
}

void RelayFaults::corrupt_next(CorruptPart part, Lsn lsn, int count, Direction direction) {
  if (count > 0) corruptions_.push_back({part, lsn, count, direction});
}

void RelayFaults::block(Direction direction, bool on) {
  for (const Direction one : {Direction::to_peer, Direction::from_peer})
    if (covers(direction, one)) blocked_[index_of(one)] = on;
}

Duration RelayFaults::meet(RelayedFrame& frame, std::span<Byte> bytes, std::size_t head_size) {
  Duration wait = delays_[index_of(frame.direction)];
  if (frame.kind == FrameKind::ack && frame.direction == Direction::to_peer)
    wait = wait + ack_delay_;
  const auto hold = std::find_if(holds_.begin(), holds_.end(), [&frame](const Hold& h) {
    return covers(h.direction, frame.direction) && is_about(frame, h.lsn);
  });
  if (hold != holds_.end()) {
    wait = wait + hold->by;
    holds_.erase(hold);
  }
  corrupt(frame, bytes, head_size);
  return wait;
}

// The last byte of the part: of a record that is one of its value, so that all else stays readable;
// of a head or an ack it is one that only the CRC protects.
void RelayFaults::corrupt(RelayedFrame& frame, std::span<Byte> bytes, std::size_t head_size) {
  for (std::size_t i = 0; i < corruptions_.size(); ++i) {
    Corruption& armed = corruptions_[i];
    if (!covers(armed.direction, frame.direction)) continue;
    std::span<Byte> part = bytes.first(head_size);
    if (armed.part == CorruptPart::record)
      part = record_in(frame, bytes.subspan(head_size), armed.lsn);
    else if (armed.part == CorruptPart::ack &&
             (frame.kind != FrameKind::ack || !is_about(frame, armed.lsn)))
      continue;
    else if (armed.part == CorruptPart::head && !armed.lsn.is_none() &&
             (frame.kind != FrameKind::ship || frame.records == 0 || !is_about(frame, armed.lsn)))
      continue;
    if (part.empty()) continue;
    part.back() = static_cast<Byte>(part.back() ^ 1);
    frame.corrupted = true;
    if (--armed.left == 0)
      corruptions_.erase(corruptions_.begin() + static_cast<std::ptrdiff_t>(i));
    return;
  }
}

}  // namespace quorate::cli
