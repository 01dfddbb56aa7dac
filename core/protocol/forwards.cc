#include "core/protocol/forwards.h"

#include <algorithm>

namespace quorate {

void encode_request(const ClientRequest& request, Bytes& to) {
  RecordView record{{}, {}, request.once.client, request.once.sequence, Op::set, request.key, {}};
  Bytes cas;
  if (request.kind == RequestKind::set) record.value = request.value;
  if (request.kind == RequestKind::del) record.op = Op::del;
  if (request.kind == RequestKind::cas) {
    encode_cas({request.from, request.value}, cas);
    record.op = Op::cas;
    record.value = as_text(cas);
  }
  encode_record(record, to);
}

std::optional<ClientRequest> request_of(const RecordView& record, bool is_read) {
  ClientRequest request;
  request.key = record.key;
  request.value = record.value;
  request.once = {record.client, record.sequence};
  switch (record.op) {
    case Op::set: request.kind = is_read ? RequestKind::get : RequestKind::set; return request;
    case Op::del: request.kind = RequestKind::del; return request;
    case Op::cas: {
      const auto cas = read_cas(record.value);
      if (!cas) return {};
      request.kind = RequestKind::cas;
      request.from = cas->from;
      request.value = cas->to;
      return request;
    }
    case Op::generation:
    case Op::cut:
    case Op::noop:
    case Op::chunk:
    case Op::snapshot: break;
  }
  return {};
}

void Forwards::forward(NodeState& node, Time now, NodeId leader, const ClientRequest& event,
                       Effects& out) {
  const std::size_t begin = out.payloads.size();
  encode_request(event, out.payloads);
  const std::size_t size = out.payloads.size() - begin;
  const bool fits = under_way_.empty() || bytes_ + size <= kMaxBytes;
  if (under_way_.size() >= node.config.max_waits || !fits) {
    out.payloads.resize(begin);
    out.note(FactKind::request_refused, NodeId(), Lsn(),
             static_cast<std::uint64_t>(ReplyKind::busy), event.client.value());
    out.replies.push_back({event.client, event.sequence, ReplyKind::busy, 0, 0, 0});
    return;
  }
  const bool is_read = event.kind == RequestKind::get;
  const Time began = node.began(now, event);
  order_.listed(began, under_way_.size());
  under_way_.push_back({++tickets_, event.client, event.sequence, began, leader, is_read, size});
  bytes_ += size;
  node.send_payload(leader, Forward{tickets_, is_read}, now, out, begin);
  out.note(FactKind::forwarded, leader, Lsn(), tickets_, event.client.value());
}

void Forwards::answered(const NodeState& node, NodeId leader, const Forwarded& answer,
                        ByteSpan records, Effects& out) {
  const auto at = std::lower_bound(
      under_way_.begin(), under_way_.end(), answer.ticket,
      [](const UnderWay& request, std::uint64_t ticket) { return request.ticket < ticket; });
  if (at == under_way_.end() || at->ticket != answer.ticket || at->leader != leader) return;
  const UnderWay request = *at;
  under_way_.erase(at);
  if (answer.reply != ReplyKind::value) return end(request, {answer.reply, answer.number}, out);
  const RecordScan scan = scan_record(records, node.rules->checks_record());
  if (scan.status != RecordStatus::whole || !request.is_read) {
    if (!request.is_read) return lose(request, out);  // no sound leader says this
    return end(request, {ReplyKind::damaged, 0}, out);
  }
  end(request, {ReplyKind::value, 0}, out);
  out.replies.back().value_at = out.values.size();
  out.replies.back().value_size = scan.record.value.size();
  append_bytes(out.values, as_bytes(scan.record.value));
}

void Forwards::gone(NodeId leader, Effects& out) {
  std::erase_if(under_way_, [this, leader, &out](const UnderWay& request) {
    if (request.leader != leader) return false;
    lose(request, out);
    return true;
  });
}

void Forwards::give_up(Effects& out) {
  for (const UnderWay& request : under_way_) lose(request, out);
  under_way_.clear();
}

void Forwards::expire(const NodeState& node, Time now, Effects& out) {
  while (now >= deadline(node)) {
    const std::size_t first = order_.first(std::span<const UnderWay>(under_way_));
    end(under_way_[first], {node.rules->answer_at_deadline(), 0}, out);
    under_way_.erase(under_way_.begin() + static_cast<std::ptrdiff_t>(first));
  }
}

Time Forwards::first_deadline(const NodeState& node) const {
  const UnderWay& first = under_way_[order_.first(std::span<const UnderWay>(under_way_))];
  return node.rules->wait_deadline(first.began, node.config.write_timeout, node.woken_last);
}

void Forwards::lose(const UnderWay& request, Effects& out) {
  end(request, {request.is_read ? ReplyKind::not_leader : ReplyKind::deposed, 0}, out);
}

void Forwards::end(const UnderWay& request, const WriteResult& with, Effects& out) {
  bytes_ -= request.bytes;
  out.note(FactKind::forward_ended, request.leader, Lsn(), static_cast<std::uint64_t>(with.kind),
           request.client.value());
  out.replies.push_back({request.client, request.sequence, with.kind, with.count, 0, 0});
}

}  // namespace quorate
