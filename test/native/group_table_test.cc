// The table of groups on the host's side: who has which slot, and what it says at each moment of a launch.
#include "platform/linux/group_table.h"

#include <doctest/doctest.h>

#include <thread>
#include <vector>

#include "child_process.h"
#include "container_scene.h"
#include "platform/linux/boot_clock.h"
#include "platform/linux/spawn_clone.h"

namespace {

using namespace custody::testing;
using custody::core::StragglerPolicy;
using custody::core::wire::GroupSlot;
using custody::core::wire::kGroupSlots;
using custody::platform::BootNow;
using custody::platform::GroupEntry;
using custody::platform::GroupTable;

std::unique_ptr<GroupTable> MakeTable() { return std::move(GroupTable::Create().value()); }

}  // namespace

TEST_CASE("a slot belongs to one launch until it is given back, and the lowest free one is next") {
  const auto table = MakeTable();
  GroupEntry first = table->Enter(10);
  GroupEntry second = table->Enter(20);
  GroupSlot* const slot = first.slot();
  CHECK(second.slot() == slot + 1);
  CHECK(slot->began_ns == 10);
  CHECK(slot->returned_ns == 0);
  CHECK(slot->leader == 0);
  slot->returned_ns = 11;
  first.Name(4711);
  CHECK(slot->leader == 4711);
  first.GiveBack();
  CHECK(slot->began_ns == 0);
  CHECK(slot->leader == 0);
  const GroupEntry third = table->Enter(30);
  CHECK(third.slot() == slot);
  CHECK(slot->returned_ns == 0);
}

TEST_CASE("an entry that ends gives its slot back, unless it still names a group") {
  const auto table = MakeTable();
  GroupSlot* slot = nullptr;
  {
    GroupEntry entry = table->Enter(10);
    slot = entry.slot();
    SUBCASE("it names nobody") {}
    SUBCASE("it names a group") { entry.Name(4711); }
  }
  const bool is_named = slot->leader == 4711;
  CHECK(slot->began_ns == (is_named ? 10 : 0));
  CHECK((table->Enter(20).slot() == slot) == !is_named);
}

TEST_CASE("when all slots are taken there is none, and no harm done") {
  const auto table = MakeTable();
  std::vector<GroupEntry> entries;
  for (std::uint32_t i = 0; i < kGroupSlots; ++i) entries.push_back(table->Enter(1));
  CHECK(entries.back().slot() == entries.front().slot() + kGroupSlots - 1);
  GroupEntry none = table->Enter(1);
  CHECK(none.slot() == nullptr);
  none.Name(4711);
  none.GiveBack();
  GroupSlot* const freed = entries[7].slot();
  entries[7].GiveBack();
  CHECK(table->Enter(1).slot() == freed);
}

TEST_CASE("threads never share a slot") {
  constexpr int kThreads = 4;
  constexpr int kRounds = 100'000;
  const auto table = MakeTable();
  std::atomic<int> shared{0};
  {
    std::vector<std::jthread> threads;
    for (int thread = 1; thread <= kThreads; ++thread) {
      threads.emplace_back([&, thread] {
        for (int round = 0; round < kRounds; ++round) {
          GroupEntry entry = table->Enter(1);
          if (entry.slot()->leader.exchange(thread) != 0) ++shared;
          if (entry.slot()->leader.exchange(0) != thread) ++shared;
        }
      });
    }
  }
  CHECK(shared == 0);
  CHECK(table->Enter(1).slot()->leader == 0);
}

TEST_CASE("the kernel names the leader") {
  const custody::platform::CloneStack stack;
  const auto table = MakeTable();
  GroupEntry entry = table->Enter(BootNow());
  Request request(kProbe, {kProbe, "wait"});
  request.value.group_slot = entry.slot();
  // SpawnByClone itself stores nothing there.
  const pid_t leader = custody::platform::SpawnByClone(request.value, stack).value().pid;
  CHECK(entry.slot()->leader == leader);
  CHECK(entry.slot()->returned_ns == 0);
  EndChild(leader);
  entry.GiveBack();
}

TEST_CASE("nobody is named after a failed exec") {
  const auto table = MakeTable();
  GroupEntry entry = table->Enter(BootNow());
  Request request("/no/such/file", {"file"});
  request.value.group_slot = entry.slot();
  CHECK_FALSE(custody::platform::SpawnHere(request.value).ok());
  CHECK(entry.slot()->leader == 0);
  CHECK(entry.slot()->returned_ns == 0);
}

TEST_CASE("the table names a group from its launch to the reap of its leader") {
  const auto table = MakeTable();
  GroupEntry entry = table->Enter(BootNow());
  const GroupSlot& slot = *entry.slot();
  ContainerScene scene({kProbe, "exit-by", "code", "0"}, false, std::move(entry));
  CHECK(slot.leader == scene.pid);
  CHECK(slot.returned_ns >= slot.began_ns);
  CHECK(slot.returned_ns <= BootNow());
  REQUIRE(scene.UntilFacts("sx"));
  CHECK(slot.leader == scene.pid);
  scene.container->ReapLeader(ContainerScene::Now());
  REQUIRE(scene.facts == "sxe");
  CHECK(slot.began_ns == 0);
}

TEST_CASE("what is kept stays in the table as long as it lives, and what is let go does not") {
  const auto table = MakeTable();
  GroupEntry entry = table->Enter(BootNow());
  const GroupSlot& slot = *entry.slot();
  StragglerPolicy policy = StragglerPolicy::kReport;
  SUBCASE("report") {}
  SUBCASE("leave") { policy = StragglerPolicy::kLeave; }
  ContainerScene scene({kProbe, "leave-behind"}, true, std::move(entry), policy);
  REQUIRE(scene.Until([&] { return scene.facts.ends_with('x'); }));
  scene.container->Probe(ContainerScene::Now());
  REQUIRE(scene.facts == "sxo");
  scene.container->KeepMembers();
  CHECK(slot.leader == (policy == StragglerPolicy::kReport ? scene.pid : 0));
  CHECK((slot.began_ns == 0) == (policy == StragglerPolicy::kLeave));
  (void)scene.container->SignalHard(ContainerScene::Now());
  REQUIRE(scene.UntilFacts("sxoe"));
  CHECK(slot.leader == 0);
  CHECK(slot.began_ns == 0);
}

TEST_CASE("a launch that never comes to a leader gives its slot back with its container") {
  const auto table = MakeTable();
  GroupEntry entry = table->Enter(BootNow());
  const GroupSlot& slot = *entry.slot();
  {
    const ContainerScene scene({"no-such-command-anywhere"}, false, std::move(entry));
    REQUIRE(scene.facts == "f");
  }
  CHECK(slot.began_ns == 0);
}
