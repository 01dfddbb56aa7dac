#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "reports/json_report.h"
#include "reports/text_report.h"

using namespace quorate::reports;

namespace {

CheckResult fine() {
  CheckResult result;
  result.file = "h.jsonl";
  result.operations = 10'000;
  result.unknown = 12;
  result.failed = 3;
  result.keys = 10;
  result.memory_mib = 512;
  return result;
}

CheckedOperation operation(const std::string& f, const std::string& value, std::uint64_t begin,
                           std::uint64_t end) {
  CheckedOperation op;
  op.f = f;
  op.value = value;
  op.outcome = "ok";
  op.begin_line = begin;
  op.end_line = end;
  return op;
}

CheckResult stale_read() {
  CheckResult result = fine();
  CheckedKey key;
  key.key = "\"k1\"";
  key.sentence = "It was gone.";
  key.operations = {operation("write", "1", 1, 4), operation("cas", "2", 2, 0),
                    operation("read", "1", 5, 7)};
  key.operations[0].is_needed = false;
  key.operations[1].from = "1";
  key.operations[1].outcome = "unknown";
  key.operations[2].process = 12;
  key.operations[2].begin_time = 40;
  key.others = 1500;
  result.contradictions.push_back(key);
  return result;
}

std::string text_of(const CheckResult& result, bool colour = false) {
  std::ostringstream out;
  write_text(out, result, {colour});
  return out.str();
}

nlohmann::json json_of(const CheckResult& result) {
  std::ostringstream out;
  write_json(out, result);
  CHECK(out.str().ends_with("}\n"));
  return nlohmann::json::parse(out.str());
}

}  // namespace

TEST_CASE("reports: a linearizable history, is a verdict and its size") {
  CHECK(text_of(fine()) ==
        "linearizable: h.jsonl\n"
        "  operations  10,000, the fate of 12 unknown, 3 failed\n"
        "  keys        10\n");
  CHECK(text_of(fine(), true).starts_with("\x1b[32mlinearizable"));
  const nlohmann::json json = json_of(fine());
  CHECK((json["linearizable"] == true && json["operations"] == 10'000 && json["keys"] == 10));
  CHECK((json["contradictions"].empty() && json["undecided"].empty()));
}

TEST_CASE("reports: a contradiction, is drawn and explained") {
  CHECK(text_of(stale_read()) ==
        "NOT LINEARIZABLE: h.jsonl\n"
        "  operations  10,000, the fate of 12 unknown, 3 failed\n"
        "  keys        10, 1 not linearizable\n"
        "\n"
        "key \"k1\": these 2 operations contradict each other\n"
        "\n"
        "  lines  process  operation                 from its beginning to its end\n"
        "  1-4          0  (write 1)                 |-------|\n"
        "  2-           0  cas 1 -> 2, fate unknown      |--------------->\n"
        "  5-7         12  read 1                                |---|\n"
        "\n"
        "  It was gone.\n"
        "  What stands in brackets may or may not have happened: that changes nothing.\n"
        "  Nor does it matter whether the 1,500 other operations on this key happened.\n"
        "  Without any one of the 2 there is an order that explains the rest.\n");
  CHECK(text_of(stale_read(), true).starts_with("\x1b[31mNOT LINEARIZABLE"));
}

TEST_CASE("reports: a contradiction as JSON, has values as they were in the file") {
  const nlohmann::json json = json_of(stale_read());
  CHECK(json["linearizable"] == false);
  const nlohmann::json& key = json["contradictions"][0];
  CHECK((key["key"] == "k1" && key["minimal"] == true && key["others"] == 1500));
  const nlohmann::json& ops = key["operations"];
  REQUIRE(ops.size() == 3);
  CHECK((ops[0]["value"] == 1 && ops[0]["needed"] == false && ops[0]["begin_time"].is_null()));
  CHECK((ops[1]["value"] == nlohmann::json::array({1, 2}) && ops[1]["end_line"].is_null()));
  CHECK((ops[2]["process"] == 12 && ops[2]["begin_time"] == 40 && ops[2]["end_line"] == 7));
}

TEST_CASE("reports: a contradiction that may not be the least, is said so") {
  CheckResult result = stale_read();
  result.contradictions[0].is_minimal = false;
  CHECK(text_of(result).find("Perhaps fewer would do") != std::string::npos);
  CHECK(text_of(result).find("Without any one") == std::string::npos);
  CHECK(json_of(result)["contradictions"][0]["minimal"] == false);
}

TEST_CASE("reports: an undecided key, makes no verdict") {
  CheckResult result = fine();
  result.undecided = {"7"};
  CHECK(text_of(result).starts_with("undecided: h.jsonl\n"));
  CHECK(text_of(result).find("key 7: undecided, 512 MiB did not suffice") != std::string::npos);
  CHECK(json_of(result)["linearizable"].is_null());
  CHECK(json_of(result)["undecided"][0] == 7);
}

TEST_CASE("reports: very many operations, are listed without a drawing, and long values cut") {
  CheckResult result = stale_read();
  auto& ops = result.contradictions[0].operations;
  for (std::uint64_t i = 10; i < 100; i += 2) ops.push_back(operation("write", "1", i, i + 1));
  ops[0].value = '"' + std::string(100, 'x') + '"';
  const std::string text = text_of(result);
  CHECK(text.find("|-") == std::string::npos);
  CHECK(text.find("98-99") != std::string::npos);
  CHECK(text.find("xxx...") != std::string::npos);
}
