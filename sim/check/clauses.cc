#include "sim/check/clauses.h"

namespace quorate::sim {

namespace {

constexpr Clause kOwed[] = {
    {"S1", "nothing that was OK'd is lost"},
    {"S2", "an ack is true"},
    {"S3", "logs agree"},
    {"S4", "reads are true"},
    {"S5", "an unknown fate stays unknown"},
    {"S6", "every wait ends"},
    {"S7", "recovery is honest"},
    {"S8", "a damaged record is shipped again"},
    {"S9", "buffers are bounded"},
    {"S10", "acks that are there are used"},
    {"S11", "answers come in order"},
    {"S12", "one vote, one leader"},
    {"S13", "what is committed stays"},
    {"S14", "the high-water mark is backed"},
    {"S15", "the history is linearizable"},
    {"S16", "who can't be elected leaves the generation alone"},
    {"S17", "who leads has a majority"},
    {"S18", "a snapshot is what the log adds up to"},
    {"L1", "all is well again"},
    {"L2", "requests succeed again"},
};

}  // namespace

std::span<const Clause> clauses_owed() { return kOwed; }

std::string_view clause_says(std::string_view number) {
  for (const Clause& clause : kOwed)
    if (clause.number == number) return clause.says;
  return {};
}

}  // namespace quorate::sim
