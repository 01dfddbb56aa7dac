#include "core/protocol/kv.h"

#include "core/base/check.h"

namespace quorate {

int Kv::apply(const RecordView& record) {
  if (record.op == Op::noop) return 0;
  if (record.op == Op::cas) {
    const auto cas = read_cas(record.value);
    QUORATE_CHECK(cas.has_value(), "a cas that was not checked reached the state machine");
    return compare_and_set(record.key, *cas);
  }
  const HeadedView key(record.key);
  const auto at = entries_.find(key);
  if (record.op == Op::del) {
    if (at == entries_.end()) return 0;
    entries_.erase(at);
    return 1;
  }
  if (at == entries_.end())
    entries_.emplace(key, record.value);
  else
    at->second.assign(record.value);
  return 0;
}

int Kv::compare_and_set(std::string_view text, const CasValue& cas) {
  const HeadedView key(text);
  const auto at = entries_.find(key);
  const bool is_there = at != entries_.end();
  if (is_there != cas.from.has_value() || (is_there && at->second != *cas.from)) return 0;
  if (is_there)
    at->second.assign(cas.to);
  else
    entries_.emplace(key, cas.to);
  return 1;
}

const std::string* Kv::find(std::string_view key) const {
  const auto at = entries_.find(HeadedView(key));
  return at == entries_.end() ? nullptr : &at->second;
}

}  // namespace quorate
