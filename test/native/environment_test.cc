#include "core/environment.h"

#include <doctest/doctest.h>

#include <set>
#include <string>

#include "core/os_error.h"

namespace {

using namespace std::string_view_literals;
using custody::core::ComposeEnvironment;
using custody::core::FindVariable;

std::set<std::string> Entries(const std::vector<const char*>& environment) {
  REQUIRE_FALSE(environment.empty());
  REQUIRE(environment.back() == nullptr);
  return {environment.begin(), environment.end() - 1};
}

using Names = std::set<std::string>;

}  // namespace

TEST_CASE("an unchanged environment is the base") {
  CHECK(Entries(ComposeEnvironment("A=1\0B=2\0"sv, {}, {})) == Names{"A=1", "B=2"});
  CHECK(Entries(ComposeEnvironment({}, {}, {})).empty());
}

TEST_CASE("set entries replace the base's, the last one wins, and unset names go") {
  const auto environment = ComposeEnvironment("A=1\0B=2\0C=3\0"sv, "B=x\0D=4\0B=y\0"sv, "C\0NOT_THERE\0"sv);
  CHECK(Entries(environment) == Names{"A=1", "B=y", "D=4"});
}

TEST_CASE("a name that begins with another name is another name") {
  const auto environment = ComposeEnvironment("AB=1\0A=2\0"sv, {}, "A\0"sv);
  CHECK(Entries(environment) == Names{"AB=1"});
  CHECK(FindVariable(environment, "A") == nullptr);
  CHECK(FindVariable(environment, "AB") == "1"sv);
}

TEST_CASE("a value may hold anything but NUL") {
  const auto environment = ComposeEnvironment({}, "A==b=\xff\0EMPTY=\0"sv, {});
  CHECK(FindVariable(environment, "A") == "=b=\xff"sv);
  CHECK(FindVariable(environment, "EMPTY") == ""sv);
}

TEST_CASE("an error number has its symbolic name, or says its number") {
  CHECK(custody::core::ErrorName(2) == "ENOENT");
  CHECK(custody::core::ErrorName(99999) == "E99999");
}
