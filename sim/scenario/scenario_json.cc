#include "sim/scenario/scenario_json.h"

#include <algorithm>

#include "sim/scenario/json_text.h"
#include "sim/scenario/scenario_keys.h"
#include "sim/scenario/scenario_sense.h"

namespace quorate::sim {

using namespace reading;

namespace {

// From here on nodes are told by their numbers, whatever they are called in the file.
void number_nodes(Scenario& scenario) {
  const std::vector<std::string>& names = scenario.cluster.names;
  const auto number = [&names](std::string& node) {
    const auto found = std::find(names.begin(), names.end(), node);
    if (found != names.end()) node = "node-" + std::to_string(found - names.begin() + 1);
  };
  for (Operation& operation : scenario.workload.operations) number(operation.node);
  for (FaultEntry& fault : scenario.faults) {
    number(fault.node);
    number(fault.peer);
    if (fault.after) number(fault.after->node);
  }
}

}  // namespace

Scenario read_scenario_text(std::string_view text, const std::string& name,
                            std::span<const std::string_view> known_probes) {
  const JsonValue json = parse_json(text, name);
  const Place whole(name);
  Scenario scenario;
  scenario.file = name;
  read_object(json, whole, scenario_keys(), scenario_shape(), "", scenario);
  check_sense(scenario, whole, known_probes);
  number_nodes(scenario);
  return scenario;
}

Scenario read_scenario_file(const std::string& path,
                            std::span<const std::string_view> known_probes) {
  return read_scenario_text(bytes_of_json_file(path), path, known_probes);
}

}  // namespace quorate::sim
