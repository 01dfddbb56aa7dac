// Answers come in the order of the requests, each to its own, and what one connection asks takes
// effect in that order.
//
// On the wire an answer does not say whose it is: a client takes the n-th for its n-th request. So
// one that comes out of its turn is seen where it does not fit: it is of another kind, it comes
// before its request, or it shows another state than the requests before it have left.
//
// Fault model: holds under every fault.
#pragma once

#include "sim/check/court.h"

namespace quorate::sim {

class AlwaysAnswersInOrder {
 public:
  static constexpr const char* kName = "always_answers_in_order";
  static constexpr const char* kClause = "S11";

  static void answered(Court& court, const OpenRequest& request, const RespReply& reply,
                       bool timed_out) {
    if (!request.has_reached)
      return court.violate(kName, kClause, [] {
        return "an answer was given before its request had come: it is another's";
      });
    if (fits(request.view.op, reply, timed_out)) return;
    court.violate(kName, kClause, [&request, &reply] {
      return "a " + std::string(words(request.view.op)) + " of \"" + std::string(request.view.key) +
             "\" was answered with " + words(reply) + ": that is another request's answer";
    });
  }

 private:
  static bool fits(OperationKind op, const RespReply& reply, bool timed_out) {
    switch (reply.kind) {
      case RespKind::simple: return op == OperationKind::set && reply.text == "OK";
      case RespKind::integer: return op == OperationKind::del;
      case RespKind::bulk:
      case RespKind::nil: return op == OperationKind::get;
      case RespKind::error: return !timed_out || op != OperationKind::get;  // only a write waits
      default: return false;
    }
  }
  static const char* words(OperationKind op) {
    return op == OperationKind::set ? "set" : op == OperationKind::get ? "get" : "del";
  }
  static const char* words(const RespReply& reply) {
    switch (reply.kind) {
      case RespKind::simple: return "OK";
      case RespKind::integer: return "a count";
      case RespKind::bulk: return "a value";
      case RespKind::nil: return "\"no such key\"";
      case RespKind::error: return "a timeout";
      default: return "a list";
    }
  }
};

}  // namespace quorate::sim
