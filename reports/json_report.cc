#include "reports/json_report.h"

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "reports/words.h"

namespace quorate::reports {
namespace {

using Json = nlohmann::ordered_json;

Json json_of(const Violation& violation) {
  Json json = Json::object();
  json["check"] = violation.check;
  json["sentence"] = violation.sentence;
  json["at_us"] = violation.at_us;
  json["last_lines"] = violation.last_lines;
  return json;
}

Json json_of(const Probe& probe) {
  Json json = Json::object();
  json["name"] = probe.name;
  json["count"] = probe.count;
  return json;
}

Json json_of(const Answers& answers) {
  Json json = Json::object();
  json["ok"] = answers.ok;
  json["timeout"] = answers.timeout;
  json["error"] = answers.error;
  json["lost"] = answers.lost;
  return json;
}

Json json_of(const SweptScenario& scenario);

template <class Item>
Json array_of(const std::vector<Item>& items) {
  Json json = Json::array();
  for (const Item& item : items) json.push_back(json_of(item));
  return json;
}

Json json_of(const ReplayResult& run) {
  Json json = Json::object();
  json["scenario"] = run.scenario;
  json["about"] = run.about;
  json["seed"] = run.seed;
  json["mistake"] = run.mistake;
  json["digest"] = hex16(run.digest);
  json["virtual_us"] = run.virtual_us;
  json["happenings"] = run.happenings;
  json["faults"] = run.faults;
  json["committed"] = run.committed;
  json["cluster"] = run.cluster;
  json["answers"] = json_of(run.answers);
  json["probes"] = array_of(run.probes);
  json["violations"] = array_of(run.violations);
  json["trace"] = run.trace;
  json["repro"] = run.repro;
  return json;
}

Json json_of(const SweptScenario& scenario) {
  Json json = Json::object();
  json["file"] = scenario.file;
  json["about"] = scenario.about;
  json["runs"] = scenario.runs;
  json["violations"] = scenario.violations;
  json["digest"] = hex16(scenario.digest);
  json["seconds"] = scenario.seconds;
  json["first"] = scenario.first ? json_of(*scenario.first) : Json(nullptr);
  return json;
}

Json json_of(const SweepResult& sweep) {
  Json json = Json::object();
  json["first_seed"] = sweep.first_seed;
  json["last_seed"] = sweep.last_seed;
  json["mistake"] = sweep.mistake;
  json["jobs"] = sweep.jobs;
  json["interrupted"] = sweep.interrupted;
  json["stopped_early"] = sweep.stopped_early;
  json["runs"] = sweep.runs;
  json["violations"] = sweep.violations;
  json["digest"] = hex16(sweep.digest);
  json["seconds"] = sweep.seconds;
  json["scenarios"] = array_of(sweep.scenarios);
  json["probes"] = array_of(sweep.probes);
  return json;
}

Json json_of(const MistakeResult& mistake, bool searched) {
  Json json = Json::object();
  json["name"] = mistake.name;
  json["rule"] = mistake.rule;
  json["about"] = mistake.about;
  json["source"] = mistake.source;
  if (!searched) return json;

  const bool found = mistake.found_after_seeds.has_value();
  const Json nothing = nullptr;
  json["found_after_seeds"] = found ? Json(*mistake.found_after_seeds) : nothing;
  json["check"] = found ? Json(mistake.check) : nothing;
  json["sentence"] = found ? Json(mistake.sentence) : nothing;
  json["seed"] = found ? Json(mistake.seed) : nothing;
  json["repro"] = found ? Json(mistake.repro) : nothing;
  return json;
}

Json json_of(const BenchResult& bench) {
  Json json = Json::object();
  json["us_per_committed_write"] = bench.us_per_committed_write;
  json["floor_us_per_committed_write"] = bench.floor_us_per_committed_write;
  json["ratio_to_floor"] = bench.ratio_to_floor;
  json["seeds_per_second_per_core"] = bench.seeds_per_second_per_core;
  json["allocations_per_committed_write"] = bench.allocations_per_committed_write;
  json["happenings_per_committed_write"] = bench.happenings_per_committed_write;
  json["faults_per_seed"] = bench.faults_per_seed;
  json["snapshot_us"] = bench.snapshot_us;
  json["writes"] = bench.writes;
  json["seeds"] = bench.seeds;
  json["crc_ns_per_record"] = bench.crc_ns_per_record;
  json["record_bytes"] = bench.record_bytes;
  return json;
}

void put(std::ostream& out, const Json& json) {
  const std::string text = json.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
  out.write(text.data(), static_cast<std::streamsize>(text.size()));
}

}  // namespace

void write_json(std::ostream& out, const ReplayResult& run) { put(out, json_of(run)); }

void write_json(std::ostream& out, const SweepResult& sweep) { put(out, json_of(sweep)); }

void write_json(std::ostream& out, const MistakesResult& mistakes) {
  Json json = Json::array();
  for (const MistakeResult& mistake : mistakes.mistakes)
    json.push_back(json_of(mistake, mistakes.searched));
  put(out, json);
}

void write_json(std::ostream& out, const BenchResult& bench) { put(out, json_of(bench)); }

}  // namespace quorate::reports
