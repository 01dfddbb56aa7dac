#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>

#include "reports/violation_text.h"

using namespace quorate::reports;

TEST_CASE("reports: a run without a violation, there is nothing to say") {
  CHECK(violation_text(ReplayResult{}) == "");
}

TEST_CASE("reports: one violation, from what broke to the command that shows it") {
  ReplayResult run;
  run.violations = {{"always_ok_is_durable",
                     "LSN 3 was answered OK before its quorum.",
                     1301234,
                     {"first line", "second line"}}};
  run.repro = "quorate replay a.json --seed 7";
  CHECK(violation_text(run) ==
        "LSN 3 was answered OK before its quorum.\n"
        "  check         always_ok_is_durable\n"
        "  virtual time  1,301.234 ms\n"
        "\n"
        "The last lines up to it:\n"
        "  first line\n"
        "  second line\n"
        "\n"
        "To see it again:\n"
        "  quorate replay a.json --seed 7\n");
}

TEST_CASE("reports: several violations in a run, the further ones take a line each") {
  ReplayResult run;
  run.violations = {{"always_a", "A broke.", 1000, {}},
                    {"always_b", "B broke.", 2000, {"not shown"}},
                    {"expect_ok", "5 OK were expected, 4 came.", 3000, {}}};
  run.repro = "quorate replay a.json --seed 7";
  CHECK(violation_text(run) ==
        "A broke.\n"
        "  check         always_a\n"
        "  virtual time  1.000 ms\n"
        "\n"
        "Also broken in this run:\n"
        "  always_b at 2.000 ms: B broke.\n"
        "  expect_ok at 3.000 ms: 5 OK were expected, 4 came.\n"
        "\n"
        "To see it again:\n"
        "  quorate replay a.json --seed 7\n");
}

TEST_CASE("reports: a run whose history was written, says how to judge that") {
  ReplayResult run;
  run.violations = {{"always_a", "A broke.", 1000, {}}};
  run.history = "seen.jsonl";
  CHECK(violation_text(run) ==
        "A broke.\n"
        "  check         always_a\n"
        "  virtual time  1.000 ms\n"
        "\n"
        "What its clients saw, judged by itself:\n"
        "  quorate check seen.jsonl\n");
}

TEST_CASE("reports: a check that rests on a clause, says on which") {
  ReplayResult run;
  run.violations = {{"always_a", "A broke.", 1000, {}, "S1", "nothing that was OK'd is lost"},
                    {"always_b", "B broke.", 2000, {}, "S2", "an ack is true"}};
  CHECK(violation_text(run) ==
        "A broke.\n"
        "  check         always_a\n"
        "  breaks        S1 of the fault model: nothing that was OK'd is lost\n"
        "  virtual time  1.000 ms\n"
        "\n"
        "Also broken in this run:\n"
        "  always_b (S2) at 2.000 ms: B broke.\n");
}

TEST_CASE("reports: no lines and no command, no empty headings") {
  ReplayResult run;
  run.violations = {{"invariant", "A check in the core threw.", 0, {}}};
  CHECK(violation_text(run) ==
        "A check in the core threw.\n"
        "  check         invariant\n"
        "  virtual time  0.000 ms\n");
}

TEST_CASE("reports: an escape in a narrated line, the terminal never sees it") {
  ReplayResult run;
  run.violations = {{"always_a", "A broke\nin two lines.", 0, {"key \x1b[2J and \xff"}}};
  CHECK(violation_text(run) ==
        "A broke in two lines.\n"
        "  check         always_a\n"
        "  virtual time  0.000 ms\n"
        "\n"
        "The last lines up to it:\n"
        "  key ?[2J and ?\n");
}
