// What do the applied records add up to? The state machine: keys and their values.
//
// It sees data records in LSN order and nothing else, so two nodes that applied the same log hold
// the same state, byte for byte.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "core/base/headed_text.h"
#include "core/log/record_codec.h"

namespace quorate {

class Kv {
 public:
  using Entries = std::map<HeadedText, std::string, HeadedLess>;

  // Applies a data record. Returns what it is answered with, where that is a number: how many keys
  // a del removed, how many a cas wrote (0 or 1; 0 for all others).
  int apply(const RecordView& record);
  // The value, or nullptr where the key is unknown. Good until the next apply or clear.
  const std::string* find(std::string_view key) const;
  void clear() { entries_.clear(); }
  void restore(Entries entries) { entries_ = std::move(entries); }
  const Entries& entries() const { return entries_; }

 private:
  int compare_and_set(std::string_view key, const CasValue& cas);

  Entries entries_;
};

}  // namespace quorate
