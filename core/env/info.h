// How does a node describe itself to a client that asks? The answer to INFO, in Redis's form.
#pragma once

#include <string>

#include "core/protocol/node.h"

namespace quorate {

// Lines "name:value", each with CRLF, under a heading. `leader` is the number of the node that
// leads, as far as this one knows, 0: it doesn't; only in the profile replicated_log. `loading` is
// Redis's own name: its client libraries wait for it to become 0.
std::string info_text(const Node& node);

}  // namespace quorate
