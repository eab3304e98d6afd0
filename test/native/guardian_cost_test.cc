// What the guardian costs: printed, not judged.
#include <algorithm>
#include <sstream>

#include "guardian_scene.h"
#include "platform/linux/spawn_clone.h"

namespace {

using namespace custody::testing;
using Clock = std::chrono::steady_clock;

constexpr int kRounds = 300;

double MicrosSince(Clock::time_point start) {
  return std::chrono::duration<double, std::micro>(Clock::now() - start).count();
}

double MedianOf(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2), values.end());
  return values[values.size() / 2];
}

std::string MemoryOf(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/smaps_rollup");
  std::string text;
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with("Pss:") && !line.starts_with("Private_Dirty:")) continue;
    std::istringstream words(line);
    std::string name;
    std::string amount;
    words >> name >> amount;
    text += name + " " + amount + " kB ";
  }
  return text;
}

}  // namespace

TEST_CASE("the way through a shim, against a clone from here") {
  const Payload payload;
  const GuardianScene scene;
  std::vector<double> direct;
  const custody::platform::CloneStack stack;
  for (int round = 0; round < kRounds; ++round) {
    const Request request(payload.path(), {payload.path(), "true"});
    const Clock::time_point start = Clock::now();
    auto spawned = custody::platform::SpawnByClone(request.value, stack);
    REQUIRE(spawned.ok());
    ::waitpid(spawned.value().pid, nullptr, 0);
    direct.push_back(MicrosSince(start));
  }
  std::string figures = "clone " + std::to_string(MedianOf(direct)) + " us";
  for (const bool use_cgroup : {false, true}) {
    ShimEnd shim = scene.OpenShim(wire::ShimKind::kTree, use_cgroup);
    std::vector<double> through;
    for (int round = 0; round < kRounds; ++round) {
      const Clock::time_point start = Clock::now();
      REQUIRE(shim.Launch({{payload.path(), "true"}}));
      (void)shim.UntilOver();
      through.push_back(MicrosSince(start));
    }
    figures += std::string(use_cgroup ? ", shim with cgroup " : ", shim ") + std::to_string(MedianOf(through)) + " us";
  }
  MESSAGE("median of " << kRounds << ", static program: " << figures);
}

TEST_CASE("the memory of a guardian and of idle shims") {
  const Payload payload;
  const GuardianScene scene;
  std::vector<ShimEnd> shims;
  for (int i = 0; i < 8; ++i) {
    shims.push_back(scene.OpenShim());
    REQUIRE(shims.back().Launch({{payload.path(), "true"}}));
    (void)shims.back().UntilOver();
  }
  MESSAGE("guardian: " << MemoryOf(scene.pid()));
  REQUIRE(Eventually([&] { return scene.Shims().size() == 8; }));
  MESSAGE("one of 8 idle shims: " << MemoryOf(scene.Shims().at(3)));
}
