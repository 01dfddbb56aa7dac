#include "core/protocol/kv.h"

namespace quorate {

int Kv::apply(const RecordView& record) {
  if (record.op == Op::noop) return 0;
  const auto at = entries_.find(record.key);
  if (record.op == Op::del) {
    if (at == entries_.end()) return 0;
    entries_.erase(at);
    return 1;
  }
  if (at == entries_.end())
    entries_.emplace(record.key, record.value);
  else
    at->second.assign(record.value);
  return 0;
}

const std::string* Kv::find(std::string_view key) const {
  const auto at = entries_.find(key);
  return at == entries_.end() ? nullptr : &at->second;
}

}  // namespace quorate
