#include <nlohmann/json.hpp>

#include "reports/json_put.h"
#include "reports/json_report.h"

namespace quorate::reports {

void write_json(std::ostream& out, const StressResult& stress) {
  const bool failed = !stress.failure.empty();
  Json json = Json::object();
  json["seed"] = stress.seed;
  json["followers"] = stress.followers;
  json["acks_needed"] = stress.acks_needed;
  json["election"] = stress.election.empty() ? Json(nullptr) : Json(stress.election);
  json["snapshot_bytes"] = stress.snapshot_bytes;
  json["clients"] = stress.clients;
  json["redis_benchmark"] = stress.redis_benchmark;
  json["benchmark_runs"] = stress.benchmark_runs;
  json["interrupted"] = stress.interrupted;
  json["seconds"] = stress.seconds;
  json["kills"] = stress.kills;
  json["leader_kills"] = stress.leader_kills;
  json["restarts"] = stress.restarts;
  json["rejoined"] = stress.rejoined;
  json["never_rejoined"] = stress.never_rejoined;
  json["torn_tails"] = stress.torn_tails;
  json["snapshots_taken"] = stress.snapshots_taken;
  json["snapshots_installed"] = stress.snapshots_installed;
  json["answers"]["ok"] = stress.answers.ok;
  json["answers"]["timeout"] = stress.answers.timeout;
  json["answers"]["error"] = stress.answers.error;
  json["answers"]["lost"] = stress.answers.lost;
  json["slowest_us"] = stress.slowest_us;
  json["deadline_us"] = stress.deadline_us;
  json["allowance_us"] = stress.allowance_us;
  json["records"] = stress.records;
  json["foreign_records"] = stress.foreign_records;
  json["checked"] = stress.checked;
  json["failure"] = failed ? Json(stress.failure) : Json(nullptr);
  json["folder"] = failed ? Json(stress.folder) : Json(nullptr);
  put(out, json);
}

}  // namespace quorate::reports
