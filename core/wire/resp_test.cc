// Each test writes bytes and reads what was understood, in this little language:
//   "[SET k v] [PING] ..3"   two requests, then 3 bytes that wait for more
//   "[PING] !expected '$'"   a request, then bytes refused, with the reason
//   "simple OK | array 2 .." two replies, then one that waits for more
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include "core/wire/resp.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <limits>
#include <string>
#include <vector>

using namespace quorate;
using namespace std::string_literals;

namespace {

// What every test says of a valid pipeline, however it is cut.
const std::string kPipeline =
    "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$4\r\n\r\n$1\r\n*0\r\nPING\r\n\r\n*2\r\n$3\r\nGET\r\n$0\r\n\r\n"
    "  ECHO\ta \n*10\r\n$1\r\n1\r\n$1\r\n2\r\n$1\r\n3\r\n$1\r\n4\r\n$1\r\n5\r\n$1\r\n6\r\n"
    "$1\r\n7\r\n$1\r\n8\r\n$1\r\n9\r\n$12\r\n0123456789ab\r\n";
const std::string kUnderstood =
    "[SET k \r\n$1] [PING] [GET ] [ECHO a] [1 2 3 4 5 6 7 8 9 0123456789ab] ";

// Of just the size of the text, so that a sanitizer sees an over-read.
Bytes bytes_of(std::string_view text) { return {text.begin(), text.end()}; }

// One end of a connection: takes pieces, and keeps what is not understood yet.
class Reader {
 public:
  Reader& take(std::string_view piece) {
    for (kept_ += piece; step();) {
    }
    return *this;
  }
  std::string requests() const { return requests_; }
  std::string all() const {
    if (!refusal_.empty()) return requests_ + "!" + refusal_;
    return kept_.empty() ? requests_ : requests_ + ".." + std::to_string(kept_.size());
  }

 private:
  bool step() {
    const Bytes in = bytes_of(kept_);
    RespArguments arguments;
    const RequestScan scan = scan_request(in, arguments);
    REQUIRE(scan.consumed <= in.size());
    REQUIRE((scan.status == RespStatus::malformed) == !scan.reason.empty());
    REQUIRE((scan.status == RespStatus::whole) == !arguments.empty());
    std::string request;
    for (const auto argument : arguments) request.append(" ").append(argument);
    if (!arguments.empty()) requests_.append("[").append(request, 1).append("] ");
    kept_.erase(0, scan.consumed);
    refusal_ = scan.reason;
    return scan.status == RespStatus::whole;
  }

  std::string kept_, requests_, refusal_;
};

std::string read(std::string_view bytes) { return Reader().take(bytes).all(); }

struct Lcg {
  std::uint32_t state = 1;
  std::size_t below(std::size_t bound) {
    state = state * 1664525 + 1013904223;
    return (state >> 8) % bound;
  }
};

std::string read_cut(std::string_view bytes, Lcg& lcg, std::size_t longest_piece) {
  Reader reader;
  while (!bytes.empty()) {
    const std::size_t length = std::min(bytes.size(), 1 + lcg.below(longest_piece));
    reader.take(bytes.substr(0, length));
    bytes.remove_prefix(length);
  }
  return reader.all();
}

std::string replies(std::string_view bytes) {
  std::string told;
  for (;;) {
    const Bytes in = bytes_of(bytes);
    RespReply reply;
    const ReplyScan scan = scan_reply(in, reply);
    REQUIRE((scan.status == RespStatus::whole || reply.kind == RespKind::nil));
    if (scan.status == RespStatus::malformed) return told + "!" + std::string(scan.reason);
    if (scan.status == RespStatus::incomplete) return bytes.empty() ? told : told + "..";
    told.append(told.empty() ? "" : "| ").append(to_text(reply.kind)).append(" ");
    if (reply.kind == RespKind::integer)
      told += std::to_string(reply.integer) + " ";
    else if (reply.kind == RespKind::array)
      told += std::to_string(reply.count) + " ";
    else if (reply.kind != RespKind::nil)
      told += std::string(reply.text) + " ";
    bytes.remove_prefix(scan.consumed);
  }
}

std::string bulk(std::size_t size) {
  return "$" + std::to_string(size) + "\r\n" + std::string(size, 'v') + "\r\n";
}
std::string text_of(const Bytes& bytes) { return std::string(as_text(bytes)); }
std::string times(std::size_t n, std::string_view part) {
  std::string all;
  while (n-- > 0) all += part;
  return all;
}

}  // namespace

TEST_CASE("resp: an array of bulks, its arguments are views into the bytes") {
  const Bytes in = bytes_of("*1\r\n$2\r\nhi\r\n");
  RespArguments arguments;
  CHECK(scan_request(in, arguments).consumed == in.size());
  CHECK(as_bytes(arguments[0]).data() == &in[8]);
  CHECK_THROWS_AS(arguments[1], InvariantBroken);
}

TEST_CASE("resp: any bytes in a bulk, unchanged") {
  CHECK(read("*2\r\n$3\r\nSET\r\n$4\r\n\r\n\0*\r\n"s) == "[SET \r\n\0*] "s);
}

TEST_CASE("resp: empty requests, skipped and counted as consumed") {
  CHECK(read("*0\r\n\r\n \t \n*0\r\nPING\n*0\r\n") == "[PING] ");
  CHECK(read("*0\r\n*") == "..1");
}

TEST_CASE("resp: an inline line, blanks and tabs divide it and quotes do not") {
  CHECK(read(" SET\t k  \"a b\" \r\nGET k\n") == "[SET k \"a b\"] [GET k] ");
  CHECK(read("a\rb\r\r\n") == "[a\rb\r] ");
}

TEST_CASE("resp: a pipeline cut anywhere, the same requests") {
  CHECK(read(kPipeline) == kUnderstood);
  for (std::size_t cut = 0; cut < kPipeline.size(); ++cut) {
    Reader reader;
    const std::string before = reader.take(kPipeline.substr(0, cut)).requests();
    CHECK((kUnderstood.starts_with(before) && before != kUnderstood));
    CHECK(reader.take(kPipeline.substr(cut)).all() == kUnderstood);
  }
}

TEST_CASE("resp: a pipeline byte by byte and in random pieces, the same requests") {
  Lcg lcg;
  CHECK(read_cut(kPipeline, lcg, 1) == kUnderstood);
  for (std::size_t round = 0; round < 500; ++round)
    CHECK(read_cut(kPipeline, lcg, 2 + round % 40) == kUnderstood);
}

TEST_CASE("resp: a damaged pipeline in random pieces, the same requests and refusal as in one") {
  Lcg lcg;
  for (int round = 0; round < 5000; ++round) {
    std::string damaged = kPipeline;
    for (int i = 0; i < 3; ++i) {
      char& place = damaged[lcg.below(damaged.size())];
      place = "\r\n*$-+019 a\0"[lcg.below(12)];
    }
    CHECK(read_cut(damaged, lcg, 1 + lcg.below(30)) == read(damaged));
  }
}

TEST_CASE("resp: malformed requests, refused with a reason whatever follows, and not before") {
  const std::string count = "!invalid multibulk length", length = "!invalid bulk length";
  const std::string dollar = "!expected '$'", end = "!expected CRLF after a bulk";
  const struct {
    std::string bytes, reason;
  } rows[] = {{"*-", count},
              {"*+", count},
              {"* ", count},
              {"*\r", count},
              {"*\n", count},
              {"*a", count},
              {"*00", count},
              {"*01", count},
              {"*1\n", count},
              {"*1 ", count},
              {"*1\ra", count},
              {"*1\r\r", count},
              {"*1025", count},
              {"*9999", count},
              {"*1\r\n*", dollar},
              {"*1\r\n\r", dollar},
              {"*1\r\n:", dollar},
              {"*1\r\nP", dollar},
              {"*1\r\n$-", length},
              {"*1\r\n$+", length},
              {"*1\r\n$\r", length},
              {"*1\r\n$a", length},
              {"*1\r\n$1a", length},
              {"*1\r\n$00", length},
              {"*1\r\n$4\n", length},
              {"*1\r\n$4\r4", length},
              {"*1\r\n$1114113", length},
              {"*1\r\n$9999999", length},
              {"*1\r\n$1\r\nab", end},
              {"*1\r\n$1\r\na\n", end},
              {"*1\r\n$1\r\na\ra", end},
              {"*1\r\n$0\r\na", end},
              {"*2\r\n$1\r\na\r\n\r", dollar}};
  for (const auto& row : rows) {
    const std::size_t size = row.bytes.size();
    CHECK(read(row.bytes) == row.reason);
    CHECK(read("PING\n" + row.bytes + "\r\nPING\r\n") == "[PING] " + row.reason);
    CHECK(read(row.bytes.substr(0, size - 1)) == ".." + std::to_string(size - 1));
  }
}

TEST_CASE("resp: a length line without its end, refused within 32 bytes") {
  for (const char c : "0123456789+-. abc\n*$"s) {
    const std::string endless(kRespMaxNumberLine - 1, c);
    CHECK(read("*" + endless) == "!invalid multibulk length");
    CHECK(read("*1\r\n$" + endless) == "!invalid bulk length");
    CHECK(replies(":" + endless) == "!invalid integer");
  }
}

TEST_CASE("resp: 1024 arguments, taken, and 1025 refused") {
  const std::string most = times(kRespMaxArguments, "a ");
  const std::string understood = "[" + times(kRespMaxArguments - 1, "a ") + "a] ";
  CHECK(read("*1024\r\n" + times(1024, "$1\r\na\r\n")) == understood);
  CHECK(read(most + "\n") == understood);
  CHECK(read(most + "a\n") == "!too many inline arguments");
}

TEST_CASE("resp: a bulk of the greatest size, taken when its last byte is there") {
  const std::string most = "*1\r\n" + bulk(kRespMaxBulk);
  CHECK(read(most).size() == kRespMaxBulk + 3);
  CHECK(read(most.substr(0, most.size() - 1)) == ".." + std::to_string(most.size() - 1));
  CHECK(read("*1\r\n" + bulk(kRespMaxBulk + 1)) == "!invalid bulk length");
}

TEST_CASE("resp: an inline line of the greatest size, taken, and refused one byte later") {
  const std::string most(kRespMaxLine, 'v');
  for (const std::string end : {"\n", "\r\n"}) {
    CHECK(read(most + end) == "[" + most + "] ");
    CHECK(read("v" + most + end) == "!too big inline request");
  }
  CHECK(read(most + "\r") == ".." + std::to_string(kRespMaxLine + 1));
  CHECK(read(most + "v") == "!too big inline request");
  CHECK(read(most + "\rv") == "!too big inline request");
}

TEST_CASE("resp: a stream of requests, no place for arguments is allocated twice") {
  const Bytes few = bytes_of("SET key value\n"), many = bytes_of(times(20, "a ") + "\n");
  RespArguments arguments;
  scan_request(few, arguments);
  const auto near = arguments.data();
  scan_request(many, arguments);
  const auto far = arguments.data();
  for (int round = 0; round < 3; ++round) {
    CHECK((scan_request(few, arguments).consumed == few.size() && arguments.data() == near));
    CHECK((scan_request(many, arguments).consumed == many.size() && arguments.data() == far));
  }
}

TEST_CASE("resp: an encoded request, its bytes and the way back") {
  Bytes to;
  encode_request(to, {"SET", "", "a\r\nb"});
  CHECK(text_of(to) == "*3\r\n$3\r\nSET\r\n$0\r\n\r\n$4\r\na\r\nb\r\n");
  encode_request(to, {});
  encode_request(to, std::vector<std::string_view>(100, "x"));
  CHECK(read(text_of(to)) == "[SET  a\r\nb] [" + times(99, "x ") + "x] ");
}

TEST_CASE("resp: encoded replies, their bytes and the way back") {
  Bytes to;
  encode_simple(to, "OK");
  encode_error(to, "ERR no");
  encode_integer(to, -7);
  encode_bulk(to, "");
  encode_nil(to);
  encode_array_header(to, 1);
  encode_bulk(to, "a\r\nb");
  CHECK(text_of(to) == "+OK\r\n-ERR no\r\n:-7\r\n$0\r\n\r\n$-1\r\n*1\r\n$4\r\na\r\nb\r\n");
  CHECK(replies(text_of(to)) == "simple OK | error ERR no | integer -7 | bulk  | nil | array 1 ");
}

TEST_CASE("resp: an error that quotes line breaks or is too long, still one line") {
  Bytes to;
  encode_error(to, "ERR 'a\r\n+OK'");
  encode_simple(to, std::string(kRespMaxLine + 1, 'v'));
  const std::string cut(kRespMaxLine, 'v');
  CHECK(replies(text_of(to)) == "error ERR 'a  +OK' | simple " + cut + " ");
}

TEST_CASE("resp: integers at their bounds, taken, and refused just past them") {
  for (const auto bound : {std::numeric_limits<std::int64_t>::min(), std::int64_t{0},
                           std::numeric_limits<std::int64_t>::max()}) {
    Bytes to;
    encode_integer(to, bound);
    CHECK(replies(text_of(to)) == "integer " + std::to_string(bound) + " ");
  }
  CHECK(replies(":+5\r\n") == "integer 5 ");
  CHECK(replies(":9223372036854775808") == "!invalid integer");
  CHECK(replies(":-9223372036854775809") == "!invalid integer");
}

TEST_CASE("resp: nested arrays, consumed whole and counted outermost") {
  const std::string nested = "*3\r\n*2\r\n:1\r\n*0\r\n*-1\r\n*1\r\n$1\r\na\r\n";
  CHECK(replies(nested + "+OK\r\n*-1\r\n*0\r\n") == "array 3 | simple OK | nil | array 0 ");
  CHECK(replies("*65536\r\n" + times(65536, ":1\r\n")) == "array 65536 ");
  CHECK(replies(times(8, "*1\r\n") + "+a\r\n") == "array 1 ");
  CHECK(replies(times(8, "*1\r\n") + "*0\r\n") == "!arrays are nested too deep");
}

TEST_CASE("resp: every prefix of a reply, incomplete") {
  for (const std::string_view whole : {"+OK\r\n", "-ERR\r\n", ":-12\r\n", "$2\r\nab\r\n", "$-1\r\n",
                                       "*-1\r\n", "*2\r\n*1\r\n:1\r\n$1\r\na\r\n"})
    for (std::size_t cut = 1; cut < whole.size(); ++cut)
      CHECK(replies(whole.substr(0, cut)) == "..");
}

TEST_CASE("resp: malformed replies, refused with a reason") {
  CHECK(replies("%1\r\n") == "!unknown type of reply");
  CHECK(replies("+OK\r\nHTTP") == "simple OK !unknown type of reply");
  for (const std::string line : {"+\n", "+a\n", "-a\rb\r\n"})
    CHECK(replies(line) == "!expected CRLF after a line");
  CHECK(replies("+" + std::string(kRespMaxLine + 1, 'v')) == "!too big line");
  for (const std::string tail : {"-2", "--", "-1\n", "-10", "+1", "1114113", "a"})
    CHECK(replies("$" + tail) == "!invalid bulk length");
  for (const std::string tail : {"-2", "-1\r\r", "65537", "01", "\r"})
    CHECK(replies("*" + tail) == "!invalid multibulk length");
  CHECK(replies("*1\r\n$1\r\nab") == "!expected CRLF after a bulk");
}
