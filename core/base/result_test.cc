#include "core/base/result.h"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

using namespace quorate;

TEST_CASE("result: a value, is ok and is held") {
  const Result<std::string> result = std::string("abc");
  CHECK(result.ok());
  CHECK(static_cast<bool>(result));
  CHECK(result.value() == "abc");
}

TEST_CASE("result: an error, is not ok and says why") {
  const Result<std::string> result = ErrorKind::disk_full;
  CHECK_FALSE(result.ok());
  CHECK(result.error() == ErrorKind::disk_full);
}

TEST_CASE("result: the wrong half asked for, is a broken invariant") {
  CHECK_THROWS_AS(Result<int>(ErrorKind::io_error).value(), InvariantBroken);
  CHECK_THROWS_AS(Result<int>(1).error(), InvariantBroken);
}

TEST_CASE("result: a status without an error, is done") {
  const Status status = Done{};
  CHECK(status.ok());
}

TEST_CASE("result: each error, is spelt as its enumerator") {
  CHECK(std::string_view(to_text(ErrorKind::disk_full)) == "disk_full");
  CHECK(std::string_view(to_text(ErrorKind::io_error)) == "io_error");
  CHECK(std::string_view(to_text(ErrorKind::refused)) == "refused");
  CHECK(std::string_view(to_text(ErrorKind::closed)) == "closed");
  CHECK(std::string_view(to_text(ErrorKind::would_block)) == "would_block");
}
