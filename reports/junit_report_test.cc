#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>

#include <limits>
#include <sstream>

#include "reports/junit_report.h"

using namespace quorate::reports;

namespace {

std::string junit_of(const SweepResult& sweep) {
  std::ostringstream out;
  write_junit(out, sweep);
  return out.str();
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

SweepResult stopped_sweep() {
  ReplayResult run;
  run.seed = 7;
  run.violations = {{"always_a",
                     "1 < 2 & \"so\" on.",
                     301234,
                     {"leader -> follower-1"},
                     "S6",
                     "every wait ends"}};
  run.repro = "quorate replay 'b & c.json' --seed 7";

  SweepResult sweep;
  sweep.last_seed = 9999;
  sweep.mistake = "ok_before_quorum";
  sweep.jobs = 2;
  sweep.stopped_early = true;
  sweep.runs = 10008;
  sweep.violations = 1;
  sweep.digest = 0xC0FFEE;
  sweep.seconds = 1234.5;
  sweep.scenarios = {{"a.json", "About a.", 10000, 0, 0x1, 1.25, {}},
                     {"b & c.json", "", 8, 1, 0x2, 0.0004, run},
                     {"d.json", "About d.", 0, 0, 0, 0, {}}};
  sweep.probes = {{"sometimes_a", 0}, {"sometimes_b", 1}, {"sometimes_c", 0}};
  return sweep;
}

}  // namespace

TEST_CASE("reports: JUnit of a stopped sweep, one case passed, one failed, one skipped") {
  CHECK(junit_of(stopped_sweep()) == R"(<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="quorate sweep" tests="3" failures="1" errors="0" time="1234.500">
  <testsuite name="quorate sweep" tests="3" failures="1" errors="0" time="1234.500" skipped="1">
    <properties>
      <property name="seeds" value="0..9999"/>
      <property name="mistake" value="ok_before_quorum"/>
      <property name="jobs" value="2"/>
      <property name="runs" value="10008"/>
      <property name="violations" value="1"/>
      <property name="digest" value="0000000000c0ffee"/>
      <property name="stopped_early" value="true"/>
      <property name="probes_never_reached" value="sometimes_a sometimes_c"/>
    </properties>
    <testcase name="a.json" classname="quorate.sweep" time="1.250">
      <system-out>About a.
10,000 runs, digest 0000000000000001</system-out>
    </testcase>
    <testcase name="b &amp; c.json" classname="quorate.sweep" time="0.000">
      <failure message="1 &lt; 2 &amp; &quot;so&quot; on." type="always_a">)"
                                     R"(Seed 7, the least of them: 1 of 8 runs violated

1 &lt; 2 &amp; &quot;so&quot; on.
  check         always_a
  breaks        S6 of the fault model: every wait ends
  virtual time  301.234 ms

The last lines up to it:
  leader -&gt; follower-1

To see it again:
  quorate replay 'b &amp; c.json' --seed 7
</failure>
      <system-out>8 runs, digest 0000000000000002</system-out>
    </testcase>
    <testcase name="d.json" classname="quorate.sweep" time="0.000">
      <skipped message="not run: the sweep stopped at the first violation"/>
    </testcase>
  </testsuite>
</testsuites>
)");
}

TEST_CASE("reports: JUnit of an empty sweep, a suite without cases") {
  CHECK(junit_of(SweepResult{}) == R"(<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="quorate sweep" tests="0" failures="0" errors="0" time="0.000">
  <testsuite name="quorate sweep" tests="0" failures="0" errors="0" time="0.000" skipped="0">
    <properties>
      <property name="seeds" value="0..0"/>
      <property name="jobs" value="1"/>
      <property name="runs" value="0"/>
      <property name="violations" value="0"/>
      <property name="digest" value="0000000000000000"/>
    </properties>
  </testsuite>
</testsuites>
)");
}

TEST_CASE("reports: JUnit of an interrupted sweep, what was not reached is skipped") {
  SweepResult sweep;
  sweep.interrupted = true;
  sweep.scenarios = {{"a.json", "", 0, 0, 0, 0, {}}};
  const std::string text = junit_of(sweep);
  CHECK(contains(text, "<property name=\"interrupted\" value=\"true\"/>"));
  CHECK(contains(text, "<skipped message=\"not run: the sweep was interrupted\"/>"));
}

TEST_CASE("reports: JUnit of foreign text, what XML can't hold is replaced") {
  SweepResult sweep = stopped_sweep();
  sweep.scenarios[0].file = "a\x1b\x01\xFF\xC2\x9B\xEF\xBF\xBE.json";
  sweep.scenarios[0].about = "M\xC3\xBCller ]]> \xF0\x9F\x98\x80";
  sweep.scenarios[1].first->violations[0].sentence = "tab\tfeed\nreturn\r";
  const std::string text = junit_of(sweep);
  const std::string gone = "\xEF\xBF\xBD";
  CHECK(contains(text, "name=\"a" + gone + gone + gone + gone + gone + ".json\""));
  CHECK(contains(text, "<system-out>M\xC3\xBCller ]]&gt; \xF0\x9F\x98\x80\n"));
  CHECK(contains(text, "message=\"tab&#9;feed&#10;return&#13;\""));
}

TEST_CASE("reports: JUnit of violations without a recorded run, the case still fails") {
  SweepResult sweep;
  sweep.scenarios = {{"a.json", "", 1, 1, 0, 0, {}}};
  CHECK(contains(junit_of(sweep),
                 "<failure message=\"1 of 1 run violated\" type=\"violation\">"
                 "1 of 1 run violated\n</failure>"));
}

TEST_CASE("reports: JUnit of times that are no numbers, zero is written") {
  SweepResult sweep;
  sweep.seconds = std::numeric_limits<double>::quiet_NaN();
  sweep.scenarios = {{"a.json", "", 0, 0, 0, -1, {}}};
  const std::string text = junit_of(sweep);
  CHECK(contains(text, "errors=\"0\" time=\"0.000\""));
  CHECK(contains(text, "classname=\"quorate.sweep\" time=\"0.000\""));
}
