// What would a replicated write cost on this machine with no protocol at all? The floor.
//
// A bare leader and its followers, one poll loop each, no log in memory, no checksum, no records:
// a client's kMessage bytes go to the leader, from there to every follower, and when each has said
// how many it has, the client is answered. What one turn of a loop has read is one batch: one send
// to each follower, one answer of a follower. Synced: every node writes its batch with one write
// and makes it durable with one fdatasync before it answers, the leader after it has shipped it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/posix/fd.h"

namespace quorate::cli::bench_floor {

inline constexpr std::size_t kMessage = 100;  // bytes
inline constexpr std::string_view kAnswer = "+OK\r\n";

// Both run until their connections end. An empty file name: not synced.
void lead(const Fd& peers, std::size_t followers, const Fd& clients, const std::string& file);
void follow(const std::string& leader, const std::string& file);

}  // namespace quorate::cli::bench_floor
