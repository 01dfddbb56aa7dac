// Two logs with the same LSN and generation agree in it and in all before it, and what follows is
// what the leader wrote: sound, in order, and nothing of anyone's own (log matching).
//
// Fault model: holds under every fault.
#pragma once

#include <vector>

#include "sim/check/court.h"

namespace quorate::sim {

class AlwaysLogsAgree {
 public:
  static constexpr const char* kName = "always_logs_agree";
  static constexpr const char* kClause = "S3";

  void begin() {
    newest_.clear();
    older_.clear();
  }

  void appended(Court& court, NodeId node, const NodeTruth::Added& added) {
    if (added.op > Op::del) return;
    const TrueRecord& record = *added.record;
    const auto what = [node, &record] {
      return node_name(node) + " wrote " + lsn_text(record.lsn);
    };
    if (!record.sound)
      return court.violate(kName, kClause,
                           [=] { return what() + " to its log although it came damaged"; });
    if (court.truth(node).bytes_are_malformed())
      return court.violate(kName, kClause,
                           [=] { return what() + " where it doesn't follow in its log"; });
    if (node == NodeId(1) && !is_known(record)) return learn(record);
    const Known* known = find(record);
    if (known == nullptr)
      return court.violate(kName, kClause, [=, &record] {
        return what() + " of generation " + std::to_string(record.generation.value()) +
               ", which no leader of that generation has written";
      });
    if (known->chain != record.chain)
      court.violate(kName, kClause, [=, &record] {
        return node_name(node) + " holds another " + lsn_text(record.lsn) + " of generation " +
               std::to_string(record.generation.value()) +
               " than the leader of that generation wrote";
      });
  }

 private:
  struct Known {  // what is enough to know a record at an LSN by
    Generation generation;
    std::uint64_t chain = 0;
  };
  struct Older {
    Lsn lsn;
    Known known;
  };

  // The leader may write again what its followers gave back.
  bool is_known(const TrueRecord& record) const {
    const Known* known = find(record);
    return known != nullptr && known->chain == record.chain;
  }
  void learn(const TrueRecord& record) {
    const std::size_t index = record.lsn.value() - 1;
    if (index < newest_.size()) {
      older_.push_back({record.lsn, newest_[index]});
      newest_[index] = {record.generation, record.chain};
    } else if (index == newest_.size()) {
      newest_.push_back({record.generation, record.chain});
    }
  }
  const Known* find(const TrueRecord& record) const {
    const std::size_t index = record.lsn.value() - 1;
    if (index < newest_.size() && newest_[index].generation == record.generation)
      return &newest_[index];
    for (const Older& old : older_)
      if (old.lsn == record.lsn && old.known.generation == record.generation) return &old.known;
    return nullptr;
  }

  std::vector<Known> newest_;  // by LSN: what a leader wrote there last
  std::vector<Older> older_;   // and what leaders wrote there before
};

}  // namespace quorate::sim
