#include "core/posix/address.h"

#include <doctest/doctest.h>

#include "core/posix/posix_fixture.h"

using namespace quorate;

namespace {

std::string refusal(const std::string& text) {
  try {
    parse_address(text);
  } catch (const PosixError& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("address: numbers of both kinds and localhost, are understood") {
  CHECK(parse_address("127.0.0.1:7001").family() == AF_INET);
  CHECK(parse_address("127.0.0.1:7001").port() == 7001);
  CHECK(parse_address("[::1]:65535").family() == AF_INET6);
  CHECK(parse_address("[::1]:65535").port() == 65535);
  CHECK(parse_address("localhost:1").family() == AF_INET);
  CHECK(parse_address("localhost:1").text == "localhost:1");
}

TEST_CASE("address: what is none, is named with what is wrong with it") {
  for (const auto& [given, why] :
       {std::pair{"127.0.0.1", "write it as host:port"}, std::pair{"", "write it as host:port"},
        std::pair{":7001", "names no host"}, std::pair{"a:", "a port is a number"},
        std::pair{"a:0", "a port is a number"}, std::pair{"a:65536", "a port is a number"},
        std::pair{"a:7x", "a port is a number"}, std::pair{"a:-1", "a port is a number"},
        std::pair{"::1:7001", "in brackets"}}) {
    const std::string text = given;
    CAPTURE(text);
    CHECK(refusal(text).find("the address \"" + text + "\": ") == 0);
    CHECK(refusal(text).find(why) != std::string::npos);
  }
}

TEST_CASE("address: a socket that has met itself, is seen") {
  const Address address = parse_address(local(free_port()));
  const Fd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  REQUIRE(::bind(fd.get(), address.get(), address.size) == 0);
  REQUIRE(::connect(fd.get(), address.get(), address.size) == 0);  // nobody listens there!
  CHECK(is_self_connected(fd.get()));
}
