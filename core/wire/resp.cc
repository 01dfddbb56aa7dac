#include "core/wire/resp.h"

#include <algorithm>
#include <cstring>
#include <limits>

namespace quorate {

namespace {

constexpr std::string_view kBadCount = "invalid multibulk length";
constexpr std::string_view kBadLength = "invalid bulk length";
constexpr std::string_view kBadInteger = "invalid integer";

constexpr std::string_view kCrlf = "\r\n";

constexpr auto kMaxInteger = std::uint64_t{std::numeric_limits<std::int64_t>::max()};

// The longest number that Cursor::number() accepts: type, sign, 19 digits, CRLF.
static_assert(1 + 1 + std::numeric_limits<std::int64_t>::digits10 + 1 + 2 <= kRespMaxNumberLine);

// A place in the bytes received. Each function takes one thing from there, looking at the bytes
// from left to right and deciding at the first that decides, so that cuts don't matter. Where it
// does not return whole, the cursor's place means nothing any more.
class Cursor {
 public:
  Cursor(ByteSpan in, std::size_t at) : in_(in), at_(at) {}

  std::size_t at() const { return at_; }
  bool at_end() const { return at_ == in_.size(); }
  // Requires !at_end().
  Byte next() const { return in_[at_]; }
  void skip() { ++at_; }

  std::string_view reason() const { return reason_; }
  RespStatus fail(std::string_view reason) {
    reason_ = reason;
    return RespStatus::malformed;
  }

  RespStatus byte(char expected, std::string_view reason) {
    if (at_end()) return RespStatus::incomplete;
    if (next() != static_cast<Byte>(expected)) return fail(reason);
    skip();
    return RespStatus::whole;
  }

  RespStatus crlf(std::string_view reason) {
    const RespStatus cr = byte('\r', reason);
    return cr == RespStatus::whole ? byte('\n', reason) : cr;
  }

  // Digits and CRLF. Requires 999 <= limit.
  RespStatus number(std::uint64_t limit, std::string_view reason, std::uint64_t& number) {
    if (short_number(number)) return RespStatus::whole;
    const std::size_t start = at_;
    const std::uint64_t tenth = limit / 10;
    number = 0;
    for (; !at_end() && next() >= '0' && next() <= '9'; skip()) {
      const std::uint64_t digit = std::uint64_t{next()} - '0';
      const bool leading_zero = at_ > start && number == 0;
      if (leading_zero || number > tenth || number * 10 > limit - digit) return fail(reason);
      number = number * 10 + digit;
    }
    if (at_end()) return RespStatus::incomplete;
    return at_ == start ? fail(reason) : crlf(reason);
  }

  // An optional sign, digits and CRLF.
  RespStatus integer(std::int64_t& integer) {
    if (at_end()) return RespStatus::incomplete;
    const bool negative = next() == '-';
    if (negative || next() == '+') skip();
    std::uint64_t size = 0;
    const RespStatus status = number(kMaxInteger + (negative ? 1 : 0), kBadInteger, size);
    integer = static_cast<std::int64_t>(negative ? 0 - size : size);
    return status;
  }

  // What follows '$' where it is not nil: a length, CRLF, so many bytes, CRLF.
  RespStatus bulk(std::string_view& text) {
    std::uint64_t length = 0;
    const RespStatus status = number(kRespMaxBulk, kBadLength, length);
    if (status != RespStatus::whole) return status;
    const std::size_t left = in_.size() - at_;
    if (left < length) return RespStatus::incomplete;
    text = as_text({in_.data() + at_, length});
    at_ += length;
    if (left >= length + kCrlf.size() && is_crlf(in_.data() + at_)) {
      at_ += kCrlf.size();
      return RespStatus::whole;
    }
    return crlf("expected CRLF after a bulk");
  }

  // All up to LF. The text is without it, and without a CR before it; with_cr tells about that.
  RespStatus line(std::string_view& text, bool& with_cr, std::string_view too_long) {
    if (at_end()) return RespStatus::incomplete;
    const ByteSpan rest = in_.subspan(at_, std::min(in_.size() - at_, kRespMaxLine + 2));
    const void* const lf = std::memchr(rest.data(), '\n', rest.size());
    const std::size_t length =
        lf == nullptr ? rest.size()
                      : static_cast<std::size_t>(static_cast<const Byte*>(lf) - rest.data());
    with_cr = length > 0 && rest[length - 1] == '\r';
    text = as_text(rest.first(with_cr ? length - 1 : length));
    if (text.size() > kRespMaxLine) return fail(too_long);
    if (lf == nullptr) return RespStatus::incomplete;
    at_ += length + 1;
    return RespStatus::whole;
  }

 private:
  static bool is_crlf(const Byte* at) { return as_text({at, kCrlf.size()}) == kCrlf; }

  // One to three digits and CRLF, as nearly all numbers are. False: it is none of those, or not
  // all of it has come, or nothing behind it.
  bool short_number(std::uint64_t& number) {
    constexpr std::size_t kMost = 3;
    if (in_.size() - at_ < kMost + kCrlf.size()) return false;
    const Byte* const from = in_.data() + at_;
    std::size_t digits = 0;
    number = 0;
    for (; digits < kMost && from[digits] >= '0' && from[digits] <= '9'; ++digits)
      number = number * 10 + std::uint64_t{from[digits]} - '0';
    const bool has_leading_zero = digits > 1 && from[0] == '0';
    if (digits == 0 || has_leading_zero || !is_crlf(from + digits)) return false;
    at_ += digits + kCrlf.size();
    return true;
  }

  ByteSpan in_;
  std::size_t at_;
  std::string_view reason_;
};

RespStatus scan_array_request(Cursor& cursor, RespArguments& arguments) {
  cursor.skip();
  std::uint64_t count = 0;
  RespStatus status = cursor.number(kRespMaxArguments, kBadCount, count);
  for (; status == RespStatus::whole && count > 0; --count) {
    std::string_view text;
    status = cursor.byte('$', "expected '$'");
    if (status == RespStatus::whole) status = cursor.bulk(text);
    if (status == RespStatus::whole) arguments.add(text);
  }
  return status;
}

RespStatus scan_inline_request(Cursor& cursor, RespArguments& arguments) {
  constexpr std::string_view kBlanks = " \t";
  std::string_view line;
  bool with_cr = false;
  const RespStatus status = cursor.line(line, with_cr, "too big inline request");
  if (status != RespStatus::whole) return status;
  for (std::size_t end = 0;;) {
    const std::size_t start = line.find_first_not_of(kBlanks, end);
    if (start == line.npos) return RespStatus::whole;
    if (arguments.size() == kRespMaxArguments) return cursor.fail("too many inline arguments");
    end = std::min(line.find_first_of(kBlanks, start), line.size());
    arguments.add(line.substr(start, end - start));
  }
}

RespStatus scan_text_line(Cursor& cursor, RespKind kind, RespReply& reply) {
  bool with_cr = false;
  reply.kind = kind;
  const RespStatus status = cursor.line(reply.text, with_cr, "too big line");
  if (status != RespStatus::whole) return status;
  if (!with_cr || reply.text.find('\r') != reply.text.npos)
    return cursor.fail("expected CRLF after a line");
  return RespStatus::whole;
}

// The rest of "$-1" or "*-1", from the '-' on.
RespStatus scan_nil(Cursor& cursor, std::string_view reason, RespReply& reply) {
  cursor.skip();
  reply.kind = RespKind::nil;
  const RespStatus status = cursor.byte('1', reason);
  return status == RespStatus::whole ? cursor.crlf(reason) : status;
}

// One reply, or the head of an array.
RespStatus scan_one_reply(Cursor& cursor, RespReply& reply) {
  if (cursor.at_end()) return RespStatus::incomplete;
  const Byte type = cursor.next();
  cursor.skip();
  const bool negative = !cursor.at_end() && cursor.next() == '-';
  switch (type) {
    case '+': return scan_text_line(cursor, RespKind::simple, reply);
    case '-': return scan_text_line(cursor, RespKind::error, reply);
    case ':': reply.kind = RespKind::integer; return cursor.integer(reply.integer);
    case '$':
      if (negative) return scan_nil(cursor, kBadLength, reply);
      reply.kind = RespKind::bulk;
      return cursor.bulk(reply.text);
    case '*': {
      if (negative) return scan_nil(cursor, kBadCount, reply);
      reply.kind = RespKind::array;
      std::uint64_t count = 0;
      const RespStatus status = cursor.number(kRespMaxElements, kBadCount, count);
      reply.count = count;
      return status;
    }
    default: return cursor.fail("unknown type of reply");
  }
}

}  // namespace

void RespArguments::add_far(std::string_view argument) {
  if (size_ == kNear) far_.assign(near_.begin(), near_.end());
  far_.push_back(argument);
}

RequestScan scan_request(ByteSpan in, RespArguments& arguments) {
  arguments.clear();
  std::size_t start = 0;
  while (start < in.size()) {
    Cursor cursor(in, start);
    const RespStatus status = cursor.next() == '*' ? scan_array_request(cursor, arguments)
                                                   : scan_inline_request(cursor, arguments);
    if (status != RespStatus::whole) {
      arguments.clear();
      return {status, start, cursor.reason()};
    }
    if (!arguments.empty()) return {status, cursor.at(), {}};
    start = cursor.at();
  }
  return {RespStatus::incomplete, start, {}};
}

ReplyScan scan_reply(ByteSpan in, RespReply& reply) {
  if (as_text(in).starts_with(kRespOk)) {
    reply = {RespKind::simple, as_text(in.subspan(1, 2)), 0, 0};
    return {RespStatus::whole, kRespOk.size(), {}};
  }
  Cursor cursor(in, 0);
  RespReply first;
  // Of each array around the cursor: the elements still to come, the one at the cursor included.
  std::array<std::size_t, kRespMaxDepth> pending;
  std::size_t depth = 0;
  for (bool is_first = true;; is_first = false) {
    RespReply one;
    const RespStatus status = scan_one_reply(cursor, one);
    if (status != RespStatus::whole) return {status, 0, cursor.reason()};
    if (is_first) first = one;
    if (one.kind == RespKind::array) {
      if (depth == kRespMaxDepth) return {RespStatus::malformed, 0, "arrays are nested too deep"};
      if (one.count > 0) {
        pending[depth++] = one.count;
        continue;
      }
    }
    while (depth > 0 && --pending[depth - 1] == 0) --depth;
    if (depth == 0) break;
  }
  reply = first;
  return {RespStatus::whole, cursor.at(), {}};
}

std::string_view to_text(RespKind kind) {
  switch (kind) {
    case RespKind::simple: return "simple";
    case RespKind::error: return "error";
    case RespKind::integer: return "integer";
    case RespKind::bulk: return "bulk";
    case RespKind::nil: return "nil";
    case RespKind::array: return "array";
  }
  return "?";
}

}  // namespace quorate
