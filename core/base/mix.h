// How are the bits of a number spread over all of them?
//
// A bijection: different numbers stay different. It is the finalizer of SplitMix64 (Steele, Lea,
// Flood: Fast splittable pseudorandom generators, 2014). What is drawn with it is a part of every
// digest: it never changes.
#pragma once

#include <cstdint>

namespace quorate {

constexpr std::uint64_t mix(std::uint64_t x) {
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
  return x ^ (x >> 31);
}

}  // namespace quorate
