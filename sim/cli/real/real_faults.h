// How is a fault of a scenario made in the real world? With a relay on each line that one concerns,
// signals, and a bit flipped in a file.
//
// A real fault is to do what sim/fault/README.md says of it; what can't be made is not asked for
// (sim/search/for_real.h). One thread.
#pragma once

#include <compare>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "sim/cli/real/real_cluster.h"
#include "sim/cli/real/relay.h"
#include "sim/cli/real/resp_client.h"
#include "sim/fault/fault.h"

namespace quorate::cli {

class RealFaults {
 public:
  // Puts the relays in their places: before the cluster starts. Both outlive this. The node of a
  // fault that is meant for whoever leads (sim::kWhoLeads) is known before that strikes.
  RealFaults(RealCluster& cluster, const std::vector<sim::PlannedFault>& faults);

  // The cluster runs: what is made on the wire waits there from now on.
  void begin();
  void strike(std::size_t index, Time now);
  void end(std::size_t index);
  void restart(std::size_t index);
  // What comes again and again.
  void poll(Time now);
  // Everything that has been made, and does not end by itself, is over.
  void end_all();

 private:
  enum class Way : std::uint8_t { delay, block };
  struct WakeUp {
    std::size_t index = 0;
    Time next;
    std::unique_ptr<RespClient> client;
  };

  // A relay stands between two nodes, of which the higher number dials the lower.
  struct Ends {
    std::uint32_t dialer = 0;
    std::uint32_t target = 0;
    friend auto operator<=>(const Ends&, const Ends&) = default;
  };
  static bool concerns(const sim::PlannedFault& fault, const Ends& ends);

  template <class Act>
  void each_relay(const sim::PlannedFault& fault, sim::Direction direction, Act act);
  void on_link(std::size_t index, Way way);
  void off_link(std::size_t index, Way way);
  void wake(WakeUp& wake_up, Time now);
  void damage(const sim::PlannedFault& fault) const;

  RealCluster& cluster_;
  const std::vector<sim::PlannedFault>& faults_;
  std::map<Ends, std::unique_ptr<Relay>> relays_;
  // Which fault has the last word there? By relay, direction and way.
  std::map<std::tuple<Ends, sim::Direction, Way>, std::size_t> owners_;
  std::map<std::uint32_t, std::size_t> paused_by_;  // by node
  std::vector<bool> has_struck_;                    // by fault: crashes that took a node down
  std::vector<std::size_t> damages_;                // that wait for their node's next start
  std::vector<WakeUp> wake_ups_;
};

}  // namespace quorate::cli
