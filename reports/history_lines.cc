#include "reports/history_lines.h"

#include <array>

#include "reports/json_put.h"
#include "reports/utf8.h"

namespace quorate::reports {

namespace {

constexpr std::string_view kBytes = "bytes:";
constexpr std::array<const char*, 4> kTypes{"invoke", "ok", "fail", "info"};
constexpr std::array<const char*, 3> kKinds{"read", "write", "cas"};

bool is_plain(std::string_view text) {
  if (text.starts_with(kBytes)) return false;
  while (!text.empty()) {
    const Rune rune = first_rune(text);
    if (!rune.sound) return false;
    text.remove_prefix(rune.bytes);
  }
  return true;
}

Json json_of(std::string_view text) {
  if (is_plain(text)) return std::string(text);
  constexpr char kDigits[] = "0123456789abcdef";
  std::string hex(kBytes);
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    hex += kDigits[byte >> 4];
    hex += kDigits[byte & 15];
  }
  return hex;
}

Json json_of(const std::optional<std::string_view>& text) {
  return text ? json_of(*text) : Json(nullptr);
}

}  // namespace

void append_history_line(std::string& to, const HistoryEvent& event) {
  Json json = Json::object();
  json["process"] = event.process;
  json["type"] = kTypes[static_cast<std::size_t>(event.type)];
  json["f"] = kKinds[static_cast<std::size_t>(event.f)];
  json["key"] = json_of(event.key);
  json["value"] = json_of(event.value);
  if (event.f == HistoryF::cas)
    json["value"] = Json::array({json_of(event.from), json_of(event.value)});
  if (event.swapped) json["swapped"] = *event.swapped;
  if (event.found) json["found"] = *event.found;
  json["time"] = event.time_us;
  to += json.dump();
  to += '\n';
}

}  // namespace quorate::reports
