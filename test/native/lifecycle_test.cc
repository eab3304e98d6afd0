// Holds core/lifecycle.cc to test/conformance/lifecycle-vectors.json, the table its TypeScript twin is held to as well.
#include "core/lifecycle.h"

#include <doctest/doctest.h>

#include <cstdint>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace {

using custody::core::Action;
using custody::core::ActionList;
using custody::core::ContainerFate;
using custody::core::FromMillis;
using custody::core::kNanosPerMilli;
using custody::core::Lifecycle;
using custody::core::LifecyclePlan;
using custody::core::Nanos;
using custody::core::RunPhase;
using custody::core::StopCause;
using custody::core::StragglerPolicy;
using custody::core::TimerKind;
using nlohmann::json;

const char* const kTimerNames[] = {"deadline", "idle", "step", "drain"};
const char* const kPhaseNames[] = {"queued", "spawning", "running", "stopping", "draining", "settled"};
const char* const kFateNames[] = {"unknown", "empty", "kept", "unconfirmed", "detached"};
const char* const kPolicyNames[] = {"kill", "report", "leave"};
const char* const kCauseNames[] = {"none",           "timeout",   "idle",     "output-limit",
                                   "resource-limit", "cancelled", "host-exit"};
// In the order of Action::Kind; the first two are written with their timer.
const char* const kActionNames[] = {
    "arm",          "cancel",       "signal-soft",    "signal-hard",   "probe-container",
    "reap-leader",  "close-stdin",  "release-flow",   "close-readers", "release-container",
    "emit-started", "emit-settled", "emit-cleaned-up"};

template <typename Enum, std::size_t kCount>
Enum Parse(const char* const (&names)[kCount], const std::string& name) {
  for (std::size_t i = 0; i < kCount; ++i) {
    if (name == names[i]) return static_cast<Enum>(i);
  }
  FAIL("unknown name in the vectors: " << name);
  return Enum{};
}

template <typename Enum, std::size_t kCount>
std::string NameOf(const char* const (&names)[kCount], Enum value) {
  return names[static_cast<std::size_t>(value)];
}

Nanos Millis(const json& object, const char* key) { return FromMillis(object.at(key).get<double>()); }

LifecyclePlan PlanOf(const json& fields) {
  LifecyclePlan plan;
  plan.timeout = Millis(fields, "timeoutMs");
  plan.idle = Millis(fields, "idleMs");
  plan.grace = Millis(fields, "graceMs");
  plan.drain = Millis(fields, "drainMs");
  plan.straggler_grace = Millis(fields, "stragglerGraceMs");
  plan.cleanup_budget = Millis(fields, "cleanupBudgetMs");
  plan.stragglers = Parse<StragglerPolicy>(kPolicyNames, fields.at("stragglers"));
  return plan;
}

std::string TextOf(const Action& action) {
  std::string text = NameOf(kActionNames, action.kind);
  if (action.kind == Action::Kind::kArmTimer || action.kind == Action::Kind::kCancelTimer) {
    text += ' ' + NameOf(kTimerNames, action.timer);
  }
  if (action.kind == Action::Kind::kArmTimer) text += ' ' + std::to_string(action.at / kNanosPerMilli);
  return text;
}

ActionList Feed(Lifecycle& lifecycle, const json& input, Nanos now) {
  const std::string kind = input.at("kind");
  if (kind == "spawn-began") return lifecycle.SpawnBegan();
  if (kind == "spawn-ok") return lifecycle.SpawnOk(now);
  if (kind == "spawn-detached") return lifecycle.SpawnDetached();
  if (kind == "spawn-failed") return lifecycle.SpawnFailed();
  if (kind == "stream-ended") return lifecycle.StreamEnded(now);
  if (kind == "leader-exited") return lifecycle.LeaderExited(now);
  if (kind == "container-empty") return lifecycle.ContainerEmpty(now);
  if (kind == "container-occupied") return lifecycle.ContainerOccupied(now);
  if (kind == "suspended") return lifecycle.Suspended(now);
  if (kind == "resumed") return lifecycle.Resumed(now);
  if (kind == "timer") {
    return lifecycle.TimerFired(Parse<TimerKind>(kTimerNames, input.at("timer")), now,
                                input.value("readingPaused", false));
  }
  if (kind == "stop") {
    return lifecycle.StopRequested(Parse<StopCause>(kCauseNames, input.at("cause")), Millis(input, "graceMs"), now);
  }
  REQUIRE_MESSAGE(kind == "activity", "unknown input in the vectors: " << kind);
  lifecycle.Activity(now);
  return {};
}

void RunVector(const json& base_plan, const json& vector) {
  json plan = base_plan;
  plan.update(vector.at("plan"));
  Lifecycle lifecycle(PlanOf(plan), vector.at("openStreams").get<int>());
  for (const json& step : vector.at("steps")) {
    INFO(step.dump());
    const ActionList actions = Feed(lifecycle, step.at("input"), Millis(step, "at"));
    std::vector<std::string> got;
    for (const Action& action : actions.items()) got.push_back(TextOf(action));
    CHECK(json(got).dump() == step.at("actions").dump());
    CHECK(NameOf(kPhaseNames, lifecycle.phase()) == step.at("phase").get<std::string>());
  }
  const json& final_facts = vector.at("final");
  const json& cause = final_facts.at("cause");
  CHECK(NameOf(kCauseNames, lifecycle.cause()) == (cause.is_null() ? "none" : cause.get<std::string>()));
  CHECK(lifecycle.forced() == final_facts.at("forced").get<bool>());
  CHECK(NameOf(kFateNames, lifecycle.container()) == final_facts.at("container").get<std::string>());
}

}  // namespace

TEST_CASE("the lifecycle decides as the shared vectors say") {
  std::ifstream file(CUSTODY_VECTORS_FILE);
  REQUIRE(file.is_open());
  const json table = json::parse(file);
  REQUIRE(table.at("vectors").size() >= 40);
  for (const json& vector : table.at("vectors")) {
    const std::string name = vector.at("name");
    SUBCASE(name.c_str()) { RunVector(table.at("plan"), vector); }
  }
}
