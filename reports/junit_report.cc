#include "reports/junit_report.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "reports/utf8.h"
#include "reports/violation_text.h"
#include "reports/words.h"

namespace quorate::reports {
namespace {

// Fit for an element's text and for an attribute in double quotes alike. A tab and a line feed
// are written as references, because a reader turns them into blanks within an attribute.
std::string escaped(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const Rune rune = first_rune(text);
    const bool space = rune.code == '\t' || rune.code == '\n' || rune.code == '\r';
    const bool banned = rune.code == 0xFFFE || rune.code == 0xFFFF;
    if (!rune.sound || banned || (is_control(rune.code) && !space))
      out += "\xEF\xBF\xBD";
    else if (space)
      out += "&#" + std::to_string(static_cast<unsigned>(rune.code)) + ';';
    else if (rune.code == '&')
      out += "&amp;";
    else if (rune.code == '<')
      out += "&lt;";
    else if (rune.code == '>')
      out += "&gt;";
    else if (rune.code == '"')
      out += "&quot;";
    else
      out += text.substr(0, rune.bytes);
    text.remove_prefix(rune.bytes);
  }
  return out;
}

std::string attribute(std::string_view name, std::string_view value) {
  return ' ' + std::string(name) + "=\"" + escaped(value) + '"';
}

std::string seconds_text(double seconds) { return fixed(std::max(seconds, 0.0), 3); }

// The lines of an element's text, each escaped and with its line feed kept as it is.
std::string text_lines(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    out += escaped(text.substr(0, end));
    if (end < text.size()) out += '\n';
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

std::string property(std::string_view name, std::string_view value) {
  return "      <property" + attribute("name", name) + attribute("value", value) + "/>\n";
}

std::string properties_of(const SweepResult& sweep) {
  std::string never_reached;
  for (const Probe& probe : sweep.probes)
    if (probe.count == 0) never_reached += (never_reached.empty() ? "" : " ") + probe.name;

  std::string out = "    <properties>\n";
  out +=
      property("seeds", std::to_string(sweep.first_seed) + ".." + std::to_string(sweep.last_seed));
  if (!sweep.mistake.empty()) out += property("mistake", sweep.mistake);
  out += property("jobs", std::to_string(sweep.jobs));
  out += property("runs", std::to_string(sweep.runs));
  out += property("violations", std::to_string(sweep.violations));
  out += property("digest", hex16(sweep.digest));
  if (sweep.interrupted) out += property("interrupted", "true");
  if (sweep.stopped_early) out += property("stopped_early", "true");
  if (!never_reached.empty()) out += property("probes_never_reached", never_reached);
  return out + "    </properties>\n";
}

std::string why_not_run(const SweepResult& sweep) {
  if (sweep.interrupted) return "not run: the sweep was interrupted";
  if (sweep.stopped_early) return "not run: the sweep stopped at the first violation";
  return "not run";
}

std::string failure_of(const SweptScenario& scenario) {
  const std::string broken =
      grouped(scenario.violations) + " of " + counted(scenario.runs, "run") + " violated";
  std::string check = "violation";
  std::string message = broken;
  std::string text = broken + '\n';
  if (scenario.first && !scenario.first->violations.empty()) {
    check = scenario.first->violations.front().check;
    message = scenario.first->violations.front().sentence;
    text = "Seed " + std::to_string(scenario.first->seed) + ", the least of them: " + broken +
           "\n\n" + violation_text(*scenario.first);
  }
  return "      <failure" + attribute("message", message) + attribute("type", check) + ">" +
         text_lines(text) + "</failure>\n";
}

std::string case_of(const SweepResult& sweep, const SweptScenario& scenario) {
  std::string out = "    <testcase" + attribute("name", scenario.file) +
                    attribute("classname", "quorate.sweep") +
                    attribute("time", seconds_text(scenario.seconds)) + ">\n";
  if (scenario.violations > 0)
    out += failure_of(scenario);
  else if (scenario.runs == 0)
    out += "      <skipped" + attribute("message", why_not_run(sweep)) + "/>\n";
  if (scenario.runs > 0)
    out += "      <system-out>" + escaped(scenario.about) + (scenario.about.empty() ? "" : "\n") +
           counted(scenario.runs, "run") + ", digest " + hex16(scenario.digest) + "</system-out>\n";
  return out + "    </testcase>\n";
}

}  // namespace

void write_junit(std::ostream& out, const SweepResult& sweep) {
  std::uint64_t failures = 0;
  std::uint64_t skipped = 0;
  std::string cases;
  for (const SweptScenario& scenario : sweep.scenarios) {
    if (scenario.violations > 0)
      ++failures;
    else if (scenario.runs == 0)
      ++skipped;
    cases += case_of(sweep, scenario);
  }
  const std::string counts = attribute("name", "quorate sweep") +
                             attribute("tests", std::to_string(sweep.scenarios.size())) +
                             attribute("failures", std::to_string(failures)) +
                             attribute("errors", "0") +
                             attribute("time", seconds_text(sweep.seconds));
  const std::string text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites" + counts +
                           ">\n  <testsuite" + counts +
                           attribute("skipped", std::to_string(skipped)) + ">\n" +
                           properties_of(sweep) + cases + "  </testsuite>\n</testsuites>\n";
  out.write(text.data(), static_cast<std::streamsize>(text.size()));
}

}  // namespace quorate::reports
