#include "core/log/record_codec.h"

#include "core/base/check.h"
#include "core/base/crc32.h"

namespace quorate {

using namespace record_format;

namespace {

bool is_op(Byte op) {
  return op >= static_cast<Byte>(Op::set) && op <= static_cast<Byte>(Op::snapshot);
}

}  // namespace

void encode_record(const RecordView& record, Bytes& to) {
  QUORATE_CHECK(record.key.size() <= kMaxKey, "a key above its limit reached the record codec");
  QUORATE_CHECK(record.value.size() <= kMaxValue, "a value above its limit reached the codec");
  const std::size_t size = encoded_size(record);
  const std::size_t begin = to.size();
  to.resize(begin + size);
  Byte* at = to.data() + begin;
  store_le(at + kLength, static_cast<std::uint32_t>(size - kPrefix));
  store_le(at + kGeneration, record.generation.value());
  store_le(at + kLsn, record.lsn.value());
  store_le(at + kClient, record.client.value());
  store_le(at + kSequence, record.sequence);
  at[kOp] = static_cast<Byte>(record.op);
  store_le(at + kKeyLength, static_cast<std::uint16_t>(record.key.size()));
  if (!record.key.empty()) std::memcpy(at + kKey, record.key.data(), record.key.size());
  Byte* value = at + kKey + record.key.size();
  store_le(value, static_cast<std::uint32_t>(record.value.size()));
  if (!record.value.empty())
    std::memcpy(value + kValueLength, record.value.data(), record.value.size());
  store_le(at + kCrc, crc32({at + kLength, size - kLength}));
}

RecordView read_record(ByteSpan from) {
  const Byte* at = from.data();
  const std::size_t key = load_le<std::uint16_t>(at + kKeyLength);
  const std::size_t value = load_le<std::uint32_t>(at + kKey + key);
  return {Generation(load_le<std::uint64_t>(at + kGeneration)),
          Lsn(load_le<std::uint64_t>(at + kLsn)),
          ClientId(load_le<std::uint64_t>(at + kClient)),
          load_le<std::uint64_t>(at + kSequence),
          static_cast<Op>(at[kOp]),
          as_text({at + kKey, key}),
          as_text({at + kFixed + key, value})};
}

RecordScan scan_record(ByteSpan from, CrcCheck check) {
  if (from.size() < kPrefix) return {RecordStatus::incomplete, 0, {}};
  const RecordScan damaged{RecordStatus::damaged, 0, {}};
  const std::size_t size = std::size_t{load_le<std::uint32_t>(from.data() + kLength)} + kPrefix;
  if (size < kFixed || size > kMaxRecord) return damaged;
  if (from.size() < size) return {RecordStatus::incomplete, 0, {}};
  // The inner lengths first: they cost less than the CRC and turn away most of what is no record,
  // which matters where recovery looks for a sound record at every byte behind a damaged one.
  const std::size_t key = load_le<std::uint16_t>(from.data() + kKeyLength);
  if (kFixed + key > size) return damaged;
  const std::size_t value = load_le<std::uint32_t>(from.data() + kKey + key);
  if (kFixed + key + value != size || !is_op(from[kOp])) return damaged;
  if (from[kOp] == static_cast<Byte>(Op::cas) &&
      !read_cas(as_text(from.subspan(kFixed + key, value))))
    return damaged;
  const std::uint32_t crc = load_le<std::uint32_t>(from.data() + kCrc);
  if (check == CrcCheck::yes && crc != crc32({from.data() + kLength, size - kLength}))
    return damaged;
  return {RecordStatus::whole, size, read_record(from)};
}

void encode_cas(const CasValue& cas, Bytes& to) {
  const std::string_view from = cas.from.value_or(std::string_view());
  Byte head[kCasFixed] = {static_cast<Byte>(cas.from ? 1 : 0)};
  store_le(head + 1, static_cast<std::uint32_t>(from.size()));
  append_bytes(to, head);
  append_bytes(to, as_bytes(from));
  append_bytes(to, as_bytes(cas.to));
}

std::optional<CasValue> read_cas(std::string_view value) {
  if (value.size() < kCasFixed) return {};
  const Byte* at = as_bytes(value).data();
  const std::size_t from = load_le<std::uint32_t>(at + 1);
  if (at[0] > 1 || from > value.size() - kCasFixed || (at[0] == 0 && from > 0)) return {};
  CasValue cas{{}, value.substr(kCasFixed + from)};
  if (at[0] == 1) cas.from = value.substr(kCasFixed, from);
  return cas;
}

}  // namespace quorate
