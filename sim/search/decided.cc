#include "sim/search/decided.h"

#include <algorithm>

#include "core/base/crc32.h"
#include "core/log/wal.h"
#include "core/protocol/config.h"
#include "core/wire/message.h"
#include "reports/words.h"
#include "sim/scenario/scenario_names.h"

namespace quorate::sim {

namespace {

constexpr std::size_t kMostShown = 60;  // bytes of a text

// A text in quotes; of a long one the beginning, its size and its CRC.
std::string shown(std::string_view text) {
  if (text.size() <= kMostShown) return '"' + std::string(text) + '"';
  const ByteSpan bytes(reinterpret_cast<const Byte*>(text.data()), text.size());
  return '"' + std::string(text.substr(0, kMostShown)) + "...\" (" + std::to_string(text.size()) +
         " bytes, CRC " + reports::hex16(crc32(bytes)).substr(8) + ")";
}

std::string shown(const RecordView& record) {
  if (record.op == Op::noop) return "its leader's first entry";
  if (record.op == Op::del) return "del " + shown(record.key);
  if (const auto cas = record.op == Op::cas ? read_cas(record.value) : std::nullopt)
    return "cas " + shown(record.key) + " from " + (cas->from ? shown(*cas->from) : "nothing") +
           " to " + shown(cas->to);
  return "set " + shown(record.key) + " to " + shown(record.value);
}

std::string lsn_words(std::uint64_t lsn) { return "LSN=" + std::to_string(lsn); }

const char* words_of(Marks::Of what) {
  switch (what) {
    case Marks::Of::started: return "starts";
    case Marks::Of::serving: return "serves";
    case Marks::Of::appended: return "has appended up to LSN=";
    case Marks::Of::applied: return "has applied up to LSN=";
    case Marks::Of::acked: return "has acknowledged up to LSN=";
    case Marks::Of::answered: return "";
  }
  return "?";
}

}  // namespace

void Marks::raise(Of what, std::uint32_t whom, std::uint64_t to) {
  if (to == 0) return;
  std::uint64_t& mark = marks_[{what, whom}];
  mark = std::max(mark, to);
}

std::string Marks::behind(const Marks& other, Profile profile) const {
  for (const auto& [which, wanted] : other.marks_) {
    const auto mine = marks_.find(which);
    if (mine != marks_.end() && mine->second >= wanted) continue;
    const std::string number = std::to_string(wanted);
    if (which.first == Of::answered)
      return "client " + std::to_string(which.second) + " knows the end of its request " + number;
    const std::string who = node_name(NodeId(which.second), profile) + " " + words_of(which.first);
    const bool counts = which.first == Of::started || which.first == Of::serving;
    return counts ? who + " for the " + number + ". time" : who + number;
  }
  return {};
}

void Decisions::heard(Time at, NodeId node, const Fact& fact) {
  const std::uint32_t n = node.value();
  switch (fact.kind) {
    case FactKind::started: marks_.count(Marks::Of::started, n); break;
    case FactKind::serving: marks_.count(Marks::Of::serving, n); break;
    case FactKind::appended:
      appended_[{n, fact.lsn.value()}] = at;
      if (elects() || node == NodeConfig::leader())
        marks_.raise(Marks::Of::appended, n, fact.lsn.value());
      break;
    case FactKind::applied:
      if (!elects() && node != NodeConfig::leader()) break;
      marks_.raise(Marks::Of::applied, n, fact.lsn.value());
      if (elects()) break;
      committed_ = {DecidedKind::record, "what the leader has committed",
                    "all up to " + lsn_words(fact.lsn.value()), at};
      break;
    case FactKind::snapshot_installed:  // instead of the records up to there
      marks_.raise(Marks::Of::appended, n, fact.lsn.value());
      marks_.raise(Marks::Of::applied, n, fact.lsn.value());
      break;
    case FactKind::ack_sent:
      if (!elects()) acked(at, node, fact);
      break;
    default: break;
  }
}

void Decisions::acked(Time at, NodeId follower, const Fact& fact) {
  const std::uint32_t n = follower.value();
  const std::uint64_t lsn = fact.lsn.value();
  if (fact.a != static_cast<std::uint64_t>(AckStatus::success)) {
    // A mismatch only asks where the two logs agree, LSN by LSN: how often depends on what was
    // under way.
    if (fact.a != static_cast<std::uint64_t>(AckStatus::mismatch)) say_status(at, n, lsn, fact.a);
    return;
  }
  std::uint64_t& up_to = acked_up_to_[n];
  while (up_to < lsn) say_status(at, n, ++up_to, fact.a);
  marks_.raise(Marks::Of::acked, n, lsn);
}

void Decisions::say_status(Time at, std::uint32_t follower, std::uint64_t lsn,
                           std::uint64_t status) {
  Said& said = acks_[{follower, lsn}];
  if (said.statuses.empty()) said.at = at;
  if (std::find(said.statuses.begin(), said.statuses.end(), status) == said.statuses.end())
    said.statuses.push_back(status);
}

void Decisions::answered(Time at, std::uint32_t client, std::uint64_t request, OperationKind op,
                         const std::string& key, const std::string& words) {
  marks_.raise(Marks::Of::answered, client, request);
  answers_.push_back({DecidedKind::answer,
                      "what client " + std::to_string(client) + " was told, request " +
                          std::to_string(request) + " (" + std::string(to_text(op)) + " " +
                          shown(key) + ")",
                      words, at});
}

void Decisions::log(NodeId node, const Wal& wal) {
  for (Lsn lsn(1); lsn <= wal.last_lsn(); lsn = lsn.next()) {
    const auto at = appended_.find({node.value(), lsn.value()});
    records_.push_back({DecidedKind::record,
                        "the record " + lsn_words(lsn.value()) + " of " + node_name(node, profile_),
                        lsn > wal.base() ? shown(wal.record(lsn)) : kInSnapshot,
                        at == appended_.end() ? Time() : at->second});
  }
}

std::vector<Decided> Decisions::all() const {
  std::vector<Decided> all = answers_;
  all.insert(all.end(), records_.begin(), records_.end());
  if (committed_) all.push_back(*committed_);
  for (const auto& [which, said] : acks_) {
    std::string words;
    for (const std::uint64_t status : said.statuses)
      words +=
          (words.empty() ? "" : ", then ") + std::string(to_text(static_cast<AckStatus>(status)));
    all.push_back(
        {DecidedKind::ack,
         "what " + node_name(NodeId(which.first)) + " acknowledged for " + lsn_words(which.second),
         words, said.at});
  }
  std::stable_sort(all.begin(), all.end(),
                   [](const Decided& a, const Decided& b) { return a.at < b.at; });
  return all;
}

std::string words_of(RespKind kind, std::string_view text, std::int64_t integer) {
  switch (kind) {
    case RespKind::simple: return std::string(text);
    case RespKind::error: return std::string(text.substr(0, text.find(' '))) + " (an error)";
    case RespKind::integer: return std::to_string(integer);
    case RespKind::bulk: return shown(text);
    case RespKind::nil: return "nil";
    case RespKind::array: return "an array";
  }
  return "?";
}

std::string words_of(OperationKind op, bool has_value, std::string_view value, bool changed) {
  switch (op) {
    case OperationKind::get: return has_value ? shown(value) : "nil";
    case OperationKind::set: return "OK";
    default: return changed ? "1" : "0";
  }
}

std::optional<Difference> first_difference(const std::vector<Decided>& simulated,
                                           const std::vector<Decided>& real) {
  constexpr const char* kNothing = "nothing";
  std::map<std::string, const Decided*> in_real;
  for (const Decided& decided : real) in_real[decided.about] = &decided;
  std::optional<Difference> first;
  const auto consider = [&first](const Decided& at, const std::string& a, const std::string& b) {
    if (!first || at.at < first->at) first = Difference{at.kind, at.about, a, b, at.at};
  };
  for (const Decided& decided : simulated) {
    const auto other = in_real.find(decided.about);
    const std::string words = other == in_real.end() ? kNothing : other->second->words;
    if (words != decided.words && words != kInSnapshot && decided.words != kInSnapshot)
      consider(decided, decided.words, words);
    if (other != in_real.end()) in_real.erase(other);
  }
  for (const Decided& decided : real)
    if (in_real.count(decided.about) > 0) consider(decided, kNothing, decided.words);
  return first;
}

}  // namespace quorate::sim
