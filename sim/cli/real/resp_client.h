// How does this process ask a node something? One blocking connection that speaks RESP2.
//
// Every wait has an end: a point in time, or Ctrl-C. One thread.
#pragma once

#include <atomic>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/base/time.h"
#include "core/posix/fd.h"
#include "core/wire/resp.h"

namespace quorate::cli {

struct RespAnswer {
  RespKind kind = RespKind::nil;
  std::string text;  // of simple, error and bulk
  std::int64_t integer = 0;

  bool is_ok() const { return kind == RespKind::simple && text == "OK"; }
};

class RespClient {
 public:
  // Connects to "host:port". Throws RealError when it can't be until then, PosixError for an
  // address that is none, and Interrupted as soon as `interrupted` is set.
  RespClient(const std::string& address, Time until,
             const std::atomic<bool>* interrupted = nullptr);

  // Sends a request and waits for its answer; an array is only counted (`integer`). Throws
  // RealError when none comes until then, or the connection is over: then it can't be used any
  // more.
  RespAnswer ask(std::initializer_list<std::string_view> words, Time until);
  // The two halves of it, for pipelining.
  void send(std::initializer_list<std::string_view> words, Time until) {
    send(std::span(words.begin(), words.size()), until);
  }
  void send(std::span<const std::string_view> words, Time until);
  RespAnswer receive(Time until);
  // The answer if all of it is here. Throws RealError when the connection is over.
  std::optional<RespAnswer> try_receive();

 private:
  void wait_for(short events, Time until, const char* what) const;
  [[noreturn]] void fail(const std::string& why) const;

  std::string address_;
  const std::atomic<bool>* interrupted_;
  Fd fd_;
  Bytes in_;
};

}  // namespace quorate::cli
