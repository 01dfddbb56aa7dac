#include "reports/history_lines.h"

#include <doctest/doctest.h>

using namespace quorate::reports;

namespace {

std::string line(const HistoryEvent& event) {
  std::string text;
  append_history_line(text, event);
  return text;
}

HistoryEvent write_of(std::string_view value) {
  return {0, HistoryType::invoke, HistoryF::write, "k", value, {}, {}, {}, 1};
}

}  // namespace

TEST_CASE("history lines: each kind of event, is the line that the README shows") {
  CHECK(line({0, HistoryType::invoke, HistoryF::write, "k1", "3", {}, {}, {}, 12}) ==
        R"({"process":0,"type":"invoke","f":"write","key":"k1","value":"3","time":12})"
        "\n");
  CHECK(line({1, HistoryType::ok, HistoryF::read, "k1", {}, {}, {}, {}, 13}) ==
        R"({"process":1,"type":"ok","f":"read","key":"k1","value":null,"time":13})"
        "\n");
  CHECK(
      line({1, HistoryType::ok, HistoryF::cas, "k", "b", "a", true, {}, 14}) ==
      R"({"process":1,"type":"ok","f":"cas","key":"k","value":["a","b"],"swapped":true,"time":14})"
      "\n");
  CHECK(line({2, HistoryType::ok, HistoryF::write, "k", {}, {}, {}, false, 15}) ==
        R"({"process":2,"type":"ok","f":"write","key":"k","value":null,"found":false,"time":15})"
        "\n");
  CHECK(line({2, HistoryType::info, HistoryF::write, "k", "v", {}, {}, {}, 16}).find("info") !=
        std::string::npos);
}

TEST_CASE(
    "history lines: bytes that are not UTF-8, stay different from each other and from texts") {
  CHECK(line(write_of("a\"b\n")).find(R"("value":"a\"b\n")") != std::string::npos);
  CHECK(line(write_of("\xC3\xA9")).find("\"value\":\"\xC3\xA9\"") != std::string::npos);
  CHECK(line(write_of("\xFF\x01")).find(R"("value":"bytes:ff01")") != std::string::npos);
  CHECK(line(write_of("\xFE\x01")) != line(write_of("\xFF\x01")));
  CHECK(line(write_of("bytes:ff01")) != line(write_of("\xFF\x01")));
  CHECK(line(write_of("")).find(R"("value":"")") != std::string::npos);
}
