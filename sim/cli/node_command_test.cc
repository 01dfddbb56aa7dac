// Does a member run as an operator expects? `quorate node` as a process.
#include <doctest/doctest.h>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <thread>

#include "sim/cli/real/cluster_file.h"
#include "sim/cli/real/own_port.h"
#include "sim/cli/real/processes_fixture.h"
#include "sim/cli/real/resp_client.h"

using namespace quorate;
using namespace quorate::cli;

namespace {

namespace fs = std::filesystem;

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

// A folder with cluster.json for so many members, and their data folders.
class Site : public TestFolder {
 public:
  explicit Site(std::uint32_t members = 1) : ports_(members * 2) {
    for (std::uint32_t n = 1; n <= members; ++n) {
      const std::string name = node_name(NodeId(n));
      cluster.members.push_back(
          {name, ports_[n * 2 - 2].address(), ports_[n * 2 - 1].address(), "data/" + name});
      fs::create_directories(data(name));
    }
    write(text_of(cluster));
  }
  void write(const std::string& text) const { std::ofstream(config(), std::ios::binary) << text; }
  std::string config() const { return path() + "/cluster.json"; }
  std::string data(const std::string& name) const { return path() + "/data/" + name; }

  Run run(const std::string& name, const std::vector<std::string>& more = {}) const {
    std::vector<std::string> arguments{"node", "--config", config(), "--id", name};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return Run(*this, arguments);
  }
  RespAnswer ask(std::initializer_list<std::string_view> words) const {
    return RespClient(cluster.members[0].clients, test_deadline()).ask(words, test_deadline());
  }
  // Runs it, and expects nothing but one line of errors that has these words.
  void refuses(const std::string& name, const std::string& words) const {
    Run node = run(name);
    CHECK(node.code() == 2);
    CHECK(node.out() == "");
    const std::string err = node.err();
    CHECK_MESSAGE(contains(err, words), err);
    CHECK((err.starts_with("quorate: ") && std::count(err.begin(), err.end(), '\n') == 1));
  }

  ClusterFile cluster;

 private:
  std::vector<OwnPort> ports_;
};

bool serves(const Site& site) {
  try {
    return site.ask({"SET", "k", "v"}).is_ok();
  } catch (const std::exception&) {
    return false;
  }
}

// All lines have a time and the name first.
bool well_formed(const std::string& text, const std::string& name) {
  std::size_t at = 0;
  while (at < text.size()) {
    const std::string line = text.substr(at, text.find('\n', at) - at);
    if (line.size() < 26 || line[4] != '-' || line[10] != ' ' || line[19] != '.' ||
        line.substr(23, name.size() + 4) != "  " + name + ": ")
      return false;
    at += line.size() + 1;
  }
  return text.ends_with('\n');
}

}  // namespace

// ---- what keeps it from beginning

TEST_CASE("node: what is missing or wrong, is refused with its name, and the exit code is 2") {
  const Site site;
  CHECK(Run(site, {"node"}).code() == 2);
  CHECK(Run(site, {"node", "--config", site.config()}).code() == 2);
  CHECK(Run(site, {"node", "--config", site.config(), "--id", "leader", "--fact"}).code() == 2);
  Run nowhere(site, {"node", "--config", "/no/such.json", "--id", "leader"});
  CHECK(nowhere.code() == 2);
  CHECK(nowhere.err() == "quorate: /no/such.json: there is no such file\n");
  site.refuses("laeder", "cluster.json has no member \"laeder\"; did you mean \"leader\"?");
  fs::remove_all(site.data("leader"));
  site.refuses("leader", "the data folder " + site.data("leader") + ": No such file");
  site.write(R"({"members": [], "quorumm": 1})");
  site.refuses("leader", site.config() + ": /quorumm: there is no such key; did you mean");
  site.write("{");
  site.refuses("leader", site.config() + ": line 1, column ");
}

TEST_CASE("node: a port that is taken, is refused with whom it was for") {
  const Site site;
  const Address address = parse_address(site.cluster.members[0].clients);
  const int yes = 1;
  const Fd other(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  ::setsockopt(other.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
  REQUIRE(::bind(other.get(), address.get(), address.size) == 0);
  REQUIRE(::listen(other.get(), 1) == 0);
  site.refuses("leader", "listening for clients on " + address.text + ": Address already in use");
}

TEST_CASE("node: a folder that another process has, is refused, and that one goes on") {
  const Site site;
  Run first = site.run("leader");
  REQUIRE(first.says("serves"));
  site.refuses("leader", "is in use by another process (pid " + std::to_string(first.pid()) + ")");
  CHECK(site.ask({"SET", "k", "v"}).is_ok());
}

TEST_CASE("node: a folder whose holder is about to end, is waited for") {
  const Site site;
  Fd lock(::open((site.data("leader") + "/LOCK").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  REQUIRE(::flock(lock.get(), LOCK_EX) == 0);
  std::thread holder([&lock] {
    ::poll(nullptr, 0, 100);
    lock.close();
  });
  Run node = site.run("leader");
  CHECK(node.says("serves"));
  holder.join();
}

// ---- its life

TEST_CASE("node: SIGTERM and SIGINT, stop it cleanly, and it recovers what it was told") {
  const Site site;
  int writes = 0;
  for (const int signal : {SIGTERM, SIGINT, SIGKILL, SIGTERM}) {
    Run node = site.run("leader");
    REQUIRE(node.says("serves"));
    CHECK(contains(node.out(), "starts with a log up to LSN=" + std::to_string(writes) +
                                   ", generation " + std::to_string(writes)));
    ++writes;
    CHECK(site.ask({"SET", "k" + std::to_string(writes), "v"}).is_ok());
    CHECK(site.ask({"GET", "k1"}).text == "v");
    node.signal(signal);
    CHECK(node.code() == (signal == SIGKILL ? -1 : 0));
    CHECK(node.out().ends_with("stopped, as it was told to\n") == (signal != SIGKILL));
    CHECK(well_formed(node.out(), "leader"));
    CHECK(node.err() == "");
  }
}

TEST_CASE("node: a signal before it has begun, stops it too") {
  const Site site;
  for (int n = 0; n < 20; ++n) {
    Run node = site.run("leader");
    ::poll(nullptr, 0, n / 4);
    node.signal(SIGTERM);
    const int code = node.code();
    CHECK((code == 0 || code == -1));  // -1: it was not quorate yet, or had not looked
  }
}

TEST_CASE("node: its log, is a line for each change of state and none for a write") {
  const Site site(2);
  Run leader = site.run("leader");
  Run follower = site.run("follower-1");
  REQUIRE(leader.says("follower-1 is connected"));
  REQUIRE(follower.says("enters generation 1"));
  REQUIRE(leader.says("leader: serves"));
  const std::string before = leader.out();
  for (int n = 0; n < 20; ++n) CHECK(site.ask({"SET", "k", "v"}).is_ok());
  CHECK(leader.out() == before);
  CHECK(contains(before, "leader: listens for clients on " + site.cluster.members[0].clients +
                             " and for peers on " + site.cluster.members[0].peers));
  follower.signal(SIGTERM);
  CHECK(leader.says("leader: the connection to follower-1 is over\n"));
  CHECK(well_formed(leader.out(), "leader"));
  CHECK(well_formed(follower.out(), "follower-1"));
}

TEST_CASE("node: every fact is asked for, and told") {
  const Site site;
  Run node = site.run("leader", {"--facts"});
  REQUIRE(node.says("serves"));
  CHECK(site.ask({"SET", "k", "v"}).is_ok());
  CHECK(node.says("leader: appended LSN=1\n"));
  CHECK(node.says("leader: answered the write of LSN=1\n"));
}

TEST_CASE("node: a torn tail, is cut and spoken of; damage within, is spoken of loudly") {
  const Site site;
  const std::string log = site.data("leader") + "/log";
  {
    Run node = site.run("leader");
    REQUIRE(node.says("serves"));
    for (const char* key : {"a", "b", "c"}) CHECK(site.ask({"SET", key, "v"}).is_ok());
    node.signal(SIGTERM);
    REQUIRE(node.code() == 0);
  }
  std::ofstream(log, std::ios::binary | std::ios::app) << "half a record";
  {
    Run node = site.run("leader");
    CHECK(node.says("leader: cuts a torn tail of 13 bytes behind LSN=3\n"));
    CHECK(node.says("serves"));
    node.signal(SIGTERM);
    REQUIRE(node.code() == 0);
  }
  std::fstream damage(log, std::ios::in | std::ios::out | std::ios::binary);
  damage.seekp(90);  // in the record of "a": behind that of the generation
  damage.put('\x7f');
  damage.close();
  Run node = site.run("leader");
  CHECK(node.says("the log " + log + " is damaged: CORRUPTION"));
}

TEST_CASE("node: a log that nobody can read or write, is no reason to begin") {
  const Site site;
  fs::create_directory(site.data("leader") + "/log");
  Run node = site.run("leader");
  CHECK(node.code() == 2);
  CHECK(contains(node.err(), "/log: "));
}

TEST_CASE("node: its disk fails it, and it says so and ends with exit code 3") {
  const Site site;
  const std::string out = site.path() + "/all";
  // No file may grow: so there is no room for the generation that a leader must enter first.
  const std::string line = "{ (ulimit -f 0; '" QUORATE_BINARY "' node --id leader --config '" +
                           site.config() + "'); echo \"code $?\"; } 2>&1 | cat >'" + out + "'";
  REQUIRE(std::system(line.c_str()) == 0);
  const std::string said = bytes_of_file(out);
  CHECK(said.ends_with("code 3\n"));
  CHECK(contains(said, "quorate: leader stops, its word is worth nothing any more: appending to " +
                           site.data("leader") + "/log: File too large (EFBIG)"));
}

TEST_CASE("node: nobody takes its output, and it serves and stops all the same") {
  const Site site;
  const std::string path = site.path() + "/pipe";
  REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
  const Fd pipe(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  const int room = ::fcntl(pipe.get(), F_SETPIPE_SZ, 8192);
  REQUIRE(room > 0);
  Child node(QUORATE_BINARY, {"node", "--config", site.config(), "--id", "leader", "--facts"}, path,
             site.path() + "/err", -1);
  REQUIRE(comes_true([&] { return serves(site); }));
  const auto write_until_it_is_full = [&] {
    for (int n = 0; n < room / 100; ++n) CHECK(site.ask({"SET", "k", "v"}).is_ok());
  };
  write_until_it_is_full();
  std::string taken;
  const auto take = [&] {
    char some[8192];
    const ssize_t count = ::read(pipe.get(), some, sizeof(some));
    if (count > 0) taken.append(some, static_cast<std::size_t>(count));
    return count > 0;
  };
  while (take()) {
  }
  CHECK(site.ask({"SET", "k", "v"}).is_ok());
  CHECK(comes_true([&] {
    take();
    return contains(taken, " lines dropped here, as nobody took them\n");
  }));
  CHECK(well_formed(taken.substr(0, taken.rfind('\n') + 1), "leader"));
  write_until_it_is_full();
  node.signal(SIGTERM);
  CHECK(node.wait(test_deadline())->text() == "exit code 0");
}

TEST_CASE("node: standard descriptors that are closed, are none of its log's") {
  const Site site;
  const std::string log = site.data("leader") + "/log";
  const std::string node =
      "'" QUORATE_BINARY "' node --id leader --config '" + site.config() + "' <&- >&- 2>&-";
  const std::string started = node + " & echo $! >'" + site.path() + "/pid'";
  REQUIRE(std::system(started.c_str()) == 0);
  const pid_t pid = std::stoi(bytes_of_file(site.path() + "/pid"));
  CHECK(comes_true([&] { return serves(site); }));
  for (int fd = 0; fd < 3; ++fd)
    CHECK(fs::read_symlink("/proc/" + std::to_string(pid) + "/fd/" + std::to_string(fd)) ==
          "/dev/null");
  ::kill(pid, SIGTERM);
  CHECK(comes_true([&] { return site.processes() == 0; }));
  CHECK_FALSE(contains(bytes_of_file(log), "quorate: "));
}

TEST_CASE("node: a shell runs it in the background, and Ctrl-C is not meant for it") {
  const Site site;
  const std::string out = site.path() + "/all";
  const std::string line = "'" QUORATE_BINARY "' node --id leader --config '" + site.config() +
                           "' >'" + out + "' & until grep -qs serves '" + out +
                           "'; do :; done; kill -INT $!; sleep 0.2; grep -q stopped '" + out +
                           "' && exit 7; kill -TERM $!; wait $!";
  CHECK(std::system(("trap '' INT; " + line).c_str()) == 0);
  CHECK(contains(bytes_of_file(out), "stopped, as it was told to"));
}

TEST_CASE("node: its output goes nowhere, and it serves all the same") {
  const Site site;
  Child node(QUORATE_BINARY, {"node", "--config", site.config(), "--id", "leader"}, "/dev/full",
             site.path() + "/err", -1);
  CHECK(comes_true([&] { return serves(site); }));
  node.signal(SIGTERM);
  CHECK(node.wait(test_deadline())->text() == "exit code 0");
  CHECK(contains(bytes_of_file(site.path() + "/err"), "No space left"));
}
