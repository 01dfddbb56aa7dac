// The driver, when its disk takes no more.
#include <algorithm>
#include <limits>

#include "core/env/driver.h"

namespace quorate {

namespace {

// Was that decided about bytes that the disk has refused, from that LSN on? A state that was built
// anew stays so, and builds up again.
bool is_undone(const Fact& fact, Lsn refused) {
  switch (fact.kind) {
    case FactKind::appended:
    case FactKind::snapshot_taken:
    case FactKind::log_cut:
    case FactKind::generation_entered: return true;
    case FactKind::shipped:
    case FactKind::reshipped: return fact.a >= fact.lsn.value() && fact.a >= refused.value();
    default: return false;
  }
}

}  // namespace

// What rests on the refused bytes must not leave, and what was noted of them has not happened.
void Driver::append_refused(Env& env, ErrorKind why) {
  const auto noted = static_cast<std::ptrdiff_t>(effects_.facts.size());
  if (why == ErrorKind::disk_full)
    node_->step(env.clock.now(), AppendRefused{written_}, effects_);
  else
    node_->step(env.clock.now(), SyncFailed{}, effects_);
  std::erase_if(effects_.sends, [this](const Send& send) { return send.to_byte > written_; });
  Facts& facts = effects_.facts;
  const auto begin = facts.begin() + static_cast<std::ptrdiff_t>(facts_on_disk_);
  const auto end = facts.begin() + noted;
  Lsn refused = Lsn(std::numeric_limits<std::uint64_t>::max());
  for (auto fact = begin; fact != end; ++fact)
    if (fact->kind == FactKind::appended) refused = std::min(refused, fact->lsn);
  facts.erase(
      std::remove_if(begin, end, [refused](const Fact& fact) { return is_undone(fact, refused); }),
      end);
}

}  // namespace quorate
