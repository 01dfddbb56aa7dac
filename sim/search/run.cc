#include "sim/search/run.h"

#include <algorithm>

#include "core/protocol/facts.h"
#include "reports/words.h"
#include "sim/check/eventually_converges.h"

namespace quorate::sim {

namespace {

std::string clock_text(Time at) {
  const std::string us = std::to_string(at.us() % 1000);
  return std::to_string(at.us() / 1000) + "." + std::string(3 - us.size(), '0') + us;
}

std::string trace_line(Time at, const std::string& who, const std::string& what) {
  const std::string clock = clock_text(at);
  const std::size_t pad = clock.size() < 11 ? 11 - clock.size() : 0;
  return std::string(pad, ' ') + clock + " ms  " + who + ": " + what;
}

}  // namespace

void Runner::begin(const Scenario& scenario, std::uint64_t seed, const Rules& rules,
                   std::vector<std::string>* trace) {
  scenario_ = &scenario;
  seed_ = seed;
  is_sound_core_ = &rules == &sound_rules();
  trace_ = trace;
  clients_done_ = false;
  draw_plan(scenario, seed, plan_);
  world_.reset(plan_.world, rules, plan_.clients);
  checker_.begin(world_, plan_.clients, plan_.world.node.write_timeout, plan_.world.node.quorum,
                 plan_.pipeline);
  faults_.begin(world_, plan_.faults, milliseconds(50));
  for (std::uint32_t n = 1; n <= world_.node_count(); ++n) {
    world_.start(NodeId(n), checker_);
    turns_over();
  }
  ClientsSettings settings;
  settings.clients = plan_.clients;
  settings.keys = plan_.keys;
  settings.writes = plan_.writes;
  settings.value_bytes = plan_.value_bytes;
  settings.think = plan_.think;
  settings.reads_percent = scenario.workload.reads_percent;
  settings.deletes_percent = scenario.workload.deletes_percent;
  settings.pipeline = plan_.pipeline;
  settings.pipelined_percent = scenario.workload.pipelined_percent;
  settings.operations = &scenario.workload.operations;
  settings.write_timeout = plan_.world.node.write_timeout;
  settings.ear = ear_;
  clients_.begin(world_, settings);
  strike_fired();
}

RunOutcome Runner::run(const Scenario& scenario, std::uint64_t seed, const Rules& rules,
                       std::vector<std::string>* trace) {
  try {
    begin(scenario, seed, rules, trace);
    while (advance()) {
    }
    if (checker_.verdict().sound()) judge_end();
  } catch (const InvariantBroken& broken) {
    checker_.verdict().violate("invariant", "", broken.what(), world_.now());
  }
  return outcome();
}

bool Runner::advance() {
  const Happening happening = last_ = world_.step(checker_);
  dispatch(happening);
  if (!checker_.verdict().sound() || happening.kind == Happening::Kind::nothing) return false;
  if (world_.happenings() > kMostHappenings) {
    checker_.verdict().violate("invariant", "", "a run doesn't come to an end", world_.now());
    return false;
  }
  return !is_over();
}

void Runner::dispatch(const Happening& happening) {
  switch (happening.kind) {
    case Happening::Kind::nothing:
    case Happening::Kind::passed: break;
    case Happening::Kind::node_turn: turn_over(NodeId(happening.party)); break;
    case Happening::Kind::connected: clients_.connected(world_, happening.party, checker_); break;
    case Happening::Kind::refused: clients_.refused(world_, happening.party, checker_); break;
    case Happening::Kind::readable: clients_.readable(world_, happening.party, checker_); break;
    case Happening::Kind::writable: clients_.writable(world_, happening.party); break;
    case Happening::Kind::alarm:
      if (happening.what >= Clients::kAlarms)
        clients_.alarm(world_, happening.what, checker_);
      else
        strike(happening.what);
      break;
  }
  if (!world_.fired().empty()) strike_fired();
}

void Runner::strike_fired() {
  for (std::size_t i = 0; i < world_.fired().size(); ++i)
    narrate_fault(faults_.fired(world_, world_.fired()[i], checker_));
  world_.fired().clear();
  turns_over();
  owe_writes();
}

void Runner::turn_over(NodeId node) {
  if (trace_ != nullptr) narrate_turn(node);
  if (!world_.is_halted(node) || !world_.is_up(node)) return;
  faults_.halted(world_, node, checker_);
  owe_writes();
}

// Of those that the world had no step for.
void Runner::turns_over() {
  for (const NodeId node : world_.turned()) turn_over(node);
  world_.turned().clear();
}

// From when on must writes succeed? After the last fault, if a quorum is still possible.
void Runner::owe_writes() {
  const bool owed =
      EventuallyConverges::quorum_is_possible(checker_.court(), faults_.down_for_good()) &&
      !may_refuse_for_ever();
  checker_.writes_must_succeed_from(
      owed ? faults_.over_at() + milliseconds(scenario_->recover_within_ms) : Time::never());
}

void Runner::strike(std::uint32_t alarm) {
  narrate_fault(faults_.alarm(world_, alarm, checker_));
  turns_over();
  owe_writes();
}

void Runner::narrate_fault(const PlannedFault* fault) {
  if (trace_ == nullptr || fault == nullptr) return;
  trace_->push_back(trace_line(world_.now(), "FAULT", describe(*fault)));
}

void Runner::narrate_turn(NodeId node) {
  if (!world_.is_up(node)) return;
  for (const Fact& fact : world_.decided(node))
    trace_->push_back(trace_line(world_.now(), node_name(node), narrate(fact)));
}

// ---- the end

Time Runner::must_recover_by() const {
  return std::max(faults_.over_at(), clients_done_at_) + milliseconds(scenario_->recover_within_ms);
}

bool Runner::is_over() {
  if (!clients_done_ && clients_.all_done()) {
    clients_done_ = true;
    clients_done_at_ = world_.now();
  }
  if (!clients_done_) return false;
  if (world_.now() < faults_.over_at()) return false;
  if (EventuallyConverges::has_converged(checker_.court(), faults_.down_for_good())) return true;
  if (world_.now() <= must_recover_by()) return false;
  if (may_refuse_for_ever()) return true;
  checker_.verdict().violate(
      EventuallyConverges::kName, EventuallyConverges::kClause,
      "the cluster has not recovered within " + std::to_string(scenario_->recover_within_ms) +
          " ms after the last fault: it waits for " +
          EventuallyConverges::waits_for(checker_.court(), faults_.down_for_good()),
      world_.now());
  return true;
}

bool Runner::may_refuse_for_ever() const {
  return EventuallyConverges::is_damaged_beyond_budget(checker_.court(), faults_.down_for_good());
}

void Runner::judge_convergence() {
  const auto violate = [this](const std::string& sentence) {
    checker_.verdict().violate(EventuallyConverges::kName, EventuallyConverges::kClause, sentence,
                               world_.now());
  };
  const std::string waits =
      EventuallyConverges::waits_for(checker_.court(), faults_.down_for_good());
  if (!waits.empty()) violate("nothing happens any more, and the cluster waits for " + waits);
  const std::string differs =
      EventuallyConverges::differing_state(checker_.court(), faults_.down_for_good());
  if (!differs.empty()) violate(differs);
}

void Runner::judge_end() {
  if (!may_refuse_for_ever()) judge_convergence();
  const ExpectSpec& wanted = scenario_->expect;
  const AnswerCounts& got = checker_.answers();
  expect("requests answered OK", wanted.ok, static_cast<std::int64_t>(got.ok));
  expect("requests timed out", wanted.timeout, static_cast<std::int64_t>(got.timeout));
  expect("requests refused", wanted.error, static_cast<std::int64_t>(got.error));
  expect("requests lost", wanted.lost, static_cast<std::int64_t>(got.lost));
  expect("the leader's last LSN", wanted.last_lsn,
         static_cast<std::int64_t>(checker_.court().leader().last().value()));
  if (wanted.write_ms && checker_.least_write_us() <= checker_.most_write_us()) {
    expect("milliseconds of the fastest write", wanted.write_ms, checker_.least_write_us() / 1000);
    expect("milliseconds of the slowest write", wanted.write_ms, checker_.most_write_us() / 1000);
  }
  for (const std::string& name : wanted.reached)
    for (std::size_t i = 0; i < kProbes; ++i)
      if (probe_names()[i] == name && checker_.probes().count(static_cast<ProbeId>(i)) == 0)
        checker_.verdict().violate("expect_reached", "",
                                   "the scenario expects " + name + ", which never came up",
                                   world_.now());
  // A mistake changes what happens: that alone is not what should give it away.
  if (wanted.digest && seed_ == scenario_->seed && is_sound_core_) {
    const std::string digest = reports::hex16(world_.digest());
    if (digest != *wanted.digest)
      checker_.verdict().violate(
          "expect_digest", "",
          "the digest is " + digest + ", the scenario expects " + *wanted.digest, world_.now());
  }
}

void Runner::expect(const char* what, const std::optional<Range>& range, std::int64_t value) {
  if (!range || (value >= range->min && value <= range->max)) return;
  const std::string wanted = range->min == range->max
                                 ? std::to_string(range->min)
                                 : std::to_string(range->min) + " to " + std::to_string(range->max);
  checker_.verdict().violate("expect_answers", "",
                             std::string(what) + ": the scenario expects " + wanted +
                                 ", but it was " + std::to_string(value),
                             world_.now());
}

RunOutcome Runner::outcome() {
  RunOutcome outcome;
  outcome.digest = world_.digest();
  outcome.happenings = world_.happenings();
  outcome.ended_at = world_.now();
  outcome.faults = faults_.struck();
  outcome.followers = world_.node_count() - 1;
  outcome.answers = checker_.answers();
  const Court& court = checker_.court();
  Lsn on_quorum = court.leader().durable_lsn();
  while (!court.is_on_quorum(on_quorum)) on_quorum = on_quorum.prev();
  outcome.committed = on_quorum;
  outcome.violated = checker_.verdict().violated();
  return outcome;
}

}  // namespace quorate::sim
