// Which keys may a scenario have? All of them, with their limits, in one tree of tables.
//
// The one place to add a key: a line here, a member in scenario.h, and then scenario_schema_test
// asks for the same in scenarios/schema/scenario.schema.json and in scenarios/README.md.
// The faults' keys stand in fault_keys.h.
#pragma once

#include "sim/scenario/fields.h"

namespace quorate::sim::reading {

inline constexpr std::int64_t kLongestMs = 3'600'000;  // an hour of virtual time
inline constexpr std::int64_t kLongestUs = kLongestMs * 1000;
inline constexpr std::int64_t kMostFollowers = 6;
inline constexpr std::int64_t kMostClients = 64;
inline constexpr std::int64_t kMostWrites = 100'000;
inline constexpr std::int64_t kMostRequests = 10'000'000;  // what an expectation may count up to
inline constexpr std::int64_t kHighestLsn = 1'000'000;     // that a scenario may name

const Fields<Scenario>& scenario_keys();

// What may stand in a scenario: the whole tree, to read by and to compare the schema with.
const Shape& scenario_shape();

}  // namespace quorate::sim::reading
