// Who asks the real leader? The clients of a course: one connection each, one request at a time.
//
// They do what the simulated ones do (sim/client/client.h): dial again when a connection is over,
// give up after a patience, and never ask twice.
#pragma once

#include <atomic>
#include <optional>
#include <string>
#include <vector>

#include "sim/cli/real/real_askers.h"
#include "sim/cli/real/resp_client.h"

namespace quorate::cli {

class RealClients final : public RealAskers {
 public:
  // `leader` ("host:port") need not listen yet.
  RealClients(const std::string& leader, Duration patience, const std::atomic<bool>* interrupted,
              Ended ended);

  bool is_idle(std::uint32_t client) const override;
  bool all_idle() const override;
  void ask(const sim::CourseRequest& request, Time now) override;
  void poll(Time now) override;

 private:
  struct Client {
    std::optional<RespClient> connection;
    std::optional<sim::CourseRequest> request;
    bool is_sent = false;
    Time gives_up_at;
    Time dials_at;
  };

  void send(Client& client, Time now);
  void end(Client& client, const std::string& words);

  std::string leader_;
  Duration patience_;
  const std::atomic<bool>* interrupted_;
  Ended ended_;
  std::vector<Client> clients_;
};

}  // namespace quorate::cli
