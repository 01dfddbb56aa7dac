// What does this record say, and is it whole?
//
// scan_record() believes nothing before it is checked: first that the length can be one, then the
// CRC, then that the inner lengths fit. It never reads past the bytes it was given.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "core/base/bytes.h"
#include "core/base/ids.h"
#include "core/log/record_format.h"

namespace quorate {

// Views into the bytes it was scanned from, or handed in to be encoded.
struct RecordView {
  Generation generation;
  Lsn lsn;
  ClientId client;
  std::uint64_t sequence = 0;
  Op op = Op::set;
  std::string_view key;
  std::string_view value;
};

enum class RecordStatus {
  whole,       // sound; `record` and `size` are set
  incomplete,  // the bytes end before the record does; its length may be a lie
  damaged,     // these bytes are no record: bad length, bad CRC, or inner lengths that don't fit
};

struct RecordScan {
  RecordStatus status = RecordStatus::incomplete;
  std::size_t size = 0;  // in bytes, when whole
  RecordView record;
};

// The bytes that encode_record() appends for this record.
constexpr std::size_t encoded_size(const RecordView& record) {
  return record_format::kFixed + record.key.size() + record.value.size();
}

// Requires key and value within their limits (record_format::kMaxKey, kMaxValue).
void encode_record(const RecordView& record, Bytes& to);

enum class CrcCheck { yes, no };

RecordScan scan_record(ByteSpan from, CrcCheck check = CrcCheck::yes);

// The same without the CRC: for bytes that were checked before (our own log in memory).
// Requires that a whole record begins at `from`.
RecordView read_record(ByteSpan from);

// The value of a cas record: write `to` where the key has the value `from`; nothing: where it is
// not there.
struct CasValue {
  std::optional<std::string_view> from;
  std::string_view to;
};

constexpr std::size_t encoded_size(const CasValue& cas) {
  return record_format::kCasFixed + (cas.from ? cas.from->size() : 0) + cas.to.size();
}
void encode_cas(const CasValue& cas, Bytes& to);
// Nothing if this is no value of a cas. That of a whole record always is one.
std::optional<CasValue> read_cas(std::string_view value);

}  // namespace quorate
