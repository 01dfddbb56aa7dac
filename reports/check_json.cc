// A judged history, in JSON.
#include "reports/json_put.h"
#include "reports/json_report.h"

namespace quorate::reports {

namespace {

// A key or a value, which is JSON already.
Json json_of_text(const std::string& text) {
  const Json json = Json::parse(text, nullptr, false);
  return json.is_discarded() ? Json(text) : json;
}

template <class Number>
Json or_null(const std::optional<Number>& number) {
  return number ? Json(*number) : Json(nullptr);
}

Json json_of(const CheckedOperation& op) {
  Json json = Json::object();
  json["process"] = op.process;
  json["f"] = op.f;
  json["value"] = json_of_text(op.value);
  if (op.f == "cas") json["value"] = Json::array({json_of_text(op.from), json_of_text(op.value)});
  json["outcome"] = op.outcome;
  json["needed"] = op.is_needed;
  json["begin_line"] = op.begin_line;
  json["end_line"] = op.end_line == 0 ? Json(nullptr) : Json(op.end_line);
  json["begin_time"] = or_null(op.begin_time);
  json["end_time"] = or_null(op.end_time);
  return json;
}

Json json_of(const CheckedKey& key) {
  Json json = Json::object();
  json["key"] = json_of_text(key.key);
  json["sentence"] = key.sentence;
  json["minimal"] = key.is_minimal;
  json["operations"] = Json::array();
  for (const CheckedOperation& op : key.operations) json["operations"].push_back(json_of(op));
  json["others"] = key.others;
  return json;
}

}  // namespace

void write_json(std::ostream& out, const CheckResult& check) {
  Json json = Json::object();
  json["file"] = check.file;
  json["linearizable"] = check.contradictions.empty() ? Json(true) : Json(false);
  if (check.contradictions.empty() && !check.undecided.empty()) json["linearizable"] = nullptr;
  json["operations"] = check.operations;
  json["unknown"] = check.unknown;
  json["failed"] = check.failed;
  json["keys"] = check.keys;
  json["contradictions"] = Json::array();
  for (const CheckedKey& key : check.contradictions) json["contradictions"].push_back(json_of(key));
  json["undecided"] = Json::array();
  for (const std::string& key : check.undecided) json["undecided"].push_back(json_of_text(key));
  json["memory_mib"] = check.memory_mib;
  put(out, json);
}

}  // namespace quorate::reports
