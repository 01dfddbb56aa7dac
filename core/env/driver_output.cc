// The driver's mouth: what was written to a connection's buffer leaves as far as its socket takes
// it.
#include <algorithm>

#include "core/env/driver.h"

namespace quorate {

void Driver::mark(Connection& connection) {
  if (connection.dirty) return;
  connection.dirty = true;
  dirty_.push_back(slot_of(connection.socket));
}

void Driver::flush(Env& env) {
  for (std::size_t i = 0; i < dirty_.size(); ++i) {
    Connection& connection = connections_.at_slot(dirty_[i]);
    connection.dirty = false;
    if (connection.kind != ConnectionKind::unused) flush(env, connection);
  }
  dirty_.clear();
}

void Driver::flush(Env& env, Connection& connection) {
  while (!connection.out.empty()) {
    const Result<std::size_t> sent = env.sockets.write(connection.socket, connection.out.bytes());
    if (!sent) {
      most_buffered_ = std::max(most_buffered_, connection.out.size());
      if (sent.error() != ErrorKind::would_block) return drop(env, connection);
      if (connection.out.size() > kMaxBuffered) return drop(env, connection);  // it never reads
      return;
    }
    if (!rules_->keeps_unsent_bytes()) {
      connection.out.clear();
      return;
    }
    connection.out.consume(sent.value());
  }
  if (connection.ends) {
    drop(env, connection);
  } else if (connection.held || (connection.kind == ConnectionKind::client &&
                                 connection.unanswered == 0 && !connection.in.empty())) {
    resumed_.push_back(slot_of(connection.socket));
  }
}

}  // namespace quorate
