#include "sim/cli/real/fact_pipe.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <type_traits>

namespace quorate::cli {

namespace {

struct Piped {
  std::int64_t at_us;
  std::uint64_t lsn;
  std::uint64_t a;
  std::uint64_t b;
  std::uint32_t node;
  std::uint32_t peer;
  std::uint64_t kind;
};
static_assert(sizeof(Piped) == 48 && std::is_trivially_copyable_v<Piped>);

}  // namespace

void FactWriter::add(const RealFact& fact) {
  if (fd_ < 0) return;
  const Piped piped{fact.at.us(),
                    fact.fact.lsn.value(),
                    fact.fact.a,
                    fact.fact.b,
                    fact.node.value(),
                    fact.fact.peer.value(),
                    static_cast<std::uint64_t>(fact.fact.kind)};
  bytes_.append(reinterpret_cast<const char*>(&piped), sizeof(piped));
}

void FactWriter::flush() {
  std::size_t written = 0;
  while (fd_ >= 0 && written < bytes_.size()) {
    const ssize_t count = ::write(fd_, bytes_.data() + written, bytes_.size() - written);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0)
      fd_ = -1;
    else
      written += static_cast<std::size_t>(count);
  }
  bytes_.clear();
}

void FactParser::take(std::string_view bytes, std::vector<RealFact>& facts) {
  rest_ += bytes;
  std::size_t at = 0;
  for (; rest_.size() - at >= sizeof(Piped); at += sizeof(Piped)) {
    Piped piped;
    std::memcpy(&piped, rest_.data() + at, sizeof(piped));
    facts.push_back({NodeId(piped.node), Time(piped.at_us),
                     Fact{static_cast<FactKind>(piped.kind), NodeId(piped.peer), Lsn(piped.lsn),
                          piped.a, piped.b}});
  }
  rest_.erase(0, at);
}

}  // namespace quorate::cli
