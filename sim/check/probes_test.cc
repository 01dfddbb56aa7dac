#include "sim/check/probes.h"

#include <doctest/doctest.h>

#include <set>
#include <string>

using namespace quorate;
using namespace quorate::sim;

namespace {

constexpr NodeId kLeader(1), kFollower(2);

// The one probe that such a fact makes count, by its name; "" for none.
std::string seen(NodeId node, FactKind kind, std::uint64_t lsn = 0, std::uint64_t a = 0) {
  Probes probes;
  probes.decided(node, Fact{kind, NodeId(), Lsn(lsn), a, 0});
  std::string names;
  for (std::size_t i = 0; i < kProbes; ++i) {
    const auto probe = static_cast<ProbeId>(i);
    if (probes.count(probe) > 0)
      names += (names.empty() ? "" : ", ") + std::string(probe_name(probe));
  }
  return names;
}

std::string refused(AckRefusal why) {
  return seen(kLeader, FactKind::ack_refused, 3, static_cast<std::uint64_t>(why));
}

}  // namespace

TEST_CASE("probes: names, are sometimes_ and what came up, and no two are alike") {
  std::set<std::string> names;
  for (const std::string_view name : probe_names()) {
    CHECK(name.starts_with("sometimes_"));
    CHECK(name.find_first_not_of("abcdefghijklmnopqrstuvwxyz_") == std::string_view::npos);
    names.emplace(name);
  }
  CHECK(names.size() == kProbes);
  CHECK(probe_names().size() == kProbes);
  CHECK(probe_name(ProbeId::write_ok) == "sometimes_write_ok");
  CHECK(probe_name(ProbeId::request_lost) == "sometimes_request_lost");
  CHECK(probe_name(ProbeId::several_requests_lost) == "sometimes_several_requests_lost");
}

TEST_CASE("probes: what a leader decides, counts for its probe") {
  CHECK(refused(AckRefusal::duplicate) == "sometimes_ack_duplicate_refused");
  CHECK(refused(AckRefusal::stale_generation) == "sometimes_ack_stale_generation_refused");
  CHECK(refused(AckRefusal::foreign) == "sometimes_ack_foreign_refused");
  CHECK(refused(AckRefusal::never_shipped) == "sometimes_ack_never_shipped_refused");
  CHECK(seen(kLeader, FactKind::reshipped) == "sometimes_reship_after_crc_failure");
  CHECK(seen(kLeader, FactKind::frame_damaged) == "sometimes_ack_damaged");
  CHECK(seen(kLeader, FactKind::restored) == "sometimes_leader_restored");
  CHECK(seen(kLeader, FactKind::peer_silent) == "sometimes_peer_silent");
  CHECK(seen(kLeader, FactKind::disk_refused) == "sometimes_leader_disk_full");
  CHECK(seen(kLeader, FactKind::sync_failed) == "sometimes_sync_failed");
  CHECK(seen(kLeader, FactKind::answer_kept) == "sometimes_answer_kept_for_an_earlier_one");
}

TEST_CASE("probes: what a follower decides, counts for its probe") {
  CHECK(seen(kFollower, FactKind::frame_damaged) == "sometimes_frame_head_damaged");
  CHECK(seen(kFollower, FactKind::ship_repeated) == "sometimes_ship_repeated");
  CHECK(seen(kFollower, FactKind::state_rebuilt) == "sometimes_state_rebuilt");
  CHECK(seen(kFollower, FactKind::torn_tail_cut) == "sometimes_torn_tail_recovered");
  CHECK(seen(kFollower, FactKind::disk_refused) == "sometimes_follower_disk_full");
}

TEST_CASE("probes: what becomes of the logs of nodes that elect, counts for its probe") {
  const auto seen_of = [](FactKind kind, ProbeId probe) {
    Probes probes;
    probes.decided_elected({kind, NodeId(), Lsn(8), 1, 2});
    return probes.count(probe);
  };
  CHECK(seen_of(FactKind::log_dropped, ProbeId::log_dropped) == 1);
  CHECK(seen_of(FactKind::snapshot_put_off, ProbeId::snapshot_put_off) == 1);
  CHECK(seen_of(FactKind::disk_refused, ProbeId::snapshot_put_off) == 0);
}

TEST_CASE("probes: what must be looked at twice, counts only when it is what it seems") {
  CHECK(seen(kLeader, FactKind::shipped, 5, 7) == "sometimes_several_records_in_a_ship");
  CHECK(seen(kLeader, FactKind::shipped, 5, 5) == "");
  CHECK(seen(kLeader, FactKind::shipped, 5, 4) == "");  // an empty one
  CHECK(seen(kFollower, FactKind::log_cut, 5, 7) == "sometimes_follower_tail_cut");
  CHECK(seen(kFollower, FactKind::log_cut, 5, 5) == "");
  CHECK(seen(kLeader, FactKind::log_cut, 5, 7) == "");
  CHECK(seen(kLeader, FactKind::serving, 3) == "sometimes_leader_restarted_and_served");
  CHECK(seen(kLeader, FactKind::serving, 0) == "");  // the first start of all
  CHECK(
      seen(kLeader, FactKind::request_refused, 0, static_cast<std::uint64_t>(ReplyKind::loading)) ==
      "sometimes_request_refused_while_loading");
  CHECK(seen(kLeader, FactKind::request_refused, 0, static_cast<std::uint64_t>(ReplyKind::busy)) ==
        "");
}

TEST_CASE("probes: what every write brings about, counts for none") {
  for (const FactKind kind : {FactKind::appended, FactKind::synced, FactKind::ack_sent,
                              FactKind::ack_counted, FactKind::applied, FactKind::write_answered})
    CHECK(seen(kLeader, kind, 3) == "");
}

TEST_CASE("probes: of several runs, add up") {
  Probes sum, one;
  one.saw(ProbeId::write_ok);
  one.saw(ProbeId::write_ok);
  one.saw(ProbeId::request_lost);
  sum.add(one);
  sum.add(one);
  CHECK((sum.count(ProbeId::write_ok) == 4 && sum.count(ProbeId::request_lost) == 2));
  CHECK(sum.count(ProbeId::read_answered) == 0);
  sum.clear();
  CHECK(sum.count(ProbeId::write_ok) == 0);
}
