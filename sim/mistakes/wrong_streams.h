// What can be got wrong about a disk, a stream of bytes, or several requests on one connection?
//
// Used by mistakes.cc alone, whose table says of each what it does and who has made it.
#pragma once

#include "core/protocol/rules.h"

namespace quorate::sim {

// ---- the disk and the stream

struct SyncCoversLater final : Rules {
  ByteCount durable_after_sync(ByteCount, ByteCount now) const override { return now; }
};
struct RetriesFailedSync final : Rules {
  bool stops_after_failed_sync() const override { return false; }
};
struct ReadsOnAfterDamagedHead final : Rules {
  bool closes_on_damaged_head() const override { return false; }
};
struct DropsUnsentBytes final : Rules {
  bool keeps_unsent_bytes() const override { return false; }
};

// ---- several requests on one connection

struct AnswersWhenReady final : Rules {
  bool answers_in_order() const override { return false; }
  bool reads_wait_for_writes() const override { return false; }
};
struct ReadsAheadOfWrites final : Rules {
  bool reads_wait_for_writes() const override { return false; }
};
struct WaitsFromItsTurn final : Rules {
  Duration counts_as_waited(Duration) const override { return Duration(); }
};
struct TimesOutThoseBehind final : Rules {
  bool times_out_alone() const override { return false; }
};
struct DropsRequestsBehind final : Rules {
  bool keeps_requests_behind() const override { return false; }
};

}  // namespace quorate::sim
