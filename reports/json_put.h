// How does a JSON value get out? The same way for all writers of JSON.
#pragma once

#include <nlohmann/json.hpp>
#include <ostream>
#include <string>

namespace quorate::reports {

using Json = nlohmann::ordered_json;

// In one piece, with a line feed; bytes that are not UTF-8 become U+FFFD.
inline void put(std::ostream& out, const Json& json) {
  const std::string text = json.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
  out.write(text.data(), static_cast<std::streamsize>(text.size()));
}

}  // namespace quorate::reports
