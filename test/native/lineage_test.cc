// The unique-id sweep of the macOS guardian, as far as it is pure: who descends from whom, learned from looks at a table.
#include "guardian/lineage.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <set>
#include <vector>

using custody::guardian::Lineage;
using custody::guardian::TableRow;

namespace {

std::set<std::uint64_t> Living(const Lineage& lineage) {
  std::set<std::uint64_t> ids;
  for (std::size_t i = 0; i < lineage.size(); ++i) ids.insert(lineage[i].unique_id);
  return ids;
}

using Ids = std::set<std::uint64_t>;

}  // namespace

TEST_CASE("a lineage finds descendants whatever the order of the table") {
  Lineage lineage;
  REQUIRE(lineage.Begin(100));
  const std::vector<TableRow> table{{13, 103, 102}, {50, 500, 1}, {12, 102, 101}, {11, 101, 100}, {10, 100, 7}};
  REQUIRE(lineage.Look(table));
  CHECK(Living(lineage) == Ids{100, 101, 102, 103});
  CHECK(lineage.found_new() == 4);
  REQUIRE(lineage.Look(table));
  CHECK(lineage.found_new() == 0);
}

TEST_CASE("a daemon stays linked by a parent that was seen and is gone") {
  Lineage lineage;
  REQUIRE(lineage.Begin(100));
  REQUIRE(lineage.Look(std::vector<TableRow>{{10, 100, 7}, {11, 101, 100}}));
  // 101 forked and died; launchd, whose id is 1, adopted 102, and its parent's id is what it was.
  REQUIRE(lineage.Look(std::vector<TableRow>{{10, 100, 7}, {12, 102, 101}}));
  CHECK(Living(lineage) == Ids{100, 102});
  REQUIRE(lineage.Look(std::vector<TableRow>{{13, 103, 102}}));
  CHECK(Living(lineage) == Ids{103});
}

TEST_CASE("the root's children are found although the root was never seen") {
  Lineage lineage;
  REQUIRE(lineage.Begin(100));
  REQUIRE(lineage.Look(std::vector<TableRow>{{11, 101, 100}}));
  CHECK(Living(lineage) == Ids{101});
}

TEST_CASE("the child of one that lived and died between two looks is out of sight: why empty is never confirmed") {
  Lineage lineage;
  REQUIRE(lineage.Begin(100));
  REQUIRE(lineage.Look(std::vector<TableRow>{{10, 100, 7}}));
  REQUIRE(lineage.Look(std::vector<TableRow>{{12, 102, 101}}));
  CHECK(lineage.is_empty());
}

TEST_CASE("a zombie links its children and is nobody to be ended") {
  Lineage lineage;
  REQUIRE(lineage.Begin(100));
  REQUIRE(lineage.Look(std::vector<TableRow>{{10, 100, 7, true}, {12, 102, 101}, {11, 101, 100, true}}));
  CHECK(Living(lineage) == Ids{102});
}

TEST_CASE("the ids of the dead do not pile up") {
  Lineage lineage;
  REQUIRE(lineage.Begin(100));
  constexpr std::uint64_t kBirths = 200'000;
  std::uint64_t id = 1000;
  for (; id < 1000 + kBirths; id += 50) {
    std::vector<TableRow> table{{10, 100, 7}};
    for (std::uint64_t child = 0; child < 50; ++child) table.push_back({11, id + child, 100});
    REQUIRE(lineage.Look(table));
    REQUIRE(lineage.size() == 51);
  }
  CHECK_FALSE(lineage.Contains(1000));
  CHECK(lineage.Contains(id - 1));
  CHECK(lineage.Contains(100));
}

TEST_CASE("a pid that was given away does not make its new owner a descendant") {
  Lineage lineage;
  REQUIRE(lineage.Begin(100));
  REQUIRE(lineage.Look(std::vector<TableRow>{{10, 100, 7}, {11, 101, 100}}));
  REQUIRE(lineage.Look(std::vector<TableRow>{{10, 100, 7}, {11, 900, 1}}));
  CHECK(Living(lineage) == Ids{100});
}

TEST_CASE("rows that could not be read belong to nobody") {
  Lineage lineage;
  REQUIRE(lineage.Begin(100));
  REQUIRE(lineage.Look(std::vector<TableRow>{{10, 100, 7}, {11, 0, 0}, {12, 0, 100}}));
  CHECK(Living(lineage) == Ids{100});
  CHECK_FALSE(lineage.Contains(0));
}

TEST_CASE("what was noted of a descendant stays with it while others come and go") {
  Lineage lineage;
  REQUIRE(lineage.Begin(100));
  REQUIRE(lineage.Look(std::vector<TableRow>{{10, 100, 7}, {11, 101, 100}, {12, 102, 100}}));
  for (std::size_t i = 0; i < lineage.size(); ++i) lineage[i].is_killed = lineage[i].unique_id == 102;
  REQUIRE(lineage.Look(std::vector<TableRow>{{12, 102, 100}, {13, 103, 102}}));
  for (std::size_t i = 0; i < lineage.size(); ++i) CHECK(lineage[i].is_killed == (lineage[i].unique_id == 102));
}

TEST_CASE("a lineage agrees with a plain model over random histories") {
  constexpr int kHistories = 60;
  constexpr int kLooks = 25;
  for (unsigned seed = 0; seed < kHistories; ++seed) {
    std::mt19937 random(seed);
    Lineage lineage;
    REQUIRE(lineage.Begin(1000));
    Ids known{1000};
    std::vector<TableRow> table{{10, 1000, 1}, {11, 1, 0}};
    std::uint64_t next = 1001;
    for (int look = 0; look < kLooks; ++look) {
      // Everything that is there may fork, several times over, before the next look; then some end.
      for (int birth = static_cast<int>(random() % 40); birth > 0 && !table.empty(); --birth) {
        const TableRow parent = table[random() % table.size()];
        table.push_back({static_cast<pid_t>(next % 97 + 100), next, parent.unique_id});
        ++next;
      }
      for (int death = static_cast<int>(random() % 35); death > 0 && table.size() > 1; --death) {
        table.erase(table.begin() + static_cast<std::ptrdiff_t>(random() % table.size()));
      }
      std::shuffle(table.begin(), table.end(), random);
      for (bool grew = true; grew;) {
        grew = false;
        for (const TableRow& row : table) {
          grew = (known.contains(row.parent_unique_id) && known.insert(row.unique_id).second) || grew;
        }
      }
      Ids expected;
      for (const TableRow& row : table) {
        if (known.contains(row.unique_id)) expected.insert(row.unique_id);
      }
      REQUIRE(lineage.Look(table));
      CHECK(Living(lineage) == expected);
    }
  }
}
