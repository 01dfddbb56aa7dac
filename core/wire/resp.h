// How do clients talk to a node? RESP2, the protocol of Redis, both ways: requests and replies.
//
// Source: the Redis serialization protocol specification (redis.io, "RESP protocol spec"), version
// 2; what a server tolerates, and the words of its refusals, follow Redis itself (networking.c).
//
//     request := '*' count CRLF ('$' length CRLF byte{length} CRLF){count}  |  inline
//     inline  := what blanks and tabs divide, then LF or CRLF. No quoting: a quote is a plain byte.
//     reply   := '+' text CRLF | '-' text CRLF | ':' integer CRLF | '$' length CRLF bytes CRLF
//              | '$-1' CRLF | '*' count CRLF reply{count} | '*-1' CRLF
//
// Pure, and without a memory of its own: a scan looks at the bytes received so far, from the start
// of a message, and what it finds are views into them, valid as long as those bytes stay.
// - whole: one message was found. Drop `consumed` bytes, and scan again for the next one.
// - incomplete: so far all is well. Scan again, from the same start, when more has come.
// - malformed: no further byte can mend it. Answer "-ERR Protocol error: <reason>" and close.
// Invariant: how the bytes were cut does not matter. A message that is whole or malformed stays so,
// with the same result, whatever follows it.
//
// Stricter than Redis: what should be CRLF must be CRLF, and a request of -1 arguments, which Redis
// skips, is malformed. A length has no sign and no leading zero, and is checked against its limit
// digit by digit, so no length line is waited for beyond kRespMaxNumberLine bytes, and nothing is
// ever allocated because of a length that somebody claims.
//
// Cost: a bulk is skipped by its length, so a scan costs O(arguments), not O(bytes), and scanning a
// big request anew at each read is harmless. An inline line is searched for its end at each scan,
// at most kRespMaxLine bytes. Whoever keeps the bytes bounds them: each bulk has a limit, but a
// request of the most and greatest bulks comes to 1.1 GB.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string_view>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/check.h"

namespace quorate {

// The arguments of one request, its command's name included.
inline constexpr std::size_t kRespMaxArguments = 1024;
// The bytes of one bulk: the greatest value (1 MiB) and some room.
inline constexpr std::size_t kRespMaxBulk = (std::size_t{1} << 20) + (std::size_t{1} << 16);
// The bytes of an inline request, a simple string or an error, without what frames them.
inline constexpr std::size_t kRespMaxLine = std::size_t{1} << 16;
// The bytes of a line that holds a length or an integer, its type and CRLF included.
inline constexpr std::size_t kRespMaxNumberLine = 32;
// The elements of one array in a reply, and how deep arrays nest (an array in no other: 1).
inline constexpr std::size_t kRespMaxElements = std::size_t{1} << 16;
inline constexpr std::size_t kRespMaxDepth = 8;

enum class RespStatus { whole, incomplete, malformed };

struct RespScan {
  RespStatus status = RespStatus::incomplete;
  // The bytes that are done with. Whole: the message and the empty requests before it. Otherwise
  // only those empty requests, which may be dropped now or scanned again, as the caller likes.
  std::size_t consumed = 0;
  // Why it is malformed: static text of one line. Otherwise empty.
  std::string_view reason;
};
using RequestScan = RespScan;
using ReplyScan = RespScan;

// The arguments of one request: views into the scanned bytes, one behind the other in memory, so it
// converts to std::span<const std::string_view>.
// The first few have their place in the object, so a local one costs no allocation; one that is
// reused costs none for more, either. Not copied: the views would outlive their bytes.
class RespArguments {
 public:
  RespArguments() = default;
  RespArguments(const RespArguments&) = delete;
  RespArguments& operator=(const RespArguments&) = delete;

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  const std::string_view* data() const { return size_ <= kNear ? near_.data() : far_.data(); }
  const std::string_view* begin() const { return data(); }
  const std::string_view* end() const { return data() + size_; }
  // Requires i < size().
  std::string_view operator[](std::size_t i) const {
    QUORATE_CHECK(i < size_, "a request has no such argument");
    return data()[i];
  }

  void clear() { size_ = 0; }
  void add(std::string_view argument) {
    if (size_ < kNear) [[likely]]
      near_[size_] = argument;
    else
      add_far(argument);
    ++size_;
  }

 private:
  static constexpr std::size_t kNear = 8;

  void add_far(std::string_view argument);

  std::size_t size_ = 0;
  std::array<std::string_view, kNear> near_;
  // All of them, the near ones too, once there are more than kNear.
  std::vector<std::string_view> far_;
};

// Finds the first request in `in`, which begins where a request begins.
// Whole: `arguments` holds at least one argument. Otherwise it is empty.
// A request without arguments (`*0`, a blank line) is skipped, as Redis does; nothing answers it.
RequestScan scan_request(ByteSpan in, RespArguments& arguments);

enum class RespKind { simple, error, integer, bulk, nil, array };

std::string_view to_text(RespKind kind);

struct RespReply {
  RespKind kind = RespKind::nil;
  std::string_view text;     // of simple, error and bulk: a view into the scanned bytes
  std::int64_t integer = 0;  // of integer
  std::size_t count = 0;     // of array: its own elements, not theirs
};

// Finds the first reply in `in`, which begins where a reply begins.
// Whole: `reply` says what it is; an array is checked and consumed with all that is nested in it,
// and only counted, since no client of ours needs its elements. Otherwise `reply` stays as it was.
// Here a scan costs O(elements of arrays), and a line's length for simple strings and errors.
ReplyScan scan_reply(ByteSpan in, RespReply& reply);

// The answer to nearly every write, as encode_simple() writes it.
inline constexpr std::string_view kRespOk = "+OK\r\n";

// Each appends one message, or the head of one. Requires that the text does not lie within `to`.
// The limits above are not checked here: it is the reader who refuses what is past them.
//
// A simple string and an error are lines: CR and LF in them are written as blanks, and what is
// longer than kRespMaxLine is cut, so that a text that quotes a client can't break the stream.
// The text of an error begins with its code: "ERR unknown command".
void encode_simple(Bytes& to, std::string_view text);
void encode_error(Bytes& to, std::string_view text);
void encode_integer(Bytes& to, std::int64_t integer);
void encode_bulk(Bytes& to, std::string_view text);
void encode_nil(Bytes& to);
// The caller appends `count` replies after it.
void encode_array_header(Bytes& to, std::size_t count);
// A request, as an array of bulks. Without arguments it is one that the reader skips.
void encode_request(Bytes& to, std::span<const std::string_view> arguments);
void encode_request(Bytes& to, std::initializer_list<std::string_view> arguments);

}  // namespace quorate
