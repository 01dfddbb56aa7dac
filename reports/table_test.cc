#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>

#include "reports/table.h"

using namespace quorate::reports;

TEST_CASE("reports: rows of unlike width, columns line up and no line ends in blanks") {
  Table table({Align::left, Align::right, Align::left}, false);
  table.row({{"name"}, {"runs"}, {"digest"}});
  table.row({{"a"}, {"1,000"}, {"00ff"}});
  table.row({{"longer"}, {"7"}, {""}});
  CHECK(table.text(2) ==
        "  name     runs  digest\n"
        "  a       1,000  00ff\n"
        "  longer      7\n");
}

TEST_CASE("reports: an empty table, nothing is written") {
  CHECK(Table({Align::left}, false).text(2) == "");
}

TEST_CASE("reports: a right cell left empty, the next column still lines up") {
  Table table({Align::left, Align::right, Align::left}, false);
  table.row({{"a"}, {""}, {"x"}});
  table.row({{"b"}, {"12"}, {"y"}});
  CHECK(table.text(0) == "a      x\nb  12  y\n");
}

TEST_CASE("reports: colours wanted, the word is painted and its blanks are not") {
  Table table({Align::left, Align::left}, true);
  table.row({{"passed", Paint::good}, {"x"}});
  table.row({{"NOT FOUND", Paint::bad}, {"y"}});
  CHECK(table.text(0) ==
        "\x1b[32mpassed\x1b[0m     x\n"
        "\x1b[31mNOT FOUND\x1b[0m  y\n");
}

TEST_CASE("reports: a foreign name with an escape in it, it can't break the table") {
  Table table({Align::left, Align::left}, false);
  table.row({{"a\x1b[2J\n"}, {"x"}});
  table.row({{"\xC3\xA4"}, {"y"}});
  CHECK(table.text(0) == "a?[2J   x\n\xC3\xA4       y\n");
}

TEST_CASE("reports: a note below a row, columns stay as they are") {
  Table table({Align::left, Align::left}, false);
  table.row({{"a"}, {"b"}});
  table.note("    a note that is longer than the row\n");
  CHECK(table.text(0) == "a  b\n    a note that is longer than the row\n");
}
