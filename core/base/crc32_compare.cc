// Which CRC-32 is the fastest for records of 40 to 200 bytes? Nanoseconds per CRC, three libraries.
//
// The bytes are warm, as a record's are that was just encoded, and each sum starts from the one
// before, so that what is measured is how long one waits for it: the core always does, since it
// stores or compares the sum at once. The least of several rounds is printed: the rest is what the
// machine did besides.
#include <isa-l.h>
#include <libdeflate.h>
#include <zlib.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>

#include "core/base/bytes.h"
#include "core/base/check.h"

namespace {

using quorate::Bytes;

constexpr int kRounds = 25;
constexpr int kSumsPerRound = 200'000;

std::uint32_t by_libdeflate(std::uint32_t before, const Bytes& record) {
  return libdeflate_crc32(before, record.data(), record.size());
}
std::uint32_t by_zlib(std::uint32_t before, const Bytes& record) {
  return static_cast<std::uint32_t>(crc32(before, record.data(), static_cast<uInt>(record.size())));
}
std::uint32_t by_isal(std::uint32_t before, const Bytes& record) {
  return crc32_gzip_refl(before, record.data(), record.size());
}

template <class Sum>
double nanoseconds_per_sum(Sum sum, const Bytes& record) {
  double least = 1e9;
  std::uint32_t last = 0;
  for (int round = 0; round < kRounds; ++round) {
    const auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < kSumsPerRound; ++i) last = sum(last, record);
    const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - start;
    least = std::min(least, took.count() / kSumsPerRound);
  }
  return least;
}

}  // namespace

int main() {
  std::printf("%12s %12s %12s %12s\n", "record_bytes", "libdeflate", "zlib", "isa-l");
  for (const std::size_t record_bytes : {40u, 64u, 128u, 200u}) {
    const Bytes record(record_bytes, 0x5a);
    QUORATE_CHECK(by_libdeflate(0, record) == by_zlib(0, record), "libdeflate and zlib agree");
    QUORATE_CHECK(by_libdeflate(0, record) == by_isal(0, record), "libdeflate and ISA-L agree");
    std::printf("%12zu %9.1f ns %9.1f ns %9.1f ns\n", record_bytes,
                nanoseconds_per_sum(by_libdeflate, record), nanoseconds_per_sum(by_zlib, record),
                nanoseconds_per_sum(by_isal, record));
  }
}
