#include "sim/scenario/fault_keys.h"

#include <algorithm>

#include "core/base/check.h"
#include "sim/scenario/scenario_keys.h"

namespace quorate::sim::reading {

namespace {

// What each kind needs and what it may have, besides fault and at_ms or after.
struct KindKeys {
  FaultKind kind;
  Words required;
  Words allowed;
};

const std::vector<KindKeys>& keys_by_kind() {
  static const std::vector<KindKeys> table{
      {FaultKind::delay, {"node", "for_ms", "by_us"}, {"peer"}},
      {FaultKind::hold, {"node", "by_us"}, {"peer", "lsn"}},
      {FaultKind::cut, {"node"}, {"peer"}},
      {FaultKind::partition, {"node", "for_ms"}, {"peer", "direction"}},
      {FaultKind::corrupt, {"node"}, {"peer", "part", "lsn", "count"}},
      {FaultKind::inject_ack, {"node"}, {"peer", "ack"}},
      {FaultKind::crash, {"node"}, {"restart_after_ms", "survives_percent", "torn"}},
      {FaultKind::pause, {"node", "for_ms"}, {}},
      {FaultKind::slow_disk, {"node", "for_ms", "by_us"}, {}},
      {FaultKind::disk_full, {"node", "for_ms"}, {"room_bytes"}},
      {FaultKind::fail_sync, {"node"}, {"restart_after_ms"}},
      {FaultKind::damage_disk, {"node"}, {"lsn"}},
      {FaultKind::wake_up, {"node", "for_ms", "by_us"}, {}},
  };
  return table;
}

bool has(const Words& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

Shape node_name() { return text(1, 20, TextForm::node); }

Fields<After> after_keys() {
  return {{
      field("node", &After::node, node_name(), Need::required),
      field("did", &After::did, words(words_of<Moment>()), Need::required),
      field("lsn", &After::lsn, whole(1, kHighestLsn), Need::required),
  }};
}

// Every key that some kind has.
const std::vector<Field<FaultEntry>>& all_keys() {
  static const std::vector<Field<FaultEntry>> table{
      field("node", &FaultEntry::node, node_name()),
      field("peer", &FaultEntry::peer, node_name()),
      field("for_ms", &FaultEntry::for_ms, whole(1, kLongestMs)),
      field("by_us", &FaultEntry::by_us, whole(1, kLongestUs)),
      field("restart_after_ms", &FaultEntry::restart_after_ms, whole(0, kLongestMs)),
      field("survives_percent", &FaultEntry::survives_percent, whole(0, 100)),
      field("torn", &FaultEntry::torn, of_kind(ShapeKind::flag)),
      field("direction", &FaultEntry::direction, words(words_of<Direction>())),
      field("part", &FaultEntry::part, words(words_of<CorruptPart>())),
      field("ack", &FaultEntry::ack, words(words_of<InjectedAck>())),
      field("lsn", &FaultEntry::lsn, whole(0, kHighestLsn)),
      field("count", &FaultEntry::count, whole(1, kMostRandomFaults)),
      field("room_bytes", &FaultEntry::room_bytes, whole(0, kMostRoomBytes)),
  };
  return table;
}

Field<FaultEntry> key_named(std::string_view key, Need need) {
  for (Field<FaultEntry> found : all_keys()) {
    if (found.key.key != key) continue;
    found.key.need = need;
    return found;
  }
  QUORATE_CHECK(false, "a fault kind's table names a key that no fault has");
}

Fields<FaultEntry> keys_of(const KindKeys& kind) {
  Fields<FaultEntry> table{{
      field("fault", &FaultEntry::fault, words({to_text(kind.kind)}), Need::required),
      field("at_ms", &FaultEntry::at_ms, whole(0, kLongestMs)),
      part("after", &FaultEntry::after, after_keys()),
  }};
  for (const std::string_view key : kind.required)
    table.fields.push_back(key_named(key, Need::required));
  for (const std::string_view key : kind.allowed)
    table.fields.push_back(key_named(key, Need::optional));
  table.exactly_one_of = {"at_ms", "after"};
  return table;
}

Fields<RandomFault> random_keys_of(const KindKeys& kind) {
  Fields<RandomFault> table{{
      field("chance_percent", &RandomFault::chance_percent, whole(0, 100), Need::required),
      field("count", &RandomFault::count, range(1, kMostRandomFaults)),
  }};
  if (has(kind.required, "for_ms"))
    table.fields.push_back(
        field("for_ms", &RandomFault::for_ms, range(1, kLongestMs), Need::required));
  // A random damage takes its node down, so that it shows.
  if (has(kind.allowed, "restart_after_ms") || kind.kind == FaultKind::damage_disk)
    table.fields.push_back(field("for_ms", &RandomFault::for_ms, range(0, kLongestMs)));
  if (has(kind.required, "by_us"))
    table.fields.push_back(
        field("by_us", &RandomFault::by_us, range(1, kLongestUs), Need::required));
  if (has(kind.allowed, "room_bytes"))
    table.fields.push_back(field("room_bytes", &RandomFault::room_bytes, range(0, kMostRoomBytes)));
  return table;
}

// The key of one kind: adds an entry, and keeps the entries in the order of the kinds, so that the
// order of the keys means nothing.
Field<RandomFaultsSpec> random_fault(const KindKeys& kind) {
  const Fields<RandomFault> table = random_keys_of(kind);
  const Shape shape = shape_of(table);
  const std::string whose = "random fault " + quoted(to_text(kind.kind));
  return {{to_text(kind.kind), shape, Need::optional},
          [kind = kind.kind, table, shape, whose](const JsonValue& value, const Place& at,
                                                  RandomFaultsSpec& into) {
            RandomFault fault;
            fault.fault = kind;
            read_object(value, at, table, shape, whose, fault);
            const auto place = std::find_if(into.faults.begin(), into.faults.end(),
                                            [&](const RandomFault& f) { return f.fault > kind; });
            into.faults.insert(place, fault);
          }};
}

}  // namespace

Variants<FaultEntry> fault_keys() {
  Variants<FaultEntry> variants{"fault", "", {}};
  for (const KindKeys& kind : keys_by_kind())
    variants.tables.emplace_back(to_text(kind.kind), keys_of(kind));
  return variants;
}

Fields<RandomFaultsSpec> random_fault_keys() {
  Fields<RandomFaultsSpec> table{
      {field("window_ms", &RandomFaultsSpec::window_ms, range(0, kLongestMs))}};
  for (const KindKeys& kind : keys_by_kind()) table.fields.push_back(random_fault(kind));
  return table;
}

}  // namespace quorate::sim::reading
