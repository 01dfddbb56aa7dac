#include "sim/cli/real/redis_load.h"

namespace quorate::cli {

void RedisLoad::keep_running(Time now) {
  constexpr Duration kPause = milliseconds(50);
  if (child_ && !child_->ended()) return;
  if (child_) {
    child_.reset();
    again_at_ = now + kPause;
  }
  if (now < again_at_) return;
  const std::size_t colon = address_.rfind(':');
  const std::vector<std::string> arguments{"-h", address_.substr(0, colon),
                                           "-p", address_.substr(colon + 1),
                                           "-t", "set",
                                           "-d", "100",
                                           "-c", "32",
                                           "-r", "300",
                                           "-n", "100000000",
                                           "-q"};
  child_ = std::make_unique<Child>(program_, arguments, out_ + ".out", out_ + ".err", -1);
  ++runs_;
}

}  // namespace quorate::cli
