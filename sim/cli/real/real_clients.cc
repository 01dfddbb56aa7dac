#include "sim/cli/real/real_clients.h"

#include <algorithm>
#include <utility>

#include "core/base/check.h"
#include "sim/cli/real/real_error.h"

namespace quorate::cli {

namespace {

constexpr Duration kRedial = milliseconds(5);
constexpr Duration kConnects = milliseconds(1000);  // on loopback, at once

}  // namespace

RealClients::RealClients(const std::string& leader, Duration patience,
                         const std::atomic<bool>* interrupted, Ended ended)
    : leader_(leader), patience_(patience), interrupted_(interrupted), ended_(std::move(ended)) {}

bool RealClients::is_idle(std::uint32_t client) const {
  return client > clients_.size() || !clients_[client - 1].request;
}

bool RealClients::all_idle() const {
  return std::all_of(clients_.begin(), clients_.end(),
                     [](const Client& client) { return !client.request; });
}

void RealClients::ask(const sim::CourseRequest& request, Time now) {
  if (clients_.size() < request.client) clients_.resize(request.client);
  Client& client = clients_[request.client - 1];
  QUORATE_CHECK(!client.request, "a client has one request at a time");
  client.request = request;
  client.is_sent = false;
  client.gives_up_at = now + patience_;
  client.dials_at = now;
  try {
    if (client.connection) client.connection->try_receive();  // is it over?
  } catch (const RealError&) {
    client.connection.reset();
  }
  send(client, now);
}

void RealClients::send(Client& client, Time now) {
  if (now < client.dials_at) return;
  const sim::CourseRequest& request = *client.request;
  try {
    if (!client.connection) client.connection.emplace(leader_, now + kConnects, interrupted_);
    switch (request.op) {
      case sim::OperationKind::set:
        client.connection->send({"SET", request.key, request.value}, client.gives_up_at);
        break;
      case sim::OperationKind::get:
        client.connection->send({"GET", request.key}, client.gives_up_at);
        break;
      case sim::OperationKind::del:
        client.connection->send({"DEL", request.key}, client.gives_up_at);
        break;
      case sim::OperationKind::cas: break;  // of the other profile
    }
    client.is_sent = true;
  } catch (const RealError&) {
    client.connection.reset();
    client.dials_at = now + kRedial;
  }
}

void RealClients::poll(Time now) {
  for (Client& client : clients_) {
    if (!client.request) continue;
    if (!client.is_sent) send(client, now);
    if (client.is_sent) {
      try {
        if (const std::optional<RespAnswer> answer = client.connection->try_receive()) {
          end(client, sim::words_of(answer->kind, answer->text, answer->integer));
          continue;
        }
      } catch (const RealError&) {
        client.connection.reset();
        end(client, sim::kLost);
        continue;
      }
    }
    if (now < client.gives_up_at) continue;
    client.connection.reset();
    end(client, client.is_sent ? sim::kLost : sim::kNeverSent);
  }
}

void RealClients::end(Client& client, const std::string& words) {
  const sim::CourseRequest request = *client.request;
  client.request.reset();
  ended_(request, words);
}

}  // namespace quorate::cli
