// What did clients ask, and what were they told? One event each way, for whoever judges.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/base/time.h"
#include "core/wire/resp.h"
#include "sim/scenario/scenario.h"

namespace quorate::sim {

struct ClientRequestView {
  OperationKind op = OperationKind::get;
  std::string_view key;
  std::string_view value;
  std::uint64_t sequence = 0;  // on its connection: 1, 2, ...; 0: it was never sent
  std::uint64_t ends_at = 0;   // so many bytes of its connection end with its own last one
  std::uint32_t pipe = 0;
  Time invoked_at;  // when it was sent
};

enum class Outcome : std::uint8_t {
  ok,       // written, or a value, or that there is none
  timeout,  // fate unknown
  error,    // nothing has happened
  lost,     // the connection broke, or patience ran out, before the answer: fate unknown
};

// A client's requests are invoked in the order of its connection, and end in that order.
class ClientWatcher {
 public:
  virtual ~ClientWatcher() = default;
  virtual void invoked(std::uint32_t client, const ClientRequestView& request) = 0;
  virtual void ended(std::uint32_t client, const ClientRequestView& request, Outcome outcome) = 0;
};

// Who wants to know in which words they were told it, too.
class ClientEar : public ClientWatcher {
 public:
  // The answer, right before the ended() of its request. Its text is good during the call only.
  virtual void told(std::uint32_t client, const RespReply& reply) = 0;
};

}  // namespace quorate::sim
