// The heap of timers against a plain sorted model, and what may be done from inside a call.
#include "engine/timers.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <functional>
#include <random>
#include <vector>

namespace {

using custody::core::Instant;
using custody::core::kNever;
using custody::engine::TimerNode;
using custody::engine::TimerQueue;

class Node final : public TimerNode {
 public:
  void OnTimer(Instant now) override { when_fired(now); }
  std::function<void(Instant)> when_fired = [](Instant) {};
};

}  // namespace

TEST_CASE("an empty queue has no next instant and fires nothing") {
  TimerQueue queue;
  CHECK(queue.next() == kNever);
  queue.FireDue(kNever - 1);
}

TEST_CASE("nodes fire earliest first, once, and not before their time") {
  TimerQueue queue;
  std::array<Node, 3> nodes;
  std::vector<std::size_t> fired;
  for (std::size_t i = 0; i < nodes.size(); ++i) nodes[i].when_fired = [&fired, i](Instant) { fired.push_back(i); };
  queue.Set(nodes[0], 30);
  queue.Set(nodes[1], 10);
  queue.Set(nodes[2], 20);
  CHECK(queue.next() == 10);
  queue.FireDue(9);
  CHECK(fired.empty());
  queue.FireDue(20);
  CHECK(fired == std::vector<std::size_t>{1, 2});
  queue.FireDue(100);
  CHECK(fired == std::vector<std::size_t>{1, 2, 0});
  CHECK(queue.next() == kNever);
}

TEST_CASE("a node may move itself, remove another and add a third while it fires") {
  TimerQueue queue;
  Node moving;
  Node removed;
  Node added;
  int moved = 0;
  bool removed_fired = false;
  Instant added_fired_at = 0;
  moving.when_fired = [&](Instant now) {
    if (++moved == 1) queue.Set(moving, now + 5);
    queue.Set(removed, kNever);
    queue.Set(added, now + 1);
  };
  removed.when_fired = [&](Instant) { removed_fired = true; };
  added.when_fired = [&](Instant now) { added_fired_at = now; };
  queue.Set(moving, 10);
  queue.Set(removed, 10);
  queue.FireDue(10);
  CHECK_FALSE(removed_fired);
  CHECK(queue.next() == 11);
  queue.FireDue(15);
  CHECK(added_fired_at == 15);
  CHECK(moved == 2);
}

TEST_CASE("any order of changes leaves the queue as a sorted list would be") {
  std::mt19937 random(20261120);
  constexpr std::size_t kNodes = 40;
  TimerQueue queue;
  std::array<Node, kNodes> nodes;
  std::array<Instant, kNodes> model;
  model.fill(kNever);
  for (std::size_t i = 0; i < kNodes; ++i) {
    nodes[i].when_fired = [&model, i](Instant now) {
      REQUIRE(model[i] <= now);
      REQUIRE(model[i] == *std::min_element(model.begin(), model.end()));
      model[i] = kNever;
    };
  }
  Instant now = 0;
  for (int step = 0; step < 20'000; ++step) {
    const std::size_t node = random() % kNodes;
    const Instant at = random() % 4 == 0 ? kNever : now + static_cast<Instant>(random() % 50);
    queue.Set(nodes[node], at);
    model[node] = at;
    REQUIRE(queue.next() == *std::min_element(model.begin(), model.end()));
    if (random() % 8 != 0) continue;
    now += static_cast<Instant>(random() % 20);
    queue.FireDue(now);
    REQUIRE(std::none_of(model.begin(), model.end(), [now](Instant at_node) { return at_node <= now; }));
  }
}
