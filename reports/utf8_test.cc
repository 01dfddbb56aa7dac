#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>

#include "reports/utf8.h"

using namespace quorate::reports;

TEST_CASE("reports: sound UTF-8 of one to four bytes, each rune is known") {
  CHECK(first_rune("a").code == U'a');
  CHECK(first_rune("\xC3\xA4").code == 0xE4);
  CHECK(first_rune("\xE2\x82\xAC").code == 0x20AC);
  CHECK(first_rune("\xF0\x9F\x98\x80").code == 0x1F600);
  CHECK(first_rune("\xF0\x9F\x98\x80").bytes == 4);
  CHECK(first_rune("\xF4\x8F\xBF\xBF").code == 0x10FFFF);
}

TEST_CASE("reports: broken UTF-8, one byte is refused at a time") {
  for (const char* broken : {"\x80", "\xC0\xAF", "\xC3", "\xC3(", "\xE0\x80\xAF", "\xE2\x82",
                             "\xED\xA0\x80", "\xF0\x80\x80\x80", "\xF4\x90\x80\x80", "\xFF"}) {
    CAPTURE(broken);
    CHECK_FALSE(first_rune(broken).sound);
    CHECK(first_rune(broken).bytes == 1);
  }
}

TEST_CASE("reports: foreign text on a terminal, what could harm is replaced") {
  CHECK(printable("plain") == "plain");
  CHECK(printable("") == "");
  CHECK(printable("M\xC3\xBCller") == "M\xC3\xBCller");
  CHECK(printable("\x1B[31mred\x7F") == "?[31mred?");
  CHECK(printable("C1 \xC2\x9B"
                  "31m") == "C1 ?31m");
  CHECK(printable("two\nlines\tand\rmore") == "two lines and more");
  CHECK(printable("half \xC3") == "half ?");
  CHECK(printable(std::string_view("a\0b", 3)) == "a?b");
}

TEST_CASE("reports: a width, runes count and not bytes") {
  CHECK(columns_of("") == 0);
  CHECK(columns_of("abc") == 3);
  CHECK(columns_of("M\xC3\xBCller") == 6);
}
