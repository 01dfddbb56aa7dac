#include "sim/search/run.h"

#include <algorithm>

#include "core/protocol/facts.h"
#include "reports/words.h"
#include "sim/check/eventually_converges.h"
#include "sim/world/node_names.h"

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
  draw_plan(scenario, seed, plan_);
  world_.reset(plan_.world, rules, plan_.clients);
  const NodeConfig& node = plan_.world.node;
  elects_ = node.elects();
  if (elects_)
    log_checker_.begin(world_, plan_.clients);
  else
    checker_.begin(world_, plan_.clients, node.write_timeout, node.quorum, plan_.pipeline);
  faults_.begin(world_, plan_.faults, milliseconds(50));
  for (std::uint32_t n = 1; n <= world_.node_count(); ++n) {
    world_.start(NodeId(n), judge());
    turns_over();
  }
  elects_ ? begin_sessions() : begin_clients();
  strike_fired();
  clients_done_ = all_clients_done();
  clients_done_at_ = world_.next_at();  // if they have nothing to ask
}

void Runner::begin_clients() {
  ClientsSettings settings;
  settings.clients = plan_.clients;
  settings.keys = plan_.keys;
  settings.writes = plan_.writes;
  settings.value_bytes = plan_.value_bytes;
  settings.think = plan_.think;
  settings.reads_percent = scenario_->workload.reads_percent;
  settings.deletes_percent = scenario_->workload.deletes_percent;
  settings.pipeline = plan_.pipeline;
  settings.pipelined_percent = scenario_->workload.pipelined_percent;
  settings.operations = &scenario_->workload.operations;
  settings.write_timeout = plan_.world.node.write_timeout;
  settings.ear = ear_;
  clients_.begin(world_, settings);
}

void Runner::begin_sessions() {
  SessionSettings settings;
  settings.clients = plan_.clients;
  settings.keys = plan_.keys;
  settings.writes = plan_.writes;
  settings.value_bytes = plan_.value_bytes;
  settings.think = plan_.think;
  settings.reads_percent = scenario_->workload.reads_percent;
  settings.deletes_percent = scenario_->workload.deletes_percent;
  settings.cas_percent = scenario_->workload.cas_percent;
  settings.pipeline = plan_.pipeline;
  settings.pipelined_percent = scenario_->workload.pipelined_percent;
  settings.asks_leader_percent = scenario_->workload.asks_leader_percent;
  settings.operations = &scenario_->workload.operations;
  settings.write_timeout = plan_.world.node.write_timeout;
  settings.ear = session_ear_;
  sessions_.begin(world_, settings);
}

RunOutcome Runner::run(const Scenario& scenario, std::uint64_t seed, const Rules& rules,
                       std::vector<std::string>* trace) {
  try {
    begin(scenario, seed, rules, trace);
    while (advance()) {
    }
    if (judge().verdict().sound()) judge_end();
  } catch (const InvariantBroken& broken) {
    judge().verdict().violate("invariant", "", broken.what(), world_.now());
  }
  return outcome();
}

bool Runner::advance() {
  Judge& judge = this->judge();
  last_ = world_.step(judge);
  if (last_.kind == Happening::Kind::node_turn)
    turn_over(NodeId(last_.party));
  else
    dispatch(last_);
  if (!world_.fired().empty()) strike_fired();
  if (!judge.verdict().sound() || last_.kind == Happening::Kind::nothing) return false;
  if (world_.happenings() > kMostHappenings) {
    judge.verdict().violate("invariant", "", "a run doesn't come to an end", world_.now());
    return false;
  }
  return !clients_done_ || !is_over();
}

// What concerns those who live above the world.
void Runner::dispatch(const Happening& happening) {
  switch (happening.kind) {
    case Happening::Kind::nothing:
    case Happening::Kind::passed:
    case Happening::Kind::node_turn: break;
    case Happening::Kind::connected:
    case Happening::Kind::refused:
    case Happening::Kind::readable:
    case Happening::Kind::writable: tell_client(happening); break;
    case Happening::Kind::alarm:
      if (happening.what >= Clients::kAlarms)
        tell_client(happening);
      else
        strike(happening.what);
      break;
  }
  if (clients_done_ || !all_clients_done()) return;
  clients_done_ = true;
  clients_done_at_ = world_.now();
}

void Runner::tell_client(const Happening& happening) {
  switch (happening.kind) {
    case Happening::Kind::connected:
      if (elects_) return sessions_.connected(world_, happening.party);
      return clients_.connected(world_, happening.party, checker_);
    case Happening::Kind::refused:
      if (elects_) return sessions_.refused(world_, happening.party);
      return clients_.refused(world_, happening.party, checker_);
    case Happening::Kind::writable:
      return elects_ ? sessions_.writable(world_, happening.party)
                     : clients_.writable(world_, happening.party);
    case Happening::Kind::readable:
      if (elects_) return sessions_.readable(world_, happening.party, log_checker_);
      return clients_.readable(world_, happening.party, checker_);
    default:
      if (elects_) return sessions_.alarm(world_, happening.what, log_checker_);
      return clients_.alarm(world_, happening.what, checker_);
  }
}

void Runner::strike_fired() {
  for (std::size_t i = 0; i < world_.fired().size(); ++i)
    narrate_fault(faults_.fired(world_, world_.fired()[i], judge()));
  world_.fired().clear();
  turns_over();
  owe_writes();
}

void Runner::turn_over(NodeId node) {
  if (trace_ != nullptr) narrate_turn(node);
  if (!world_.is_halted(node) || !world_.is_up(node)) return;
  faults_.halted(world_, node, judge());
  owe_writes();
}

// Of those that the world had no step for.
void Runner::turns_over() {
  for (const NodeId node : world_.turned()) turn_over(node);
  world_.turned().clear();
}

// From when on must writes succeed? After the last fault, if a quorum is still possible.
void Runner::owe_writes() {
  const bool owed = judge().quorum_is_possible(faults_.down_for_good()) && !may_refuse_for_ever();
  judge().writes_must_succeed_from(
      owed ? faults_.over_at() + milliseconds(scenario_->recover_within_ms) : Time::never());
}

void Runner::strike(std::uint32_t alarm) {
  narrate_fault(faults_.alarm(world_, alarm, judge()));
  turns_over();
  owe_writes();
}

void Runner::narrate_fault(const PlannedFault* fault) {
  if (trace_ == nullptr || fault == nullptr) return;
  tell("FAULT", describe(*fault, scenario_->profile));
}

void Runner::narrate_turn(NodeId node) {
  if (!world_.is_up(node)) return;
  for (const Fact& fact : world_.decided(node))
    tell(node_name(node, scenario_->profile), narrate(fact, scenario_->profile));
}

void Runner::tell(const std::string& who, const std::string& what) {
  trace_->push_back(with_names(trace_line(world_.now(), who, what), scenario_->cluster.names));
}

// ---- the end

Time Runner::must_recover_by() const {
  return std::max(faults_.over_at(), clients_done_at_) + milliseconds(scenario_->recover_within_ms);
}

// Requires that the clients are done.
bool Runner::is_over() {
  if (world_.now() < faults_.over_at()) return false;
  if (judge().has_converged(faults_.down_for_good())) return true;
  if (world_.now() <= must_recover_by()) return false;
  if (may_refuse_for_ever()) return true;
  judge().verdict().violate(
      EventuallyConverges::kName, EventuallyConverges::kClause,
      "the cluster has not recovered within " + std::to_string(scenario_->recover_within_ms) +
          " ms after the last fault: it waits for " + judge().waits_for(faults_.down_for_good()),
      world_.now());
  return true;
}

bool Runner::may_refuse_for_ever() const {
  return judge().may_refuse_for_ever(faults_.down_for_good());
}

void Runner::judge_convergence() {
  const auto violate = [this](const std::string& sentence) {
    judge().verdict().violate(EventuallyConverges::kName, EventuallyConverges::kClause, sentence,
                              world_.now());
  };
  const std::string waits = judge().waits_for(faults_.down_for_good());
  if (!waits.empty()) violate("nothing happens any more, and the cluster waits for " + waits);
  const std::string differs = judge().differing_state(faults_.down_for_good());
  if (!differs.empty()) violate(differs);
}

void Runner::judge_end() {
  if (!may_refuse_for_ever()) judge_convergence();
  judge().at_the_end();
  const ExpectSpec& wanted = scenario_->expect;
  const AnswerCounts& got = judge().answers();
  expect("requests answered OK", wanted.ok, static_cast<std::int64_t>(got.ok));
  expect("requests timed out", wanted.timeout, static_cast<std::int64_t>(got.timeout));
  expect("requests refused", wanted.error, static_cast<std::int64_t>(got.error));
  expect("requests lost", wanted.lost, static_cast<std::int64_t>(got.lost));
  expect("the leader's last LSN", wanted.last_lsn,
         static_cast<std::int64_t>(judge().last_lsn().value()));
  if (wanted.write_ms && judge().least_write_us() <= judge().most_write_us()) {
    expect("milliseconds of the fastest write", wanted.write_ms, judge().least_write_us() / 1000);
    expect("milliseconds of the slowest write", wanted.write_ms, judge().most_write_us() / 1000);
  }
  for (const std::string& name : wanted.reached)
    for (std::size_t i = 0; i < kProbes; ++i)
      if (probe_names()[i] == name && judge().probes().count(static_cast<ProbeId>(i)) == 0)
        judge().verdict().violate("expect_reached", "",
                                  "the scenario expects " + name + ", which never came up",
                                  world_.now());
  // A mistake changes what happens: that alone is not what should give it away.
  if (wanted.digest && seed_ == scenario_->seed && is_sound_core_) {
    const std::string digest = reports::hex16(world_.digest());
    if (digest != *wanted.digest)
      judge().verdict().violate(
          "expect_digest", "",
          "the digest is " + digest + ", the scenario expects " + *wanted.digest, world_.now());
  }
}

void Runner::expect(const char* what, const std::optional<Range>& range, std::int64_t value) {
  if (!range || (value >= range->min && value <= range->max)) return;
  const std::string wanted = range->min == range->max
                                 ? std::to_string(range->min)
                                 : std::to_string(range->min) + " to " + std::to_string(range->max);
  judge().verdict().violate("expect_answers", "",
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
  outcome.answers = judge().answers();
  outcome.committed = judge().committed();
  outcome.violated = judge().verdict().violated();
  if (outcome.violated)
    outcome.violated->sentence = with_names(outcome.violated->sentence, scenario_->cluster.names);
  return outcome;
}

}  // namespace quorate::sim
