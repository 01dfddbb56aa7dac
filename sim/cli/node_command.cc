// quorate node --config cluster.json --id NAME [--facts]
#include <poll.h>
#include <unistd.h>

#include <ctime>
#include <iostream>
#include <memory>

#include "core/posix/member.h"
#include "core/posix/monotonic_clock.h"
#include "core/posix/posix_error.h"
#include "core/posix/process.h"
#include "sim/cli/cli.h"
#include "sim/cli/real/cluster_file.h"
#include "sim/cli/real/fact_pipe.h"
#include "sim/cli/real/line_output.h"
#include "sim/cli/real/node_log.h"

namespace quorate::cli {

namespace {

constexpr Duration kGrace = milliseconds(500);  // for who has our folder or port and is ending
constexpr int kRetryMs = 20;

struct Options {
  std::string config;
  std::string id;
  bool facts = false;
  // What a parent that runs a cluster asks of its children (real_cluster.h).
  int facts_fd = -1;
  bool few_facts = false;
  std::int64_t stands_after_us = 0;
};

// "2026-11-22 03:28:10.123", by the clock on the wall.
std::string local_time() {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  tm parts{};
  localtime_r(&now.tv_sec, &parts);
  char day[32];
  strftime(day, sizeof(day), "%Y-%m-%d %H:%M:%S", &parts);
  const std::string ms = std::to_string(now.tv_nsec / 1'000'000);
  return std::string(day) + '.' + std::string(3 - ms.size(), '0') + ms;
}

// What the node says, to its operator and to its parent.
class Voice {
 public:
  Voice(const Options& options, const NodeConfig& node)
      : name_(options.id),
        id_(node.id),
        log_(options.facts ? NodeLog::Shows::every_fact : NodeLog::Shows::changes, node.profile),
        few_facts_(options.few_facts),
        facts_(options.facts_fd) {}

  void say(const std::string& sentence) {
    // A log that can't be written is no reason to stop serving.
    log_output_.say(local_time() + "  " + name_ + ": ", sentence);
  }
  void tell(const Fact& fact) {
    if (!few_facts_ || is_change_of_state(fact.kind))
      facts_.add({id_, MonotonicClock::at_this_moment(), fact});
    if (fact.kind == FactKind::damage_found) return;  // a notice says it, with the file's name
    const std::string sentence = log_.sentence(fact);
    if (!sentence.empty()) say(sentence);
  }
  void flush() { facts_.flush(); }

 private:
  std::string name_;
  NodeId id_;
  NodeLog log_;
  bool few_facts_;
  FactWriter facts_;
  LineOutput log_output_{STDOUT_FILENO};
};

std::unique_ptr<Member> begin(const MemberConfig& config, Voice& voice) {
  const MemberEars ears{[&voice](const Fact& fact) { voice.tell(fact); },
                        [&voice](const std::string& notice) { voice.say(notice); }};
  const Time give_up = MonotonicClock::at_this_moment() + kGrace;
  for (;;) {
    try {
      return std::make_unique<Member>(config, ears);
    } catch (const InUseError& error) {
      if (interrupted() || MonotonicClock::at_this_moment() >= give_up)
        throw BadInput(error.what());
    } catch (const DiskError&) {
      throw;
    } catch (const PosixError& error) {
      throw BadInput(error.what());
    }
    ::poll(nullptr, 0, kRetryMs);
  }
}

int failed(Voice& voice, const std::string& why) {
  voice.say(why);
  voice.flush();
  if (can_take(STDERR_FILENO)) std::cerr << "quorate: " << why << '\n';
  return kOurBug;
}

int run(const Options& options) {
  catch_interrupts();
  MemberConfig config = member_config(read_cluster_file(options.config), options.id);
  config.node.stands_after = microseconds(options.stands_after_us);
  Voice voice(options, config.node);
  std::unique_ptr<Member> member;
  try {
    member = begin(config, voice);
  } catch (const DiskError& error) {
    return failed(voice, error.what());
  }
  stop_on_signals(member->stop_fd());
  if (interrupted()) member->stop();  // it came before there was anybody to tell
  const MemberConfig::Place& place = config.places[config.node.id.value() - 1];
  voice.say("listens for clients on " + place.clients + " and for peers on " + place.peers);
  voice.flush();
  while (member->turn()) voice.flush();
  stop_on_signals(-1);  // a second signal changes nothing
  if (member->halted()) return failed(voice, member->why_halted());
  voice.flush();
  voice.say("stopped, as it was told to");
  return kFine;
}

}  // namespace

Command add_node(CLI::App& app) {
  CLI::App* command = app.add_subcommand("node", "Run one member of a cluster on real sockets");
  const auto options = std::make_shared<Options>();
  command
      ->add_option("--config", options->config,
                   "cluster.json: the members, their addresses and folders")
      ->required();
  command
      ->add_option("--id", options->id,
                   "which member this is: leader, follower-1, ..., or node-1, ...")
      ->required();
  command->add_flag("--facts", options->facts, "print every fact, and not only changes of state");
  command->add_option("--facts-fd", options->facts_fd, "for a parent")->group("");
  command->add_flag("--few-facts", options->few_facts, "for a parent")->group("");
  command->add_option("--stands-after-us", options->stands_after_us, "for a parent")->group("");
  command->footer(
      "Clients speak RESP2 to it: redis-cli -p PORT SET key value. It knows\n"
      "  SET key value, GET key, DEL key, PING, ECHO, QUIT, INFO;\n"
      "  SETNX key value      1: written, 0: the key is there;\n"
      "  CAS key from to      1: it was `from` and is `to` now, 0: it was not;\n"
      "  ONCE client sequence SET|SETNX|CAS|DEL ...  (profile replicated_log) takes effect once,\n"
      "    however often it is sent. A client counts its sequence up from 1. The nodes remember\n"
      "    1024 clients; a new one needs a number above all that were forgotten (NOSESSION names\n"
      "    it), so take it from a clock.\n"
      "Beside `members` the file may say cluster, quorum, write_timeout_ms, heartbeat_ms,\n"
      "peer_silence_ms, synced, max_clients, profile (ack_quorum; replicated_log), and for\n"
      "replicated_log election (most_up_to_date; adopt), election_timeout_ms, snapshot_bytes\n"
      "(4194304: a snapshot is taken when the log has grown by so much; 0: never) and\n"
      "log_kept_bytes (1048576: of the log before it so much stays).\n"
      "SIGTERM and SIGINT stop it.\n"
      "Exit codes: 0 stopped as it was told to; 2 it can't begin (a bad configuration, a port "
      "that\n"
      "is taken, a folder that is missing or in use); 3 its disk has failed, so that its word is\n"
      "worth nothing any more: mend the disk and start it again.");
  return [options] { return run(*options); };
}

}  // namespace quorate::cli
