// A replay in both worlds, in text.
#include "reports/table.h"
#include "reports/text_report.h"
#include "reports/words.h"

namespace quorate::reports {

namespace {

struct Verdict {
  const char* words;
  Paint paint;
};

Verdict verdict_on(const RealReplayResult& replay) {
  if (replay.outcome == "agrees") return {"both worlds agree", Paint::good};
  if (replay.outcome == "differs") return {"THE WORLDS DIFFER", Paint::bad};
  if (replay.outcome == "holds")
    return {"all that is owed holds, though it went another way", Paint::good};
  if (replay.outcome == "broken") return {"WHAT IS OWED IS BROKEN", Paint::bad};
  return {"can't be made for real: nothing was compared", Paint::plain};
}

std::string where_they_part(const Parting& parting) {
  Table table({Align::left, Align::left}, false);
  table.row({{"simulated"}, {parting.simulated}});
  table.row({{"real"}, {parting.real}});
  return "\nThe first thing that was not decided alike: " + parting.about + "\n" + table.text(2);
}

std::string faults_of(const RealReplayResult& replay) {
  std::string made, not_made;
  for (const RealFaultResult& fault : replay.faults) {
    if (fault.why_not.empty())
      made += "  " + fault.fault + "\n    by " + fault.made_by + "\n";
    else
      not_made += "  " + fault.fault + "\n    " + fault.why_not + "\n";
  }
  const bool played = replay.plays > 0;
  std::string text;
  if (!not_made.empty()) text += "\nFaults that can't be made for real, and why:\n" + not_made;
  if (!made.empty())
    text += std::string(played ? "\nFaults that were made:\n" : "\nFaults that could be made:\n") +
            made;
  return text;
}

std::string owed_by(const RealReplayResult& replay) {
  if (!replay.broken.empty()) return "\n" + replay.broken + "\n";
  std::string text;
  for (const std::string& sentence : replay.owed) text += "  " + sentence + "\n";
  return text.empty() ? text : "\nHolds in the real world:\n" + text;
}

std::string compared(const RealReplayResult& replay) {
  Table table({Align::left, Align::right, Align::left}, false);
  table.row(
      {{"records"}, {grouped(replay.records)}, {"with their LSNs, in the logs of all nodes"}});
  table.row({{"answers"}, {grouped(replay.answers)}, {"to the clients, each one's in order"}});
  if (replay.owed.empty())
    table.row({{"acks"}, {grouped(replay.acks)}, {"their statuses, by follower and LSN"}});
  return "\nCompared:\n" + table.text(2);
}

}  // namespace

void write_text(std::ostream& out, const RealReplayResult& replay, TextOptions options) {
  const Verdict verdict = verdict_on(replay);
  std::string text = replay.scenario + ", seed " + std::to_string(replay.seed) + ": " +
                     painted(verdict.words, verdict.paint, options.colour) + "\n";
  text += replay.about + "\n" + replay.cluster + "\n";
  for (const std::string& reason : replay.why_not) text += "\nNot for real: " + reason + "\n";
  if (replay.plays > 0) text += owed_by(replay);
  if (replay.parting) text += where_they_part(*replay.parting);
  if (!replay.waited_for.empty())
    text += "\nThe real world was waited for in vain until: " + replay.waited_for + "\n";
  text += faults_of(replay);
  if (replay.plays > 0) text += compared(replay);
  for (const std::string& note : replay.notes) text += "\n" + note + "\n";
  text += "\nthe same, simulated: " + replay.simulated + "\n";
  out.write(text.data(), static_cast<std::streamsize>(text.size()));
}

}  // namespace quorate::reports
