#include "sim/scenario/scenario_json.h"

#include "sim/scenario/json_text.h"
#include "sim/scenario/scenario_keys.h"
#include "sim/scenario/scenario_sense.h"

namespace quorate::sim {

using namespace reading;

Scenario read_scenario_text(std::string_view text, const std::string& name,
                            std::span<const std::string_view> known_probes) {
  const JsonValue json = parse_json(text, name);
  const Place whole(name);
  Scenario scenario;
  scenario.file = name;
  read_object(json, whole, scenario_keys(), scenario_shape(), "", scenario);
  check_sense(scenario, whole, known_probes);
  return scenario;
}

Scenario read_scenario_file(const std::string& path,
                            std::span<const std::string_view> known_probes) {
  return read_scenario_text(bytes_of_json_file(path), path, known_probes);
}

}  // namespace quorate::sim
