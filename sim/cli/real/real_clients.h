// Who asks the real leader? The clients of a course: one connection each, one request at a time.
//
// They do what the simulated ones do (sim/client/client.h): dial again when a connection is over,
// give up after a patience, and never ask twice. One thread; poll() moves them on.
#pragma once

#include <atomic>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "sim/cli/real/resp_client.h"
#include "sim/search/course.h"

namespace quorate::cli {

class RealClients {
 public:
  using Ended = std::function<void(const sim::CourseRequest& request, const std::string& words)>;

  // `leader` ("host:port") need not listen yet.
  RealClients(const std::string& leader, Duration patience, const std::atomic<bool>* interrupted,
              Ended ended);

  bool is_idle(std::uint32_t client) const;
  bool all_idle() const;
  // Requires that this client is idle.
  void ask(const sim::CourseRequest& request, Time now);
  // What has come, who gives up, who dials again.
  void poll(Time now);

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
