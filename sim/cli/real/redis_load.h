// Who else may load the cluster? redis-benchmark, begun anew whenever it ends.
//
// It ends as soon as a write is answered with an error, or when it finds no leader. What it is told
// is not judged; that its records do no harm to anybody else's is.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "core/base/time.h"
#include "sim/cli/real/child.h"

namespace quorate::cli {

class RedisLoad {
 public:
  // The file of redis-benchmark, the leader's "host:port", and where its output goes.
  RedisLoad(std::string program, std::string address, std::string out)
      : program_(std::move(program)), address_(std::move(address)), out_(std::move(out)) {}

  // Begins it, if it doesn't run and did not end a moment ago. Throws PosixError.
  void keep_running(Time now);
  void end() { child_.reset(); }
  std::uint64_t runs() const { return runs_; }

 private:
  std::string program_;
  std::string address_;
  std::string out_;
  std::unique_ptr<Child> child_;
  Time again_at_;
  std::uint64_t runs_ = 0;
};

}  // namespace quorate::cli
