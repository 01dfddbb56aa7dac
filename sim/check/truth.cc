#include "sim/check/truth.h"

#include <algorithm>

#include "core/base/crc32.h"

namespace quorate::sim {

using namespace record_format;

namespace {

std::uint64_t chained(std::uint64_t before, std::uint64_t content) {
  std::uint64_t x = (before ^ content) * 0x9E3779B97F4A7C15u;
  x ^= x >> 32;
  return x * 0xBF58476D1CE4E5B9u;
}

}  // namespace

void NodeTruth::clear() {
  entries_.clear();
  log_.clear();
  size_ = durable_bytes_ = ByteCount();
  durable_lsn_ = restore_until_ = Lsn();
  generation_ = Generation();
  voted_for_ = NodeId();
  generation_end_ = ByteCount();
  broken_ = malformed_ = false;
}

const std::vector<NodeTruth::Added>& NodeTruth::append(ByteSpan bytes) {
  added_.clear();
  while (!bytes.empty()) {
    const std::size_t size =
        bytes.size() < kFixed
            ? 0
            : std::size_t{load_le<std::uint32_t>(bytes.data() + kLength)} + kPrefix;
    if (size < kFixed || size > bytes.size()) {
      malformed_ = true;
      break;
    }
    const Byte* at = bytes.data();
    Entry entry;
    entry.op = static_cast<Op>(at[kOp]);
    entry.begin = size_;
    size_ = size_ + ByteCount(size);
    entry.end = size_;
    entry.record.lsn = Lsn(load_le<std::uint64_t>(at + kLsn));
    entry.record.generation = Generation(load_le<std::uint64_t>(at + kGeneration));
    entry.record.client = ClientId(load_le<std::uint64_t>(at + kClient));
    entry.record.sequence = load_le<std::uint64_t>(at + kSequence);
    entry.record.end = size_;
    const std::uint32_t crc = crc32(bytes.subspan(kLength, size - kLength));
    entry.record.sound = crc == load_le<std::uint32_t>(at + kCrc);
    entry.record.chain = crc;  // its content, until it is chained
    const std::size_t key =
        std::min<std::size_t>(load_le<std::uint16_t>(at + kKeyLength), size - kFixed);
    const std::size_t value = size - kFixed - key;
    if (entry.op == Op::cut && value == sizeof(std::uint64_t))
      entry.restore_until = Lsn(load_le<std::uint64_t>(at + kFixed + key));
    Added added{entry.op,
                entry.record,
                as_text({at + kKey, key}),
                as_text({at + kFixed + key, value}),
                entry.restore_until,
                last(),
                0};
    if (entry.op == Op::cut && entry.record.lsn < last())
      added.first_taken = record(entry.record.lsn.next()).chain;
    entries_.push_back(entry);
    take(entry);
    if (is_data(entry.op) && !log_.empty()) added.record.chain = log_.back().chain;
    added_.push_back(added);
    bytes = bytes.subspan(size);
  }
  return added_;
}

// Lets one entry of the file take its effect on the log.
void NodeTruth::take(const Entry& entry) {
  if (entry.is_damaged) {
    broken_ = true;
    restore_until_ = std::max(restore_until_, std::max(entry.record.lsn, last()));
    return;
  }
  if (entry.record.generation > generation_) voted_for_ = NodeId();
  generation_ = std::max(generation_, entry.record.generation);
  switch (entry.op) {
    case Op::set:
    case Op::del:
    case Op::cas:
    case Op::noop:
      if (broken_) {
        restore_until_ = std::max(restore_until_, entry.record.lsn);
        break;
      }
      if (entry.record.lsn != last().next()) malformed_ = true;
      log_.push_back(entry.record);
      log_.back().chain =
          chained(log_.size() > 1 ? log_[log_.size() - 2].chain : 0, entry.record.chain);
      break;
    case Op::generation:
      generation_end_ = entry.end;
      if (entry.record.sequence != 0)
        voted_for_ = NodeId(static_cast<std::uint32_t>(entry.record.sequence));
      break;
    case Op::cut:
      if (!keeps_ours(entry.record)) {
        broken_ = true;
        restore_until_ = std::max({restore_until_, last(), entry.record.lsn});
        break;
      }
      log_.resize(entry.record.lsn.value());
      broken_ = false;
      restore_until_ = entry.restore_until;
      durable_lsn_ = std::min(durable_lsn_, last());
      break;
    default: malformed_ = true;
  }
}

// Is what this cut kept the log that we have? Only then it says what is left of it.
bool NodeTruth::keeps_ours(const TrueRecord& cut) const {
  if (cut.lsn > last()) return false;
  const Generation kept = cut.lsn.is_none() ? Generation() : record(cut.lsn).generation;
  return kept.value() == cut.sequence;
}

void NodeTruth::rebuild() {
  log_.clear();
  broken_ = malformed_ = false;
  restore_until_ = durable_lsn_ = Lsn();
  generation_ = Generation();
  voted_for_ = NodeId();
  generation_end_ = ByteCount();
  for (const Entry& entry : entries_) take(entry);
  advance_durable();
}

void NodeTruth::advance_durable() {
  while (durable_lsn_ < last() && record(durable_lsn_.next()).end <= durable_bytes_)
    durable_lsn_ = durable_lsn_.next();
  if (!broken_ && restore_until_ <= durable_lsn_) restore_until_ = Lsn();
}

void NodeTruth::durable(ByteCount up_to) {
  durable_bytes_ = std::max(durable_bytes_, std::min(up_to, size_));
  advance_durable();
}

void NodeTruth::cut_file(ByteCount size) {
  size_ = std::min(size_, size);
  durable_bytes_ = std::min(durable_bytes_, size_);
  if (!entries_.empty() && entries_.back().end > size_) {
    while (!entries_.empty() && entries_.back().end > size_) entries_.pop_back();
    rebuild();
  }
}

void NodeTruth::crashed(ByteSpan file, ByteCount durable) {
  // What was not durable may be gone or torn: only whole and sound entries are left.
  const auto is_left = [this, file](const Entry& entry) {
    if (entry.end <= durable_bytes_) return true;
    if (entry.end.value() > file.size()) return false;
    return sound(file, entry);
  };
  while (!entries_.empty() && !is_left(entries_.back())) entries_.pop_back();
  size_ = ByteCount(file.size());
  durable_bytes_ = durable;
  rebuild();
}

bool NodeTruth::sound(ByteSpan file, const Entry& entry) {
  const ByteSpan bytes = file.subspan(entry.begin.value(), (entry.end - entry.begin).value());
  return load_le<std::uint32_t>(bytes.data() + kCrc) == crc32(bytes.subspan(kLength));
}

void NodeTruth::damaged(ByteSpan file) {
  for (Entry& entry : entries_) entry.is_damaged = !sound(file, entry);
  rebuild();
}

}  // namespace quorate::sim
