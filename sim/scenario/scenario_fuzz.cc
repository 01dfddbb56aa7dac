// Whatever the bytes are: a scenario, or one clear error. Nothing else.
#include <cstddef>
#include <cstdint>
#include <string>

#include "core/base/check.h"
#include "sim/scenario/scenario_json.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace quorate;
  const std::string text(reinterpret_cast<const char*>(data), size);
  try {
    const sim::Scenario scenario = sim::read_scenario_text(text, "fuzz.json");
    QUORATE_CHECK(!scenario.about.empty(), "a scenario that is read says what it is about");
    QUORATE_CHECK(scenario.cluster.followers.min >= 1 && scenario.cluster.followers.max <= 6,
                  "a scenario that is read keeps its limits");
  } catch (const sim::ScenarioError& error) {
    const std::string message = error.what();
    QUORATE_CHECK(message.starts_with("fuzz.json: "), "an error names its file first");
    QUORATE_CHECK(message.find('\n') == std::string::npos, "an error is one line");
  }
  return 0;
}
