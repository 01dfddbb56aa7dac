// Each test applies writes in this little language: "x=1 y=2 -x".
#include "core/protocol/kv.h"

#include <doctest/doctest.h>

#include <sstream>
#include <string>

using namespace quorate;

namespace {

RecordView set(std::string_view key, std::string_view value) {
  return {Generation(1), Lsn(1), ClientId(), 0, Op::set, key, value};
}
RecordView del(std::string_view key) {
  return {Generation(1), Lsn(1), ClientId(), 0, Op::del, key, {}};
}

// Good until the next one.
RecordView cas(std::string_view key, std::optional<std::string_view> from, std::string_view to) {
  static Bytes value;
  value.clear();
  encode_cas({from, to}, value);
  return {Generation(1), Lsn(1), ClientId(), 0, Op::cas, key, as_text(value)};
}

Kv& apply(Kv& kv, const std::string& writes) {
  std::istringstream in(writes);
  for (std::string word; in >> word;) {
    const std::size_t is = word.find('=');
    if (word[0] == '-')
      kv.apply(del(std::string_view(word).substr(1)));
    else
      kv.apply(set(std::string_view(word).substr(0, is), std::string_view(word).substr(is + 1)));
  }
  return kv;
}

std::string tell(const Kv& kv) {
  std::string text;
  for (const auto& [key, value] : kv.entries())
    text += (text.empty() ? "" : " ") + key.text + "=" + value;
  return text;
}

std::string after(const std::string& writes) {
  Kv kv;
  return tell(apply(kv, writes));
}

}  // namespace

TEST_CASE("kv: writes of several keys, are all there in the order of the keys") {
  CHECK(after("") == "");
  CHECK(after("b=2 a=1 c=3") == "a=1 b=2 c=3");
}

TEST_CASE("kv: two writes of one key, leave the later one") {
  CHECK(after("x=1 x=22 x=3") == "x=3");
}

TEST_CASE("kv: a del, removes its key and says so, and removes nothing twice") {
  Kv kv;
  apply(kv, "x=1 y=2");
  CHECK(kv.apply(del("x")) == 1);
  CHECK(kv.apply(del("x")) == 0);
  CHECK(tell(kv) == "y=2");
  CHECK(kv.apply(set("x", "3")) == 0);
  CHECK(tell(kv) == "x=3 y=2");
}

TEST_CASE("kv: a compare and set, writes where the value is the one it expects") {
  Kv kv;
  apply(kv, "x=1 e=");
  CHECK(kv.apply(cas("x", "2", "3")) == 0);
  CHECK(kv.apply(cas("x", "1", "3")) == 1);
  CHECK(kv.apply(cas("x", "1", "4")) == 0);
  CHECK(kv.apply(cas("y", "", "5")) == 0);  // not there is no empty value
  CHECK(kv.apply(cas("e", "", "6")) == 1);
  CHECK(tell(kv) == "e=6 x=3");
}

TEST_CASE("kv: a compare and set that expects nothing, writes where the key is not there") {
  Kv kv;
  apply(kv, "x=");
  CHECK(kv.apply(cas("x", {}, "1")) == 0);
  CHECK(kv.apply(cas("y", {}, "2")) == 1);
  CHECK(kv.apply(cas("y", {}, "3")) == 0);
  CHECK(tell(kv) == "x= y=2");
}

TEST_CASE("kv: an unknown key, is found nowhere, and an empty value is one") {
  Kv kv;
  apply(kv, "x=");
  CHECK(kv.find("y") == nullptr);
  REQUIRE(kv.find("x") != nullptr);
  CHECK(kv.find("x")->empty());
}

TEST_CASE("kv: keys and values of any bytes, are kept apart") {
  Kv kv;
  const std::string zero(1, '\0');
  kv.apply(set("", "empty"));
  kv.apply(set(zero, zero + zero));
  CHECK(*kv.find("") == "empty");
  CHECK(*kv.find(zero) == zero + zero);
}

TEST_CASE("kv: cleared, it is as new") {
  Kv kv;
  apply(kv, "x=1 y=2").clear();
  CHECK(kv.entries().empty());
  CHECK(tell(apply(kv, "z=3")) == "z=3");
}

TEST_CASE("kv: the same writes on two nodes, give the same state") {
  CHECK(after("x=1 y=2 -x x=3 -z") == after("y=9 x=1 y=2 -x x=3"));
}
