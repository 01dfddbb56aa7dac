// Is what the clients saw linearizable? Their history, kept as it happens, and judged at the end.
//
// Keys and values get numbers in the order in which they come. Fault model: holds under every
// fault; a write whose fate is unknown may have happened at any time after it began, or never.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sim/check/text_numbers.h"
#include "sim/client/session_clients.h"
#include "sim/linear/judge.h"

namespace quorate::sim {

class ClientHistory {
 public:
  static constexpr const char* kName = "always_linearizable";
  static constexpr const char* kClause = "S15";

  void begin(std::uint32_t clients);
  void began(std::uint32_t client, const SessionOperation& operation);
  void ended(std::uint32_t client, const SessionOperation& operation, Outcome outcome,
             const Found& found);

  // Empty: it is linearizable. Otherwise the operations that contradict each other, in words.
  std::string contradiction();
  const linear::History& history() const { return history_; }

 private:
  struct Said {  // what words need of an operation, by its id
    std::uint32_t client = 0;
    Time began_at;
  };

  linear::Value value_of(std::string_view text) { return values_.number(text) + kFirstValue; }
  std::string words(linear::OpId op) const;
  std::string_view value(linear::Value value) const;

  static constexpr linear::Value kFirstValue = linear::kNull + 1;

  linear::History history_;
  linear::Judge judge_;
  TextNumbers keys_, values_;                    // of values: beginning at kFirstValue
  std::vector<std::vector<linear::OpId>> open_;  // by client and place
  std::vector<Said> said_;
};

}  // namespace quorate::sim
