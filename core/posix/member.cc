#include "core/posix/member.h"

#include <unistd.h>

#include <algorithm>
#include <utility>

#include "core/posix/monotonic_clock.h"
#include "core/posix/posix_error.h"
#include "core/posix/process.h"

namespace quorate {

namespace {

// Descriptors that are not clients': peers, those who have not said who they are, our own files.
constexpr std::size_t kOtherDescriptors = 2 * kMaxMembers + Driver::kMaxPending + 32;

void check(const MemberConfig& config) {
  const NodeConfig& node = config.node;
  if (node.members < 1 || node.members > kMaxMembers)
    throw PosixError("a cluster has 1 to 32 members, not " + std::to_string(node.members));
  if (node.id.is_none() || node.id.value() > node.members)
    throw PosixError("the members are 1 to " + std::to_string(node.members) + ": there is no " +
                     std::to_string(node.id.value()));
  if (config.places.size() != node.members)
    throw PosixError("a cluster of " + std::to_string(node.members) + " needs as many addresses, " +
                     "here are " + std::to_string(config.places.size()));
  if (config.folder.empty()) throw PosixError("a member needs a data folder");
}

PollLoopSettings settings_of(const MemberConfig& config, const MemberEars& ears) {
  check(config);
  ignore_write_signals();
  PollLoopSettings settings;
  const std::size_t descriptors = raise_descriptor_limit();
  if (descriptors <= kOtherDescriptors)
    throw PosixError("a member needs more than " + std::to_string(kOtherDescriptors) +
                     " descriptors, the limit is " + std::to_string(descriptors));
  settings.max_clients = std::min(config.max_clients, descriptors - kOtherDescriptors);
  if (settings.max_clients < config.max_clients && ears.notice)
    ears.notice("serves at most " + std::to_string(settings.max_clients) +
                " clients at once: the limit of descriptors is " + std::to_string(descriptors));
  for (const MemberConfig::Place& place : config.places)
    settings.peers.push_back(parse_address(place.peers));
  const std::size_t self = config.node.id.value() - 1;
  settings.listen_peers = settings.peers[self];
  settings.listen_clients = parse_address(config.places[self].clients);
  settings.disk = {config.folder, config.synced, config.sync, {}};
  settings.notice = ears.notice;
  return settings;
}

// A seed that no two nodes share, nor two lives of one: else they would stand for election at the
// same moments, again and again. The only draw of the real world.
MemberConfig seeded(MemberConfig config) {
  if (!config.node.elects() || config.node.election_seed != 0) return config;
  const std::int64_t now = MonotonicClock::at_this_moment().us();
  const auto process = static_cast<std::uint64_t>(::getpid());
  config.node.election_seed = (process << 40) ^ (std::uint64_t{config.node.id.value()} << 56) ^
                              static_cast<std::uint64_t>(now);
  return config;
}

std::vector<std::string> addresses_of(const MemberConfig& config) {
  std::vector<std::string> addresses;
  for (const MemberConfig::Place& place : config.places) addresses.push_back(place.clients);
  return addresses;
}

}  // namespace

Member::Member(const MemberConfig& config, MemberEars ears)
    : config_(seeded(config)),
      ears_(std::move(ears)),
      loop_(settings_of(config_, ears_)),
      driver_(config_.node, sound_rules(), addresses_of(config_)) {
  Env env = loop_.env();
  driver_.start(env);
  report();
  if (halted()) throw DiskError(why_halted());
  if (!config_.synced) return;
  const auto turn = [this] {
    tell(loop_.wait(driver_.next_deadline()), true);
    return !halted() && !loop_.is_stopped();
  };
  stand_in_ = std::make_unique<StandIn>(turn, [this] { loop_.nudge(); });
}

bool Member::turn(Time until) {
  tell(loop_.wait(std::min(until, driver_.next_deadline())), true);
  if (FileDisk& disk = loop_.disk(); disk.take_left()) {
    int error = 0;
    stand_in_->while_doing([&] { error = disk.sync_here(); });
    if (halted()) return false;
    disk.tell_ended(error);
  }
  const Happenings& more = loop_.finished_at_once();
  if (!more.empty()) tell(more, false);
  return !halted() && !loop_.is_stopped();
}

void Member::tell(const Happenings& happenings, bool look_at_clock) {
  Env env = loop_.env();
  driver_.begin();
  for (const Happening& happening : happenings) tell(env, happening);
  // After a sync the next one is made as that was.
  const bool is_lone = happenings.size() == 1;
  if (!is_lone || happenings.front().kind != Happening::Kind::synced)
    loop_.disk().leave_syncs(is_lone && stand_in_);
  if (look_at_clock && env.clock.now() >= driver_.next_deadline()) driver_.time_passed(env);
  driver_.end(env);
  report();
}

void Member::tell(Env& env, const Happening& happening) {
  switch (happening.kind) {
    case Happening::Kind::peer_accepted: return driver_.accepted_peer(env, happening.socket);
    case Happening::Kind::client_accepted: return driver_.accepted_client(env, happening.socket);
    case Happening::Kind::established: return driver_.dialed(env, happening.socket, true);
    case Happening::Kind::dial_failed: return driver_.dialed(env, happening.socket, false);
    case Happening::Kind::readable: return driver_.readable(env, happening.socket);
    case Happening::Kind::writable: return driver_.writable(env, happening.socket);
    case Happening::Kind::synced: return driver_.synced(env, true);
    case Happening::Kind::sync_failed: return driver_.synced(env, false);
  }
}

void Member::report() {
  for (const Fact& fact : driver_.facts()) {
    if (fact.kind == FactKind::damage_found && ears_.notice)
      ears_.notice("the log " + config_.folder + "/log is damaged: " + narrate(fact));
    if (ears_.fact) ears_.fact(fact);
  }
}

std::string Member::why_halted() const {
  const std::string& error = loop_.disk().last_error();
  return name() + " stops, its word is worth nothing any more: " +
         (error.empty() ? "its log can't take what it must write" : error);
}

}  // namespace quorate
