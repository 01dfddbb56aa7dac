#include "sim/scenario/scenario_json.h"

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <system_error>

#include "sim/scenario/json_text.h"
#include "sim/scenario/scenario_keys.h"
#include "sim/scenario/scenario_sense.h"

namespace quorate::sim {

namespace {

using namespace reading;

// The file's bytes, or one more than a scenario may have. Reads to the end instead of asking for
// the size, so that a pipe can be read too.
std::string bytes_of(const std::string& path) {
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  if (status.type() == std::filesystem::file_type::not_found)
    throw ScenarioError(path + ": there is no such file");
  if (status.type() == std::filesystem::file_type::directory)
    throw ScenarioError(path + ": this is a directory, not a file");

  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file)
    throw ScenarioError(path + ": can't be opened: " + std::generic_category().message(errno));
  std::string bytes(kLargestText + 1, '\0');
  file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  if (file.bad()) throw ScenarioError(path + ": can't be read to its end");
  bytes.resize(static_cast<std::size_t>(file.gcount()));
  return bytes;
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
  return scenario;
}

Scenario read_scenario_file(const std::string& path,
                            std::span<const std::string_view> known_probes) {
  return read_scenario_text(bytes_of(path), path, known_probes);
}

}  // namespace quorate::sim
