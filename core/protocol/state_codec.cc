#include "core/protocol/state_codec.h"

#include "core/log/record_format.h"

namespace quorate {

namespace {

template <class Unsigned>
void put(Bytes& to, Unsigned number) {
  Byte bytes[sizeof(Unsigned)];
  store_le(bytes, number);
  append_bytes(to, bytes);
}

// Takes numbers and texts off the front; once something is missing, all is.
class Reader {
 public:
  explicit Reader(ByteSpan from) : rest_(from) {}

  template <class Unsigned>
  Unsigned number() {
    const std::string_view bytes = text(sizeof(Unsigned));
    return sound_ ? load_le<Unsigned>(as_bytes(bytes).data()) : Unsigned();
  }
  std::string_view text(std::size_t size) {
    sound_ = sound_ && size <= rest_.size();
    if (!sound_) return {};
    const std::string_view taken = as_text(rest_.first(size));
    rest_ = rest_.subspan(size);
    return taken;
  }
  bool sound() const { return sound_; }
  bool at_end() const { return rest_.empty(); }

 private:
  ByteSpan rest_;
  bool sound_ = true;
};

Sessions::Session read_session(Reader& from, bool& sound) {
  Sessions::Session session;
  session.sequence = from.number<std::uint64_t>();
  const Byte kind = from.number<Byte>();
  sound = sound && kind <= static_cast<Byte>(ReplyKind::damaged);
  session.result.kind = static_cast<ReplyKind>(kind);
  session.result.count = from.number<std::uint64_t>();
  session.lsn = Lsn(from.number<std::uint64_t>());
  return session;
}

}  // namespace

void encode_state(const Kv& kv, const Sessions& sessions, Bytes& to) {
  put(to, sessions.dropped_up_to().value());
  put(to, std::uint64_t{sessions.size()});
  for (const auto& [client, session] : sessions.all()) {
    put(to, client.value());
    put(to, session.sequence);
    put(to, static_cast<Byte>(session.result.kind));
    put(to, session.result.count);
    put(to, session.lsn.value());
  }
  for (const auto& [key, value] : kv.entries()) {
    put(to, static_cast<std::uint16_t>(key.text.size()));
    put(to, static_cast<std::uint32_t>(value.size()));
    append_bytes(to, as_bytes(key.text));
    append_bytes(to, as_bytes(value));
  }
}

std::optional<DecodedState> decode_state(ByteSpan from) {
  Reader reader(from);
  DecodedState state;
  bool sound = true;
  state.dropped_up_to = ClientId(reader.number<std::uint64_t>());
  const std::uint64_t sessions = reader.number<std::uint64_t>();
  for (std::uint64_t n = 0; n < sessions && reader.sound(); ++n) {
    const ClientId client(reader.number<std::uint64_t>());
    const Sessions::Session session = read_session(reader, sound);
    sound = sound && (state.sessions.empty() || state.sessions.rbegin()->first < client);
    state.sessions.emplace_hint(state.sessions.end(), client, session);
  }
  if (state.sessions.size() != sessions) return {};
  while (reader.sound() && !reader.at_end()) {
    const std::size_t key_size = reader.number<std::uint16_t>();
    const std::size_t value_size = reader.number<std::uint32_t>();
    const HeadedView key(reader.text(key_size));
    const std::string_view value = reader.text(value_size);
    sound = sound && value_size <= record_format::kMaxValue &&
            (state.entries.empty() || HeadedLess()(state.entries.rbegin()->first, key));
    if (reader.sound()) state.entries.emplace_hint(state.entries.end(), key, value);
  }
  if (!reader.sound() || !sound) return {};
  return state;
}

}  // namespace quorate
