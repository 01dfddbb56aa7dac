#include "sim/cli/real/real_bench.h"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <sstream>

#include "core/posix/listener.h"
#include "core/posix/member.h"
#include "core/posix/posix_error.h"
#include "core/wire/resp.h"
#include "sim/cli/real/bench_floor.h"
#include "sim/cli/real/bench_load.h"
#include "sim/cli/real/bench_process.h"
#include "sim/cli/real/own_folder.h"
#include "sim/cli/real/own_port.h"

namespace quorate::cli {

namespace {

constexpr std::uint32_t kFollowers = 2;
constexpr std::size_t kValue = 100;  // bytes
constexpr const char* kFolder = "quorate_bench";

using Figures = reports::RealBenchFigures;

Fd listening(std::string& where) {
  Fd fd = bound_to_own_port(where);
  if (::listen(fd.get(), SOMAXCONN) != 0) throw_errno("a port of the benchmark");
  return fd;
}

Figures figures_of(const std::string& report) {
  std::istringstream in(report);
  LoadFigures load;
  in >> load.commits >> load.elapsed_us >> load.p50_us >> load.p99_us;
  Figures figures;
  if (!in) return figures;
  figures.commits = load.commits;
  figures.commits_per_second =
      static_cast<double>(load.commits) * 1e6 / static_cast<double>(load.elapsed_us);
  figures.p50_us = static_cast<double>(load.p50_us);
  figures.p99_us = static_cast<double>(load.p99_us);
  return figures;
}

double median(std::vector<double> figures) {
  std::sort(figures.begin(), figures.end());
  const std::size_t half = figures.size() / 2;
  return figures.size() % 2 == 1 ? figures[half] : (figures[half - 1] + figures[half]) / 2;
}

Figures median(const std::vector<Figures>& rounds) {
  const auto of = [&rounds](double Figures::*member) {
    std::vector<double> all;
    for (const Figures& round : rounds) all.push_back(round.*member);
    return median(all);
  };
  Figures figures{of(&Figures::commits_per_second), of(&Figures::p50_us), of(&Figures::p99_us), 0};
  for (const Figures& round : rounds) figures.commits += round.commits;
  return figures;
}

class Rounds {
 public:
  explicit Rounds(const RealBench& bench) : bench_(bench), folder_(kFolder, bench.folder) {}
  const std::string& folder() const { return folder_.path(); }

  // No commits: it gave up.
  Figures floor(int clients, bool synced) {
    std::string peers_at, clients_at;
    const Fd peers = listening(peers_at), asking = listening(clients_at);
    const OwnFolder files(kFolder, folder_.path());
    const auto file = [&](std::uint32_t n) {
      return synced ? files.path() + "/" + std::to_string(n) : std::string();
    };
    std::vector<BenchProcess> nodes;
    nodes.emplace_back([&](int) { bench_floor::lead(peers, kFollowers, asking, file(0)); });
    for (std::uint32_t n = 1; n <= kFollowers; ++n)
      nodes.emplace_back([&, n](int) { bench_floor::follow(peers_at, file(n)); });
    const Bytes message(bench_floor::kMessage, Byte{'x'});
    return load({clients_at, clients, {}, {}, message, 0, std::string(bench_floor::kAnswer)});
  }

  Figures ours(int clients, bool synced) {
    const OwnFolder files(kFolder, folder_.path());
    MemberConfig config;
    config.node.members = kFollowers + 1;
    // The machine may be busy with other things: no node is given up for that.
    config.node.write_timeout = config.node.peer_silence = milliseconds(10'000);
    config.synced = synced;
    const std::vector<OwnPort> ports(std::size_t{2} * (kFollowers + 1));
    for (std::uint32_t n = 0; n <= kFollowers; ++n)
      config.places.push_back({ports[2 * n].address(), ports[2 * n + 1].address()});
    std::vector<BenchProcess> nodes;
    for (std::uint32_t n = 0; n <= kFollowers; ++n) {
      config.node.id = NodeId(n + 1);
      config.folder = files.make(std::to_string(n));
      nodes.emplace_back([&config](int) { Member(config).run(); });
    }
    Bytes request;
    const std::string key = "key:" + std::string(Load::kKeyDigits, '0');
    encode_request(request, {"SET", key, std::string(kValue, 'x')});
    const std::size_t key_at = as_text(request).find(key) + 4;
    return load({config.places.front().clients, clients, {}, {}, request, key_at, "+OK\r\n"});
  }

 private:
  Figures load(Load load) {
    load.measured = bench_.round;
    load.warm_up = std::max(Duration(bench_.round.us() / 5), milliseconds(100));
    BenchProcess client([&load](int report) {
      const LoadFigures figures = measure(load);
      std::ostringstream text;
      text << figures.commits << ' ' << figures.elapsed_us << ' ' << figures.p50_us << ' '
           << figures.p99_us << '\n';
      [[maybe_unused]] const auto written = ::write(report, text.str().data(), text.str().size());
    });
    const Figures figures = figures_of(client.report(bench_.gives_up));
    if (figures.commits == 0 && !bench_.gives_up())
      throw PosixError("the benchmark's load has failed");
    return figures;
  }

  const RealBench& bench_;
  OwnFolder folder_;
};

}  // namespace

reports::RealBenchResult run(const RealBench& bench) {
  Rounds rounds(bench);
  reports::RealBenchResult result;
  result.followers = kFollowers;
  result.value_bytes = kValue;
  result.rounds = static_cast<std::uint64_t>(bench.rounds);
  result.seconds_per_round = static_cast<double>(bench.round.us()) / 1e6;
  result.folder = bench.folder;
  result.file_system = file_system_of(rounds.folder());
  for (const bool synced : {false, true}) {
    for (const int clients : bench.clients) {
      std::vector<Figures> ours, floor;
      std::vector<double> shares;
      for (int round = 0; round < bench.rounds; ++round) {
        bench.progress(std::to_string(clients) + (synced ? " synced" : " unsynced") + ", round " +
                       std::to_string(round + 1) + " of " + std::to_string(bench.rounds));
        floor.push_back(rounds.floor(clients, synced));
        ours.push_back(rounds.ours(clients, synced));
        if (bench.gives_up()) {
          result.interrupted = true;
          return result;
        }
        shares.push_back(ours.back().commits_per_second / floor.back().commits_per_second);
      }
      result.cases.push_back({static_cast<std::uint64_t>(clients), synced, median(ours),
                              median(floor), median(shares)});
    }
  }
  return result;
}

}  // namespace quorate::cli
