#include "sim/scenario/place.h"

#include "sim/scenario/wording.h"

namespace quorate::sim::reading {

namespace {

constexpr std::size_t kLongestKeyShown = 60;

std::string pointer_token(std::string_view key) {
  std::string token;
  for (const char c : shown(key, kLongestKeyShown)) {
    if (c == '~')
      token += "~0";
    else if (c == '/')
      token += "~1";
    else
      token += c;
  }
  return token;
}

}  // namespace

Place Place::key(std::string_view key) const {
  Place place = *this;
  place.pointer_ += '/' + pointer_token(key);
  return place;
}

Place Place::item(std::size_t index) const {
  Place place = *this;
  place.pointer_ += '/' + std::to_string(index);
  return place;
}

void Place::complain(const std::string& cause) const {
  throw ScenarioError(file_ + ": " + (pointer_.empty() ? "/" : pointer_) + ": " + cause);
}

}  // namespace quorate::sim::reading
