#include "core/protocol/effects.h"

namespace quorate {

std::string_view to_text(ReplyKind kind) {
  switch (kind) {
    case ReplyKind::ok: return "ok";
    case ReplyKind::count: return "count";
    case ReplyKind::value: return "value";
    case ReplyKind::nil: return "nil";
    case ReplyKind::timeout: return "timeout";
    case ReplyKind::loading: return "loading";
    case ReplyKind::not_leader: return "not_leader";
    case ReplyKind::deposed: return "deposed";
    case ReplyKind::busy: return "busy";
    case ReplyKind::disk_full: return "disk_full";
    case ReplyKind::old_sequence: return "old_sequence";
    case ReplyKind::no_session: return "no_session";
    case ReplyKind::damaged: return "damaged";
  }
  return "?";
}

}  // namespace quorate
