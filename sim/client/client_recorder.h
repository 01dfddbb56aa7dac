// What did the clients of a run ask, and what were they told? As the lines of a file that
// `quorate check` reads.
//
// A process of the file has one operation at a time. Client n (counted from 0) is process n; where
// it has several requests under way on one connection, those beside the first are process n + 64,
// n + 128, ... In the profile ack_quorum a request counts from when it is sent, and one that never
// was is not told.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "reports/history_lines.h"
#include "sim/client/history.h"
#include "sim/client/session_clients.h"
#include "sim/world/world.h"

namespace quorate::sim {

class ClientRecorder final : public ClientEar, public SessionWatcher {
 public:
  static constexpr std::uint64_t kMostClients = 64;  // of a scenario

  // The world whose clock counts. It must outlive this.
  explicit ClientRecorder(const World& world) : world_(world) {}

  const std::string& lines() const { return lines_; }

  // ClientEar: of the profile ack_quorum
  void invoked(std::uint32_t client, const ClientRequestView& request) override;
  void told(std::uint32_t client, const RespReply& reply) override;
  void ended(std::uint32_t client, const ClientRequestView& request, Outcome outcome) override;

  // SessionWatcher: of replicated_log
  void began(std::uint32_t client, const SessionOperation& operation) override;
  void ended(std::uint32_t client, const SessionOperation& operation, Outcome outcome,
             const Found& found) override;

 private:
  std::uint64_t begin_process(std::uint32_t client);
  std::uint64_t end_process(std::uint32_t client);
  static std::uint64_t process_of(std::uint32_t client, const SessionOperation& operation);
  void end(reports::HistoryEvent event, Outcome outcome, OperationKind op, const Found& found);

  const World& world_;
  std::string lines_;
  std::vector<std::deque<std::uint64_t>> open_;  // by client: its processes, the oldest first
  bool has_value_ = false;                       // what was told last
  std::string value_;
  std::int64_t count_ = 0;
};

}  // namespace quorate::sim
