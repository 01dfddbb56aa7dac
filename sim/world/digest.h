// Did the same happen? A number over all happenings of a run, in their order.
//
// It says whether two runs are alike, not which is right. Order matters within a run; the digest of
// a sweep adds up those of its runs, so that the order of the runs doesn't.
#pragma once

#include <cstdint>

namespace quorate::sim {

class Digest {
 public:
  void add(std::uint64_t word) {
    state_ = (state_ ^ word) * 0x9E3779B97F4A7C15u;
    state_ ^= state_ >> 29;
  }
  std::uint64_t value() const { return state_; }

 private:
  std::uint64_t state_ = 0xCBF29CE484222325u;
};

}  // namespace quorate::sim
