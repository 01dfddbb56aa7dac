#include "sim/scenario/scenario_names.h"

#include <array>

namespace quorate::sim {

namespace {

template <class Enum>
std::string_view word_for(Enum value) {
  for (const Name<Enum>& name : names<Enum>())
    if (name.value == value) return name.word;
  return "?";
}

}  // namespace

template <>
std::span<const Name<Profile>> names() {
  static const std::array<Name<Profile>, 2> table{{
      {Profile::ack_quorum, to_text(Profile::ack_quorum)},
      {Profile::replicated_log, to_text(Profile::replicated_log)},
  }};
  return table;
}

template <>
std::span<const Name<ElectionRule>> names() {
  static const std::array<Name<ElectionRule>, 2> table{{
      {ElectionRule::most_up_to_date, to_text(ElectionRule::most_up_to_date)},
      {ElectionRule::adopt, to_text(ElectionRule::adopt)},
  }};
  return table;
}

template <>
std::span<const Name<QuorumRule>> names() {
  static const std::array<Name<QuorumRule>, 2> table{{
      {QuorumRule::followers_majority, to_text(QuorumRule::followers_majority)},
      {QuorumRule::majority_of_all, to_text(QuorumRule::majority_of_all)},
  }};
  return table;
}

template <>
std::span<const Name<Distribution>> names() {
  static constexpr std::array<Name<Distribution>, 2> table{{
      {Distribution::uniform, "uniform"},
      {Distribution::long_tail, "long_tail"},
  }};
  return table;
}

template <>
std::span<const Name<OperationKind>> names() {
  static constexpr std::array<Name<OperationKind>, 4> table{{
      {OperationKind::set, "set"},
      {OperationKind::get, "get"},
      {OperationKind::del, "del"},
      {OperationKind::cas, "cas"},
  }};
  return table;
}

template <>
std::span<const Name<FaultKind>> names() {
  static constexpr std::array<Name<FaultKind>, kFaultKinds> table{{
      {FaultKind::delay, "delay"},
      {FaultKind::hold, "hold"},
      {FaultKind::cut, "cut"},
      {FaultKind::partition, "partition"},
      {FaultKind::corrupt, "corrupt"},
      {FaultKind::inject_ack, "inject_ack"},
      {FaultKind::crash, "crash"},
      {FaultKind::pause, "pause"},
      {FaultKind::slow_disk, "slow_disk"},
      {FaultKind::disk_full, "disk_full"},
      {FaultKind::fail_sync, "fail_sync"},
      {FaultKind::damage_disk, "damage_disk"},
      {FaultKind::wake_up, "wake_up"},
  }};
  return table;
}

template <>
std::span<const Name<Direction>> names() {
  static constexpr std::array<Name<Direction>, 3> table{{
      {Direction::both, "both"},
      {Direction::to_peer, "to_peer"},
      {Direction::from_peer, "from_peer"},
  }};
  return table;
}

template <>
std::span<const Name<CorruptPart>> names() {
  static constexpr std::array<Name<CorruptPart>, 3> table{{
      {CorruptPart::record, "record"},
      {CorruptPart::head, "head"},
      {CorruptPart::ack, "ack"},
  }};
  return table;
}

template <>
std::span<const Name<InjectedAck>> names() {
  static constexpr std::array<Name<InjectedAck>, 4> table{{
      {InjectedAck::duplicate, "duplicate"},
      {InjectedAck::stale, "stale"},
      {InjectedAck::foreign, "foreign"},
      {InjectedAck::beyond, "beyond"},
  }};
  return table;
}

template <>
std::span<const Name<Moment>> names() {
  static constexpr std::array<Name<Moment>, 5> table{{
      {Moment::append, "append"},
      {Moment::sync, "sync"},
      {Moment::ship, "ship"},
      {Moment::ack, "ack"},
      {Moment::reply, "reply"},
  }};
  return table;
}

std::string_view to_text(Distribution distribution) { return word_for(distribution); }
std::string_view to_text(OperationKind kind) { return word_for(kind); }
std::string_view to_text(FaultKind kind) { return word_for(kind); }
std::string_view to_text(Direction direction) { return word_for(direction); }
std::string_view to_text(CorruptPart part) { return word_for(part); }
std::string_view to_text(InjectedAck ack) { return word_for(ack); }
std::string_view to_text(Moment moment) { return word_for(moment); }

}  // namespace quorate::sim
