#include "sim/cli/real/node_log.h"

#include <doctest/doctest.h>

#include <unistd.h>

#include "core/posix/fd.h"
#include "sim/cli/real/fact_pipe.h"

using namespace quorate;
using namespace quorate::cli;

namespace {

std::string said(NodeLog& log, FactKind kind, NodeId peer = NodeId(), Lsn lsn = Lsn(3)) {
  return log.sentence(Fact{kind, peer, lsn, 1, 2});
}

}  // namespace

TEST_CASE("node log: a write, is no line, unless every fact is asked for") {
  NodeLog changes;
  NodeLog all(NodeLog::Shows::every_fact);
  for (const FactKind kind : {FactKind::appended, FactKind::shipped, FactKind::synced,
                              FactKind::ack_sent, FactKind::quorum_reached, FactKind::applied}) {
    CHECK(said(changes, kind, NodeId(2)) == "");
    CHECK(said(all, kind, NodeId(2)) != "");
  }
}

TEST_CASE("node log: changes of state, are a line each") {
  NodeLog log;
  for (const FactKind kind :
       {FactKind::started, FactKind::serving, FactKind::peer_connected, FactKind::peer_gone,
        FactKind::generation_entered, FactKind::torn_tail_cut, FactKind::sync_failed,
        FactKind::restore_begun, FactKind::restored, FactKind::snapshot_taken,
        FactKind::snapshot_installed})
    CHECK(said(log, kind, NodeId(2)) == narrate(Fact{kind, NodeId(2), Lsn(3), 1, 2}));
}

TEST_CASE("node log: a disk stays full, and is spoken of once, and when it has room again") {
  NodeLog log;
  CHECK(said(log, FactKind::disk_refused) == "the disk is full: no room for LSN=3");
  CHECK(said(log, FactKind::disk_refused) == "");
  CHECK(said(log, FactKind::synced, NodeId(), Lsn(2)) == "");
  CHECK(said(log, FactKind::synced) == "the disk has room again");
  CHECK(said(log, FactKind::synced) == "");
  CHECK(said(log, FactKind::no_space_heard, NodeId(2)) != "");
  CHECK(said(log, FactKind::no_space_heard, NodeId(2)) == "");
  CHECK(said(log, FactKind::no_space_heard, NodeId(3)) != "");
  CHECK(said(log, FactKind::ack_counted, NodeId(2)) == "the disk of follower-1 has room again");
  CHECK(said(log, FactKind::ack_counted, NodeId(2)) == "");
}

TEST_CASE("fact pipe: facts cut anywhere, come out whole and as they were") {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  const Fd out(ends[0]);
  const Fd in(ends[1]);
  FactWriter writer(in.get());
  for (std::uint32_t n = 1; n <= 5; ++n)
    writer.add({NodeId(n), Time(n * 10), Fact{FactKind::shipped, NodeId(n + 1), Lsn(n), n, 7}});
  writer.flush();
  FactParser parser;
  std::vector<RealFact> facts;
  char byte = 0;
  for (int i = 0; i < 5 * 48 && ::read(out.get(), &byte, 1) == 1; ++i)
    parser.take({&byte, 1}, facts);
  REQUIRE(facts.size() == 5);
  const RealFact& last = facts.back();
  CHECK((last.node == NodeId(5) && last.at == Time(50) && last.fact.kind == FactKind::shipped));
  CHECK((last.fact.peer == NodeId(6) && last.fact.lsn == Lsn(5)));
  CHECK((last.fact.a == 5 && last.fact.b == 7));
}
