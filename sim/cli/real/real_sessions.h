// Who asks where any node may lead? The clients of a course with a session each.
//
// They do what the simulated ones do (sim/client/session_clients.h): ask one node after the other,
// by the same number, until it is done or a patience is over; a request that names a node is asked
// of that one alone, and once. What they asked and were told is kept as a history, with the times
// of this machine.
#pragma once

#include <atomic>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "reports/history_lines.h"
#include "sim/cli/real/real_askers.h"
#include "sim/cli/real/resp_client.h"

namespace quorate::cli {

// A write that was told OK, by its session.
struct DoneWrite {
  std::uint32_t client = 0;
  std::uint64_t sequence = 0;
  std::string what;  // "client 1's set of x"
};

class RealSessions final : public RealAskers {
 public:
  // `nodes` are where clients find node 1, 2, ...
  RealSessions(std::vector<std::string> nodes, Duration patience,
               const std::atomic<bool>* interrupted, Ended ended);

  bool is_idle(std::uint32_t client) const override;
  bool all_idle() const override;
  void ask(const sim::CourseRequest& request, Time now) override;
  void poll(Time now) override;

  const std::string& history() const { return history_; }
  const std::vector<DoneWrite>& done() const { return done_; }

 private:
  struct Client {
    std::optional<sim::CourseRequest> request;
    std::optional<RespClient> connection;
    bool is_sent = false;
    bool may_have_happened = false;
    std::size_t node = 0;  // which one it asks
    std::uint64_t sequence = 0;
    Time tries_at;
    Time gives_up_at;
  };

  void send(Client& client, Time now);
  void hear(Client& client, const RespAnswer& answer, Time now);
  // Another try elsewhere, unless there may be none.
  void again(Client& client, Time now);
  void give_up(Client& client, Time now);
  void end(Client& client, reports::HistoryEvent event, const std::string& words, Time now);
  reports::HistoryEvent event_of(const sim::CourseRequest& request) const;

  std::vector<std::string> nodes_;
  Duration patience_;
  const std::atomic<bool>* interrupted_;
  Ended ended_;
  std::vector<Client> clients_;
  std::string history_;
  std::vector<DoneWrite> done_;
};

}  // namespace quorate::cli
