#include "core/protocol/sessions.h"

#include <algorithm>
#include <utility>

#include "core/base/check.h"

namespace quorate {

const Sessions::Session* Sessions::find(ClientId client) const {
  const auto at = sessions_.find(client);
  return at == sessions_.end() ? nullptr : &at->second;
}

OnceVerdict Sessions::judge(const Rules& rules, const Once& write) const {
  const Session* session = find(write.client);
  return rules.judge_once(
      {write, session != nullptr, session == nullptr ? 0 : session->sequence, dropped_up_to_});
}

void Sessions::remember(const Once& write, const WriteResult& result, Lsn lsn) {
  const auto at = sessions_.find(write.client);
  if (at != sessions_.end()) {
    at->second = {write.sequence, result, lsn};
    return;
  }
  if (sessions_.size() >= most_) drop_one();
  sessions_.emplace(write.client, Session{write.sequence, result, lsn});
}

void Sessions::drop_one() {
  const auto oldest =
      std::min_element(sessions_.begin(), sessions_.end(),
                       [](const auto& a, const auto& b) { return a.second.lsn < b.second.lsn; });
  dropped_up_to_ = std::max(dropped_up_to_, oldest->first);
  sessions_.erase(oldest);
}

void Sessions::restore(std::map<ClientId, Session> all, ClientId dropped_up_to) {
  QUORATE_CHECK(all.size() <= most_, "a table has room for its sessions");
  sessions_ = std::move(all);
  dropped_up_to_ = dropped_up_to;
}

void Sessions::clear() {
  sessions_.clear();
  dropped_up_to_ = ClientId();
}

}  // namespace quorate
