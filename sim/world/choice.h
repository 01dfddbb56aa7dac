// What does chance say? A pure function of (seed, what it is for, whom it concerns, how manyeth).
//
// There is no stream of random numbers that decisions share: leaving one decision out, or asking
// one more, changes no other. So a fault can be taken out of a run and the rest stays as it was.
// Integer arithmetic only, so that every compiler and machine gets the same.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>

#include "core/base/mix.h"
#include "sim/scenario/scenario.h"

namespace quorate::sim {

// What a draw is for. The numbers are part of every digest: append, never reorder.
enum class Purpose : std::uint64_t {
  delay = 1,
  message_fate,
  split_at,
  sync_delay,
  clock_offset,
  clock_drift,
  plan_followers,
  plan_clients,
  plan_keys,
  plan_writes,
  plan_value_bytes,
  plan_think,
  fault_on,
  fault_count,
  fault_at,
  fault_node,
  fault_peer,
  fault_for,
  fault_by,
  fault_detail,
  fault_restart,
  survives,
  torn,
  torn_bit,
  corrupt_at,
  corrupt_bit,
  damage_at,
  crash_kind,
  client_kind,
  client_key,
  client_start = 33,  // 31 and 32 are nobody's
  plan_pipeline = 34,
  client_pipelines = 35,
  client_asks_leader = 36,
  client_node = 50,
  fault_on_leader,
  election_seed,
  election_timeout,
  plan_peer_silence = 60,
  plan_ship_bytes,
  plan_eager,
  fault_next_leader,
  plan_snapshot_bytes,
  plan_log_kept_bytes,
  plan_max_sessions,
  fault_room,
};

class Choice {
 public:
  Choice() = default;
  explicit Choice(std::uint64_t seed) : seed_(mix(seed + 0x9E3779B97F4A7C15u)) {}

  std::uint64_t draw(Purpose purpose, std::uint64_t whom, std::uint64_t nth) const {
    const std::uint64_t place =
        static_cast<std::uint64_t>(purpose) * 0xD1342543DE82EF95u + whom * 0xDA942042E4DD58B5u;
    return mix(seed_ ^ mix(place + nth * 0x9E3779B97F4A7C15u));
  }
  // One of 0 .. bound - 1. Requires bound > 0.
  std::uint64_t below(std::uint64_t bound, Purpose purpose, std::uint64_t whom,
                      std::uint64_t nth) const {
    // The upper half of the draw, scaled: as even as 32 bits make it, and without a division.
    return scaled(draw(purpose, whom, nth), bound);
  }
  bool percent(std::int64_t chance, Purpose purpose, std::uint64_t whom, std::uint64_t nth) const {
    if (chance <= 0) return false;
    return below(100, purpose, whom, nth) < static_cast<std::uint64_t>(chance);
  }
  std::int64_t in(const Range& range, Purpose purpose, std::uint64_t whom,
                  std::uint64_t nth) const {
    if (range.min >= range.max) return range.min;
    const auto width = static_cast<std::uint64_t>(range.max - range.min) + 1;
    return range.min + static_cast<std::int64_t>(below(width, purpose, whom, nth));
  }
  std::int64_t in(const Delay& delay, Purpose purpose, std::uint64_t whom,
                  std::uint64_t nth) const {
    const Range& range = delay.us;
    if (range.min >= range.max) return range.min;
    const std::uint64_t bits = draw(purpose, whom, nth);
    const auto width = static_cast<std::uint64_t>(range.max - range.min);
    return range.min + static_cast<std::int64_t>(delay.distribution == Distribution::uniform
                                                     ? scaled(bits, width + 1)
                                                     : in_long_tail(bits, width));
  }

 private:
  static std::uint64_t scaled(std::uint64_t bits, std::uint64_t bound) {
    return ((bits >> 32) * bound) >> 32;
  }
  // Each doubling of the distance from 0 is half as likely: the count of leading zeros of a draw
  // picks how often the width is halved, and the rest of it picks the place therein.
  static std::uint64_t in_long_tail(std::uint64_t bits, std::uint64_t width) {
    const int doublings = static_cast<int>(std::bit_width(width));
    const int zeros = std::countl_zero(bits | 1);
    const int halvings = std::max(0, doublings - 1 - zeros);
    const std::uint64_t reach = (width >> halvings) + 1;
    return ((bits & 0xFFFFFFFFu) * reach) >> 32;
  }

  std::uint64_t seed_ = 0;
};

}  // namespace quorate::sim
