// Who asks the real nodes? What a play needs of its clients, whatever the profile.
//
// Client 1, 2, ..., each with one request at a time. One thread; poll() moves them on.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "sim/search/course.h"

namespace quorate::cli {

class RealAskers {
 public:
  // `words` as of sim/search/decided.h.
  using Ended = std::function<void(const sim::CourseRequest& request, const std::string& words)>;

  virtual ~RealAskers() = default;
  virtual bool is_idle(std::uint32_t client) const = 0;
  virtual bool all_idle() const = 0;
  // Requires that this client is idle.
  virtual void ask(const sim::CourseRequest& request, Time now) = 0;
  // What has come, who gives up, who dials again.
  virtual void poll(Time now) = 0;
};

}  // namespace quorate::cli
