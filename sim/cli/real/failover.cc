#include "sim/cli/real/failover.h"

#include <optional>

#include "sim/cli/real/failover_logs.h"
#include "sim/cli/real/failover_stage.h"
#include "sim/cli/real/real_error.h"
#include "sim/cli/real/resp_client.h"

namespace quorate::cli {

namespace {

constexpr const char* kSession = "1";          // of the one client
constexpr Duration kPause = milliseconds(50);  // before a client asks once more

std::string lsn_text(Lsn lsn) { return "LSN=" + std::to_string(lsn.value()); }
std::string key_of(std::uint32_t n) { return "record-" + std::to_string(n); }
std::string value_of(std::uint32_t n) { return "value-" + std::to_string(n); }
std::string pair_of(std::uint32_t n) { return key_of(n) + " = " + value_of(n); }

class Failover : FailoverStage {
 public:
  Failover(reports::DemoResult& result, const std::function<void(const std::string&)>& tell,
           const std::atomic<bool>* interrupted)
      : FailoverStage(interrupted,
                      [&result, tell](const std::string& line) {
                        result.lines.push_back(line);
                        tell(line);
                      }),
        result_(result) {}

  void play() {
    headline("Three nodes, and no leader yet: who has heard of none for a while, stands.");
    for (std::uint32_t n = 1; n <= kFailoverNodes; ++n) start(NodeId(n));
    settle();
    headline("Any node takes a write; who does not lead passes it on.");
    write(1, story().leader());
    write(2, follower());
    headline("The leader is killed in the middle of a write.");
    kill_leader();
    headline("The others elect the next leader. It knows nothing of " +
             lsn_text(Lsn(failover_.cut_lsn)) + ".");
    settle();
    failover_.new_leader = name(story().leader());
    failover_.new_generation = story().generation().value();
    headline("Nobody was told that " + key_of(lost_) +
             " is written. It is not; so the client asks again, by the same number.");
    read(lost_, follower(), "(nil)");
    write(lost_, follower());
    write(lost_ + 1, story().leader());
    headline(name(old_) + " comes back: it led once, and now it follows.");
    come_back();
    headline("The end: all logs are alike.");
    compare_logs();
    result_.failover = failover_;
  }

 private:
  void headline(const std::string& text) {
    if (!result_.lines.empty()) tell("");
    tell("-- " + text);
  }

  // ---- the client

  // Until it is OK. Where the leader has changed by itself meanwhile, the request was refused, or
  // its fate is unknown; by the same number it may be asked again either way.
  void write(std::uint32_t n, NodeId at) {
    const std::string number = std::to_string(n), key = key_of(n), value = value_of(n);
    for (const Time until = cluster().deadline();;) {
      const RespAnswer answer = ask(at, {"ONCE", kSession, number, "SET", key, value});
      if (answer.is_ok()) hear_of_answer();
      settle();
      told(answer);
      if (answer.is_ok()) return;
      if (moment() > until) throw RealError(key_of(n) + " could not be written: " + answer.text);
      pause();
    }
  }

  void read(std::uint32_t n, NodeId at, const std::string& wanted) {
    const std::string key = key_of(n);
    for (const Time until = cluster().deadline();;) {
      const RespAnswer answer = ask(at, {"GET", key});
      settle();
      told(answer);
      if ((answer.kind == RespKind::nil ? "(nil)" : answer.text) == wanted) return;
      if (answer.kind != RespKind::error || moment() > until)
        throw RealError(key + " must read as " + wanted);
      pause();
    }
  }

  // An answer may be here before what the nodes have to tell of it; what is asked next would wait
  // for it, and it for what is asked next.
  void hear_of_answer() {
    hear_until("its leader told of an answer", [this] { return story().answered() > answered_; });
    answered_ = story().answered();
  }

  void pause() {
    const Time until = moment() + kPause;
    hear_until("a moment had passed", [until] { return moment() >= until; });
  }

  RespAnswer ask(NodeId at, const std::vector<std::string_view>& words) {
    RespClient client(cluster().clients_of(at), cluster().deadline(), interrupted());
    const Time began = begin(client, at, words);
    std::optional<RespAnswer> answer;
    hear_until(name(at) + " had answered", [&] {
      if (!answer) answer = client.try_receive();
      return answer.has_value();
    });
    const Duration took = moment() - began;
    if (words.front() == "ONCE") result_.writes.push_back({0, answer->text, took.us()});
    return *answer;
  }

  Time begin(RespClient& client, NodeId at, const std::vector<std::string_view>& words) {
    std::string line = "client: asks " + name(at) + ":";
    for (const std::string_view word : words) line.append(" ").append(word);
    tell(line);
    story().asks(at);
    const Time began = moment();
    client.send(words, cluster().deadline());
    return began;
  }

  void told(const RespAnswer& answer) {
    tell("client: told " + (answer.kind == RespKind::nil ? "(nil)" : '"' + answer.text + '"'));
  }

  // ---- the kill

  void kill_leader() {
    for (const Time until = cluster().deadline();; ++lost_) {
      const std::string number = std::to_string(lost_), key = key_of(lost_),
                        value = value_of(lost_);
      settle();
      old_ = story().leader();
      const Lsn before = story().appended(old_);
      hold(old_, true);
      tell("relay: all that " + name(old_) + " sends to the others is held back from now on");
      story().watch_disk(old_);
      RespClient client(cluster().clients_of(old_), cluster().deadline(), interrupted());
      begin(client, old_, {"ONCE", kSession, number, "SET", key, value});
      std::optional<RespAnswer> answer;
      hear_until(key + " was on the disk of " + name(old_), [&] {
        if (!answer) answer = client.try_receive();
        return answer || story().durable(old_) > before;
      });
      story().watch_disk(NodeId());
      if (!answer && story().leader() == old_) return kill(client);
      hold(old_, false);
      if (answer) told(*answer);
      if (moment() > until) throw RealError("no leader led for long enough to be killed");
      // It was deposed meanwhile, on a machine or a disk that stood still. The entry may be in a
      // log: its client asks again until it is, and the next one is the one to be lost.
      write(lost_, old_);
    }
  }

  void kill(RespClient& client) {
    failover_.old_leader = name(old_);
    failover_.old_generation = story().generation().value();
    failover_.cut_lsn = story().durable(old_).value();
    FailoverStage::kill(old_);
    if (is_answered(client))
      throw RealError(key_of(lost_) + " was answered before it was committed");
    tell("client: the connection is over, without an answer: the fate of " + key_of(lost_) +
         " is unknown");
    result_.writes.push_back({failover_.cut_lsn, "no answer", 0});
    check_disks();
    cut_wires(old_);
    hold(old_, false);
    hear_until("the others noticed that " + name(old_) + " is gone", [this] {
      for (std::uint32_t n = 1; n <= kFailoverNodes; ++n)
        if (NodeId(n) != old_ && !story().has_gone(NodeId(n), old_)) return false;
      return true;
    });
  }

  // Or has its connection ended?
  bool is_answered(RespClient& client) {
    try {
      client.receive(cluster().deadline());
      return true;
    } catch (const RealError&) {
      return false;
    }
  }

  // Whose disk has it? Its leader's alone.
  void check_disks() {
    for (std::uint32_t n = 1; n <= kFailoverNodes; ++n) {
      const Lsn at = place_of(key_of(lost_), log_of(cluster(), NodeId(n)));
      if (at.is_none() == (NodeId(n) == old_))
        throw RealError(key_of(lost_) +
                        (at.is_none() ? " is not in the log of " : " is in the log of ") +
                        name(NodeId(n)));
    }
    tell("disks: " + lsn_text(Lsn(failover_.cut_lsn)) + ", " + pair_of(lost_) +
         ", is in the log of " + name(old_) + " alone: it was never committed");
  }

  // ---- and then

  void come_back() {
    tell(name(old_) + ": started again");
    start(old_);
    hear_until(name(old_) + " had cut its log and caught up",
               [this] { return story().has_cut(old_) && story().is_settled(); });
    read(lost_, old_, value_of(lost_));
  }

  void compare_logs() {
    settle();
    const NodeId last = story().leader();  // it goes last: so nobody is elected meanwhile
    for (std::uint32_t n = 1; n <= kFailoverNodes; ++n)
      if (NodeId(n) != last) cluster().stop(NodeId(n));
    cluster().stop(last);
    const Wal log = log_of(cluster(), last);
    for (std::uint32_t n = 1; n <= kFailoverNodes; ++n)
      if (!hold_the_same(log, log_of(cluster(), NodeId(n))))
        throw RealError("the log of " + name(NodeId(n)) + " is not like that of " + name(last));
    std::uint32_t number = 0;
    for (reports::DemoWrite& write : result_.writes) {
      if (write.answer != "OK") continue;
      write.lsn = place_of(key_of(++number), log).value();
      if (write.lsn == 0) throw RealError(key_of(number) + " was told OK and is in no log");
      ++result_.committed;
    }
    for (Lsn lsn = log.base().next(); lsn <= log.last_lsn(); lsn = lsn.next()) tell_entry(log, lsn);
    tell("disks: the logs of all three end at " + lsn_text(log.last_lsn()) +
         " and hold the same, byte for byte");
  }

  void tell_entry(const Wal& log, Lsn lsn) {
    std::string line = entry_text(log, lsn);
    if (lsn == Lsn(failover_.cut_lsn))
      line += ", where " + failover_.old_leader + " had " + pair_of(lost_) + " of generation " +
              std::to_string(failover_.old_generation);
    tell(line);
  }

  reports::DemoResult& result_;
  NodeId old_;              // who led and was killed
  std::uint32_t lost_ = 3;  // the record that is under way then
  Lsn answered_;            // of the newest write that was told OK, and heard of
  reports::DemoFailover failover_;
};

}  // namespace

std::vector<std::string> about_failover() {
  return {
      "Three nodes, processes of their own, that elect their leader: an entry is committed when a "
      "majority, 2 of 3, holds it.",
      "So beside the leader's own copy one ack is enough (Q=1).",
      "The leader is killed while an entry is on its disk alone: the next leader does not know it, "
      "and the old one must give it up."};
}

std::string end_of_failover(const reports::DemoResult& result) {
  const std::string count = std::to_string(result.committed);
  return count + "/" + count + " writes that were told OK are in every log\n" +
         lsn_text(Lsn(result.failover->cut_lsn)) + " of generation " +
         std::to_string(result.failover->old_generation) +
         ", of which nobody was told OK, is in none";
}

reports::DemoResult play_failover(const std::atomic<bool>* interrupted,
                                  const std::function<void(const std::string&)>& tell) {
  reports::DemoResult result;
  result.followers = kFailoverNodes - 1;
  result.quorum = to_text(QuorumRule::majority_of_all);
  result.acks_needed = acks_needed(QuorumRule::majority_of_all, kFailoverNodes - 1);
  result.about = about_failover();
  result.simulated = "quorate replay scenarios/failover_amid_a_write.json --trace";
  try {
    Failover(result, tell, interrupted).play();
  } catch (const RealError& error) {
    result.failure = error.what();
  }
  return result;
}

}  // namespace quorate::cli
