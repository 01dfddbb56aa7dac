#include "reports/json_report.h"

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "reports/json_put.h"
#include "reports/words.h"

namespace quorate::reports {
namespace {

Json or_null(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }

Json json_of(const Violation& violation) {
  Json json = Json::object();
  json["check"] = violation.check;
  json["clause"] = violation.clause;
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
Json json_of(const DemoWrite& write);
Json json_of(const RealFaultResult& fault);

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
  json["history"] = or_null(run.history);
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
  json["median_seeds"] = mistake.median_seeds ? Json(*mistake.median_seeds) : nothing;
  json["seeds_by_start"] = Json::array();
  for (const auto& seeds : mistake.seeds_by_start)
    json["seeds_by_start"].push_back(seeds ? Json(*seeds) : nothing);
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
  json["elected_us_per_committed_write"] = bench.elected_us_per_committed_write;
  json["forwarded_us_per_committed_write"] = bench.forwarded_us_per_committed_write;
  json["elected_seeds_per_second_per_core"] = bench.elected_seeds_per_second_per_core;
  json["elected_faults_per_seed"] = bench.elected_faults_per_seed;
  json["snapshot_us"] = bench.snapshot_us;
  json["writes"] = bench.writes;
  json["seeds"] = bench.seeds;
  json["crc_ns_per_record"] = bench.crc_ns_per_record;
  json["record_bytes"] = bench.record_bytes;
  return json;
}

Json json_of(const RealBenchFigures& figures) {
  Json json = Json::object();
  json["commits_per_second"] = figures.commits_per_second;
  json["p50_us"] = figures.p50_us;
  json["p99_us"] = figures.p99_us;
  json["commits"] = figures.commits;
  return json;
}

Json json_of(const RealBenchResult& bench) {
  Json json = Json::object();
  json["followers"] = bench.followers;
  json["value_bytes"] = bench.value_bytes;
  json["rounds"] = bench.rounds;
  json["seconds_per_round"] = bench.seconds_per_round;
  json["folder"] = bench.folder;
  json["file_system"] = bench.file_system;
  json["interrupted"] = bench.interrupted;
  json["cases"] = Json::array();
  for (const RealBenchCase& one : bench.cases) {
    Json item = Json::object();
    item["clients"] = one.clients;
    item["synced"] = one.synced;
    item["ours"] = json_of(one.ours);
    item["floor"] = json_of(one.floor);
    item["share_of_floor"] = one.share_of_floor;
    json["cases"].push_back(item);
  }
  return json;
}

Json json_of(const DemoWrite& write) {
  Json json = Json::object();
  json["lsn"] = write.lsn;
  json["answer"] = write.answer;
  json["took_us"] = write.took_us;
  return json;
}

Json json_of(const DemoFailover& failover) {
  Json json = Json::object();
  json["old_leader"] = failover.old_leader;
  json["old_generation"] = failover.old_generation;
  json["cut_lsn"] = failover.cut_lsn;
  json["new_leader"] = failover.new_leader;
  json["new_generation"] = failover.new_generation;
  return json;
}

Json json_of(const DemoResult& demo) {
  Json json = Json::object();
  json["followers"] = demo.followers;
  json["quorum"] = demo.quorum;
  json["acks_needed"] = demo.acks_needed;
  json["about"] = demo.about;
  json["lines"] = demo.lines;
  json["writes"] = array_of(demo.writes);
  json["committed"] = demo.committed;
  json["simulated"] = demo.simulated;
  json["failover"] = demo.failover ? json_of(*demo.failover) : Json(nullptr);
  json["failure"] = demo.failure.empty() ? Json(nullptr) : Json(demo.failure);
  return json;
}

Json json_of(const RealFaultResult& fault) {
  Json json = Json::object();
  json["fault"] = fault.fault;
  json["made_by"] = or_null(fault.made_by);
  json["why_not"] = or_null(fault.why_not);
  return json;
}

Json json_of(const Parting& parting) {
  Json json = Json::object();
  json["kind"] = parting.kind;
  json["about"] = parting.about;
  json["simulated"] = parting.simulated;
  json["real"] = parting.real;
  return json;
}

Json json_of(const RealReplayResult& replay) {
  Json json = Json::object();
  json["scenario"] = replay.scenario;
  json["about"] = replay.about;
  json["seed"] = replay.seed;
  json["cluster"] = replay.cluster;
  json["outcome"] = replay.outcome;
  json["why_not"] = replay.why_not;
  json["faults"] = array_of(replay.faults);
  json["records"] = replay.records;
  json["answers"] = replay.answers;
  json["acks"] = replay.acks;
  json["parting"] = replay.parting ? json_of(*replay.parting) : Json(nullptr);
  json["owed"] = replay.owed;
  json["broken"] = or_null(replay.broken);
  json["waited_for"] = or_null(replay.waited_for);
  json["plays"] = replay.plays;
  json["late_us"] = replay.late_us;
  json["notes"] = replay.notes;
  json["simulated"] = replay.simulated;
  return json;
}

}  // namespace

void write_json(std::ostream& out, const ReplayResult& run) { put(out, json_of(run)); }
void write_json(std::ostream& out, const SweepResult& sweep) { put(out, json_of(sweep)); }

void write_json(std::ostream& out, const MistakesResult& mistakes) {
  Json json = Json::array();
  for (const MistakeResult& mistake : mistakes.mistakes) {
    if (mistakes.interrupted && !mistake.is_searched) continue;  // nothing can be said of it
    json.push_back(json_of(mistake, mistakes.searched));
  }
  put(out, json);
}
void write_json(std::ostream& out, const BenchResult& bench) { put(out, json_of(bench)); }
void write_json(std::ostream& out, const RealBenchResult& bench) { put(out, json_of(bench)); }
void write_json(std::ostream& out, const DemoResult& demo) { put(out, json_of(demo)); }
void write_json(std::ostream& out, const RealReplayResult& replay) { put(out, json_of(replay)); }

}  // namespace quorate::reports
