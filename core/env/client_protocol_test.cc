// Each test asks in words ("SET k v") and is told what became of it: "set k=v" for the node, or the
// bytes of the answer given on the spot.
#include "core/env/client_protocol.h"

#include <doctest/doctest.h>

#include <sstream>
#include <string>
#include <vector>

using namespace quorate;

namespace {

std::string ask_for(const std::vector<std::string>& words) {
  std::string text = "*" + std::to_string(words.size()) + "\r\n";
  for (const std::string& word : words)
    text += "$" + std::to_string(word.size()) + "\r\n" + word + "\r\n";
  RespArguments arguments;
  REQUIRE(scan_request(as_bytes(text), arguments).status == RespStatus::whole);
  Bytes answer;
  const Command command = read_command(arguments, answer);
  if (command.kind == CommandKind::request) {
    CHECK(answer.empty());
    constexpr const char* kNames[] = {"set ", "get ", "del ", "cas "};
    std::string value = command.request == RequestKind::set ? "=" + std::string(command.value) : "";
    if (command.request == RequestKind::cas)
      value =
          " " + std::string(command.from.value_or("nothing")) + ">" + std::string(command.value);
    if (!command.once.is_none())
      value += " once " + std::to_string(command.once.client.value()) + "." +
               std::to_string(command.once.sequence);
    return kNames[static_cast<std::size_t>(command.request)] + std::string(command.key) + value;
  }
  if (command.kind == CommandKind::info) return "info " + std::string(as_text(answer));
  return (command.kind == CommandKind::quit ? "quit " : "") + std::string(as_text(answer));
}

std::string ask(const std::string& line) {
  std::vector<std::string> words;
  std::istringstream in(line);
  for (std::string word; in >> word;) words.push_back(word);
  return ask_for(words);
}

std::string told(ReplyKind kind, std::uint64_t count = 0,
                 const std::vector<std::string>& addresses = {}) {
  const Bytes values{'o', 'l', 'd', 'n', 'e', 'w'};
  Bytes to{'>'};
  write_reply({ClientId(1), 1, kind, count, 3, 3}, values, addresses, to);
  return std::string(as_text(to));
}

}  // namespace

TEST_CASE("client_protocol: reads and writes, go to the node in any case of letters") {
  CHECK(ask("SET k v") == "set k=v");
  CHECK(ask("set k v") == "set k=v");
  CHECK(ask("GeT k") == "get k");
  CHECK(ask("del k") == "del k");
}

TEST_CASE("client_protocol: keys and values of any bytes, go to the node as they are") {
  const std::string odd("\r\n\0$", 4);
  CHECK(ask_for({"SET", odd, odd}) == "set " + odd + "=" + odd);
  CHECK(ask_for({"SET", "", ""}) == "set =");
  CHECK(ask_for({"GET", ""}) == "get ");
}

TEST_CASE("client_protocol: a compare and set, goes to the node with what it expects") {
  CHECK(ask("CAS k a b") == "cas k a>b");
  CHECK(ask_for({"CAS", "k", "", "b"}) == "cas k >b");
  CHECK(ask("SETNX k b") == "cas k nothing>b");
}

TEST_CASE("client_protocol: a write behind ONCE, goes to the node with its session") {
  CHECK(ask("ONCE 7 1 SET k v") == "set k=v once 7.1");
  CHECK(ask("once 9223372036854775807 9223372036854775807 del k") ==
        "del k once 9223372036854775807.9223372036854775807");
  CHECK(ask("ONCE 7 2 CAS k a b") == "cas k a>b once 7.2");
  CHECK(ask("ONCE 7 3 SETNX k b") == "cas k nothing>b once 7.3");
}

TEST_CASE("client_protocol: an ONCE without sound numbers or a write, is refused") {
  const std::string numbers =
      "-ERR ONCE takes a client and a sequence, both 1 to 9223372036854775807\r\n";
  for (const char* line :
       {"ONCE 0 1 SET k v", "ONCE 1 0 SET k v", "ONCE x 1 SET k v", "ONCE 1 1x SET k v",
        "ONCE -1 1 SET k v", "ONCE 1 +1 SET k v", "ONCE 01 1 SET k v",
        "ONCE 9223372036854775808 1 SET k v", "ONCE 1 18446744073709551617 SET k v"})
    CHECK(ask(line) == numbers);
  const std::string before = "-ERR ONCE goes before SET, SETNX, CAS and DEL\r\n";
  for (const char* line : {"ONCE 1 1 GET k", "ONCE 1 1 PING", "ONCE 1 1 ONCE 1 2 SET k v"})
    CHECK(ask(line) == before);
  CHECK(ask("ONCE 1 1") == "-ERR wrong number of arguments for 'once' command\r\n");
  CHECK(ask("ONCE 1 1 SET k") == "-ERR wrong number of arguments for 'set' command\r\n");
}

TEST_CASE("client_protocol: the wrong number of arguments, is an error that names the command") {
  CHECK(ask("SET") == "-ERR wrong number of arguments for 'set' command\r\n");
  CHECK(ask("SET k") == "-ERR wrong number of arguments for 'set' command\r\n");
  CHECK(ask("GET") == "-ERR wrong number of arguments for 'get' command\r\n");
  CHECK(ask("GET a b") == "-ERR wrong number of arguments for 'get' command\r\n");
  CHECK(ask("DEL") == "-ERR wrong number of arguments for 'del' command\r\n");
  CHECK(ask("CAS k a") == "-ERR wrong number of arguments for 'cas' command\r\n");
  CHECK(ask("SETNX k") == "-ERR wrong number of arguments for 'setnx' command\r\n");
  CHECK(ask("PING a b") == "-ERR wrong number of arguments for 'ping' command\r\n");
  CHECK(ask("ECHO") == "-ERR wrong number of arguments for 'echo' command\r\n");
}

TEST_CASE("client_protocol: what Redis can and this can't, is refused and never half done") {
  CHECK(ask("SET k v EX 10") == "-ERR SET takes a key and a value, and no options\r\n");
  CHECK(ask("SET k v NX") == "-ERR SET takes a key and a value, and no options\r\n");
  CHECK(ask("DEL a b") == "-ERR DEL takes one key at a time\r\n");
  CHECK(ask("INCR k") == "-ERR unknown command 'INCR'\r\n");
  CHECK(ask("CLIENT KILL x") == "-ERR CLIENT takes SETNAME and SETINFO only\r\n");
  CHECK(ask("CLIENT") == "-ERR wrong number of arguments for 'client' command\r\n");
  CHECK(ask("CLIENT SETNAME") == "-ERR wrong number of arguments for 'client' command\r\n");
}

TEST_CASE(
    "client_protocol: a key or value at its limit, goes through, and one byte more is "
    "refused") {
  const std::string key(65'535, 'k');
  const std::string value(1 << 20, 'v');
  CHECK(ask_for({"SET", key, value}).size() == 5 + key.size() + value.size());
  CHECK(ask_for({"SET", key + "k", "v"}) == "-ERR a key has at most 65535 bytes\r\n");
  CHECK(ask_for({"GET", key + "k"}) == "-ERR a key has at most 65535 bytes\r\n");
  CHECK(ask_for({"DEL", key + "k"}) == "-ERR a key has at most 65535 bytes\r\n");
  const std::string half(((1 << 20) - 5) / 2, 'v');
  CHECK(ask_for({"CAS", "k", half, half}).starts_with("cas k "));
  CHECK(ask_for({"CAS", "k", half, half + "vv"}) ==
        "-ERR the two values of a CAS have at most 1048571 bytes together\r\n");
  CHECK(ask_for({"SET", "k", value + "v"}) == "-ERR a value has at most 1048576 bytes\r\n");
}

TEST_CASE("client_protocol: small talk, is answered on the spot") {
  CHECK(ask("PING") == "+PONG\r\n");
  CHECK(ask("ping hello") == "$5\r\nhello\r\n");
  CHECK(ask("ECHO hello") == "$5\r\nhello\r\n");
  CHECK(ask("QUIT") == "quit +OK\r\n");
}

TEST_CASE("client_protocol: what client libraries begin with, is answered as they need it") {
  CHECK(ask("COMMAND") == "*0\r\n");
  CHECK(ask("COMMAND DOCS") == "*0\r\n");
  CHECK(ask("COMMAND COUNT") == ":0\r\n");
  CHECK(ask("CLIENT SETNAME me") == "+OK\r\n");
  CHECK(ask("client setinfo LIB-NAME x") == "+OK\r\n");
  CHECK(ask("INFO replication") == "info ");
}

TEST_CASE("client_protocol: who asks a follower, is told where the leader is") {
  CHECK(told(ReplyKind::not_leader, 1) == ">-NOTLEADER node 1 leads; nothing was done\r\n");
  CHECK(told(ReplyKind::not_leader, 1, {"[::1]:7001"}) ==
        ">-NOTLEADER node 1 leads, at [::1]:7001; nothing was done\r\n");
  CHECK(told(ReplyKind::not_leader, 3, {"a:1", "b:2", "c:3"}) ==
        ">-NOTLEADER node 3 leads, at c:3; nothing was done\r\n");
  CHECK(told(ReplyKind::not_leader, 4, {"a:1", "b:2", "c:3"}) ==
        ">-NOTLEADER node 4 leads; nothing was done\r\n");
  CHECK(told(ReplyKind::not_leader, 0, {"a:1"}) ==
        ">-NOTLEADER no leader is known; nothing was done\r\n");
}

TEST_CASE("client_protocol: an unknown name of any length and bytes, is one line of an error") {
  const std::string text = ask_for({std::string(1000, 'x')});
  CHECK(text == "-ERR unknown command '" + std::string(64, 'x') + "'\r\n");
  const std::string odd = ask_for({"a\r\n+OK\r\n"});
  CHECK(odd.find("\r\n") == odd.size() - 2);
  CHECK(ask_for({""}) == "-ERR unknown command ''\r\n");
}

TEST_CASE("client_protocol: each reply, has its form in RESP2 behind what was there") {
  CHECK(told(ReplyKind::ok) == ">+OK\r\n");
  CHECK(told(ReplyKind::count, 1) == ">:1\r\n");
  CHECK(told(ReplyKind::value) == ">$3\r\nnew\r\n");
  CHECK(told(ReplyKind::nil) == ">$-1\r\n");
}

TEST_CASE("client_protocol: a timeout, says that the fate is unknown and not that it failed") {
  CHECK(told(ReplyKind::timeout).starts_with(">-TIMEOUT "));
  CHECK(told(ReplyKind::timeout).find("unknown") != std::string::npos);
}

TEST_CASE("client_protocol: who retries too late, is told so and that nothing was done now") {
  CHECK(told(ReplyKind::old_sequence).starts_with(">-OLDSEQUENCE "));
  CHECK(told(ReplyKind::old_sequence).find("nothing was done now") != std::string::npos);
  CHECK(told(ReplyKind::no_session, 12).starts_with(">-NOSESSION "));
  CHECK(told(ReplyKind::no_session, 12).find("nothing was done now") != std::string::npos);
  CHECK(told(ReplyKind::no_session, 12).ends_with("numbered above 12\r\n"));
}

TEST_CASE("client_protocol: each refusal, has a code of its own and says that nothing was done") {
  for (const auto& [kind, code] :
       {std::pair{ReplyKind::loading, "LOADING "}, std::pair{ReplyKind::not_leader, "NOTLEADER "},
        std::pair{ReplyKind::busy, "TRYAGAIN "}, std::pair{ReplyKind::damaged, "TRYAGAIN "},
        std::pair{ReplyKind::disk_full, "DISKFULL "}}) {
    CHECK(told(kind).starts_with(">-" + std::string(code)));
    CHECK(told(kind).find("nothing was done") != std::string::npos);
  }
}
