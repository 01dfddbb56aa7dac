#include "sim/cli/real/cluster_file.h"

#include <cstring>
#include <filesystem>
#include <map>

#include "core/posix/address.h"
#include "core/posix/posix_error.h"
#include "core/protocol/facts.h"
#include "sim/cli/bad_input.h"
#include "sim/scenario/fields.h"
#include "sim/scenario/json_text.h"

namespace quorate::cli {

namespace {

using namespace sim::reading;

constexpr std::int64_t kLongestMs = 3'600'000;
constexpr std::int64_t kLongestText = 4096;
constexpr std::int64_t kMostBytes = 1'000'000'000;
constexpr std::int64_t kMostClients = 1'000'000;

const Fields<ClusterMember>& member_keys() {
  static const Fields<ClusterMember> table{{
      field("name", &ClusterMember::name, text(1, kLongestText), Need::required),
      field("peers", &ClusterMember::peers, text(1, kLongestText), Need::required),
      field("clients", &ClusterMember::clients, text(1, kLongestText), Need::required),
      field("data", &ClusterMember::data, text(1, kLongestText)),
  }};
  return table;
}

Field<ClusterFile> members_field() {
  const Shape shape = list(shape_of(member_keys()), 1, kMaxMembers);
  return {{"members", shape, Need::required},
          [shape](const JsonValue& value, const Place& at, ClusterFile& into) {
            const JsonList& given = need_list(value, at, shape);
            into.members.resize(given.size());
            for (std::size_t i = 0; i < given.size(); ++i)
              read_object(given[i], at.item(i), member_keys(), shape.items.front(), "a member",
                          into.members[i]);
          }};
}

// One of an enumeration's words, as to_text spells them.
template <class Enum>
Field<ClusterFile> word_field(std::string_view key, Enum ClusterFile::*member,
                              const std::vector<Enum>& values) {
  std::vector<std::string_view> known;
  for (const Enum value : values) known.push_back(to_text(value));
  const Shape shape = words(known);
  return {{key, shape, Need::optional},
          [member, values, shape](const JsonValue& value, const Place& at, ClusterFile& into) {
            const std::string& word = read_word(value, at, shape);
            for (const Enum each : values)
              if (to_text(each) == word) into.*member = each;
          }};
}

const Fields<ClusterFile>& cluster_keys() {
  static const Fields<ClusterFile> table{{
      field("cluster", &ClusterFile::cluster, of_kind(ShapeKind::seed)),
      word_field<Profile>("profile", &ClusterFile::profile,
                          {Profile::ack_quorum, Profile::replicated_log}),
      word_field<ElectionRule>("election", &ClusterFile::election,
                               {ElectionRule::most_up_to_date, ElectionRule::adopt}),
      field("election_timeout_ms", &ClusterFile::election_timeout_ms, whole(1, kLongestMs)),
      field("snapshot_bytes", &ClusterFile::snapshot_bytes, whole(0, kMostBytes)),
      field("log_kept_bytes", &ClusterFile::log_kept_bytes, whole(0, kMostBytes)),
      field("quorum", &ClusterFile::quorum, words(sim::words_of<QuorumRule>())),
      field("write_timeout_ms", &ClusterFile::write_timeout_ms, whole(1, kLongestMs)),
      field("heartbeat_ms", &ClusterFile::heartbeat_ms, whole(1, kLongestMs)),
      field("peer_silence_ms", &ClusterFile::peer_silence_ms, whole(1, kLongestMs)),
      field("synced", &ClusterFile::synced, of_kind(ShapeKind::flag)),
      field("max_clients", &ClusterFile::max_clients, whole(1, kMostClients)),
      members_field(),
  }};
  return table;
}

// ---- what is well spelt and makes no sense

void check_names(const ClusterFile& cluster, const Place& at) {
  for (std::size_t i = 0; i < cluster.members.size(); ++i) {
    const std::string& name = cluster.members[i].name;
    const Place here = at.item(i).key("name");
    for (std::size_t before = 0; before < i; ++before)
      if (cluster.members[before].name == name)
        here.complain(sim::reading::quoted(name) + " is the name of member " +
                      std::to_string(before) + " too");
    const std::string due = node_name(NodeId(static_cast<std::uint32_t>(i) + 1), cluster.profile);
    if (name == due) continue;
    here.complain("must be " + sim::reading::quoted(due) + ", not " + sim::reading::quoted(name) +
                  (cluster.profile == Profile::replicated_log
                       ? ": the members are numbered, and any may lead"
                       : ": the first member is the leader, and the followers are numbered"));
  }
}

class Addresses {
 public:
  void add(const std::string& text, const Place& at, const std::string& whose) {
    Address address;
    try {
      address = parse_address(text);
    } catch (const PosixError& error) {
      at.complain(error.what());
    }
    std::string bytes(reinterpret_cast<const char*>(&address.storage), address.size);
    const auto [known, is_new] = known_.emplace(std::move(bytes), whose);
    if (!is_new)
      at.complain(sim::reading::quoted(text) + " is the address " + known->second + " too");
  }

 private:
  std::map<std::string, std::string> known_;  // by its bytes, so that two spellings are one
};

void check_snapshots(const ClusterFile& cluster, const Place& whole) {
  const ClusterFile usual;
  const auto only_elected = [&](const char* key, bool is_usual) {
    if (is_usual || cluster.profile == Profile::replicated_log) return;
    whole.key(key).complain("counts in the profile replicated_log only; this is " +
                            std::string(to_text(cluster.profile)));
  };
  only_elected("snapshot_bytes", cluster.snapshot_bytes == usual.snapshot_bytes);
  only_elected("log_kept_bytes", cluster.log_kept_bytes == usual.log_kept_bytes);
}

void check_sense(const ClusterFile& cluster, const Place& whole) {
  if (cluster.peer_silence_ms <= cluster.heartbeat_ms)
    whole.key("peer_silence_ms")
        .complain("must be more than heartbeat_ms, which is " +
                  std::to_string(cluster.heartbeat_ms) + ", not " +
                  std::to_string(cluster.peer_silence_ms));
  if (cluster.election_timeout_ms <= cluster.heartbeat_ms &&
      cluster.profile == Profile::replicated_log)
    whole.key("election_timeout_ms")
        .complain("must be more than heartbeat_ms, which is " +
                  std::to_string(cluster.heartbeat_ms) + ", not " +
                  std::to_string(cluster.election_timeout_ms));
  check_snapshots(cluster, whole);
  const Place members = whole.key("members");
  check_names(cluster, members);
  Addresses addresses;
  for (std::size_t i = 0; i < cluster.members.size(); ++i) {
    const ClusterMember& member = cluster.members[i];
    addresses.add(member.peers, members.item(i).key("peers"), "for the peers of " + member.name);
    addresses.add(member.clients, members.item(i).key("clients"),
                  "for the clients of " + member.name);
  }
}

// As a JSON string. Paths are all that could need it.
std::string escaped(const std::string& text) {
  std::string json = "\"";
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x20) {
      constexpr char kDigits[] = "0123456789abcdef";
      json += std::string("\\u00") + kDigits[c / 16] + kDigits[c % 16];
      continue;
    }
    if (c == '"' || c == '\\') json += '\\';
    json += c;
  }
  return json + '"';
}

}  // namespace

ClusterFile read_cluster_text(std::string_view text, const std::string& name) {
  const JsonValue json = parse_json(text, name);
  const Place whole(name);
  ClusterFile cluster;
  cluster.file = name;
  read_object(json, whole, cluster_keys(), shape_of(cluster_keys()), "", cluster);
  check_sense(cluster, whole);
  const std::filesystem::path folder = std::filesystem::path(name).parent_path();
  for (ClusterMember& member : cluster.members)
    member.data = (folder / (member.data.empty() ? "data/" + member.name : member.data)).string();
  return cluster;
}

ClusterFile read_cluster_file(const std::string& path) {
  return read_cluster_text(bytes_of_json_file(path), path);
}

std::string text_of(const ClusterFile& cluster) {
  std::string json =
      "{\"cluster\": " + std::to_string(cluster.cluster) + ",\n \"profile\": \"" +
      std::string(to_text(cluster.profile)) + "\",\n \"election\": \"" +
      std::string(to_text(cluster.election)) +
      "\",\n \"election_timeout_ms\": " + std::to_string(cluster.election_timeout_ms) +
      ",\n \"snapshot_bytes\": " + std::to_string(cluster.snapshot_bytes) +
      ",\n \"log_kept_bytes\": " + std::to_string(cluster.log_kept_bytes) + ",\n \"quorum\": \"" +
      std::string(to_text(cluster.quorum)) +
      "\",\n \"write_timeout_ms\": " + std::to_string(cluster.write_timeout_ms) +
      ",\n \"heartbeat_ms\": " + std::to_string(cluster.heartbeat_ms) +
      ",\n \"peer_silence_ms\": " + std::to_string(cluster.peer_silence_ms) +
      ",\n \"synced\": " + (cluster.synced ? "true" : "false") +
      ",\n \"max_clients\": " + std::to_string(cluster.max_clients) + ",\n \"members\": [";
  for (const ClusterMember& member : cluster.members) {
    json += &member == &cluster.members.front() ? "\n" : ",\n";
    json += "  {\"name\": " + escaped(member.name) + ", \"peers\": " + escaped(member.peers) +
            ", \"clients\": " + escaped(member.clients) + ", \"data\": " + escaped(member.data) +
            "}";
  }
  return json + "]}\n";
}

MemberConfig member_config(const ClusterFile& cluster, const std::string& name) {
  MemberConfig config;
  Words names;
  for (const ClusterMember& member : cluster.members) {
    names.push_back(member.name);
    config.places.push_back({member.peers, member.clients});
    if (member.name != name) continue;
    config.node.id = NodeId(static_cast<std::uint32_t>(names.size()));
    config.folder = member.data;
  }
  if (config.folder.empty())
    throw BadInput("--id: " + cluster.file + " has no member " + sim::reading::quoted(name) +
                   did_you_mean(name, names) + " (members: " + joined(names) + ")");
  config.node.members = static_cast<std::uint32_t>(cluster.members.size());
  config.node.cluster = cluster.cluster;
  config.node.quorum = cluster.quorum;
  config.node.profile = cluster.profile;
  config.node.election = cluster.election;
  config.node.election_timeout = milliseconds(cluster.election_timeout_ms);
  config.node.snapshot_bytes = ByteCount(static_cast<std::uint64_t>(cluster.snapshot_bytes));
  config.node.log_kept_bytes = ByteCount(static_cast<std::uint64_t>(cluster.log_kept_bytes));
  config.node.write_timeout = milliseconds(cluster.write_timeout_ms);
  config.node.heartbeat = milliseconds(cluster.heartbeat_ms);
  config.node.peer_silence = milliseconds(cluster.peer_silence_ms);
  config.synced = cluster.synced;
  config.max_clients = static_cast<std::size_t>(cluster.max_clients);
  return config;
}

}  // namespace quorate::cli
