// Which file a name means for a child, and what a failed exec was about.
#include "platform/posix/executable_lookup.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <string>

#include "child_process.h"

namespace {

using custody::core::ErrorSubject;
using custody::platform::ExplainExecFailure;
using custody::platform::LookUpExecutable;
using custody::testing::TemporaryFolder;

struct Folders {
  TemporaryFolder first;
  TemporaryFolder second;
  std::string path = first.path() + ":" + second.path();
};

int CodeOf(const std::string& name, const std::string& path) {
  auto found = LookUpExecutable(name, path.c_str());
  REQUIRE_FALSE(found.ok());
  CHECK(found.error().subject == ErrorSubject::kExecutable);
  return found.error().code;
}

}  // namespace

TEST_CASE("a name with a separator is a path and is not looked up") {
  CHECK(LookUpExecutable("./x", "/bin").value() == "./x");
  CHECK(LookUpExecutable("no/such", nullptr).value() == "no/such");
}

TEST_CASE("the first folder of PATH that has an executable file of that name wins") {
  const Folders folders;
  folders.second.Write("tool", "", 0755);
  CHECK(LookUpExecutable("tool", folders.path.c_str()).value() == folders.second.Path("tool"));
  folders.first.Write("tool", "", 0644);  // may not be executed: passed over
  CHECK(LookUpExecutable("tool", folders.path.c_str()).value() == folders.second.Path("tool"));
  std::filesystem::remove(folders.first.Path("tool"));
  std::filesystem::create_directory(folders.first.Path("tool"));  // a folder may be "executed": no file
  CHECK(LookUpExecutable("tool", folders.path.c_str()).value() == folders.second.Path("tool"));
  std::filesystem::remove(folders.first.Path("tool"));
  folders.first.Write("tool", "", 0755);
  CHECK(LookUpExecutable("tool", folders.path.c_str()).value() == folders.first.Path("tool"));
}

TEST_CASE("nothing found is ENOENT; only files that may not be executed are EACCES") {
  const Folders folders;
  CHECK(CodeOf("tool", folders.path) == ENOENT);
  CHECK(CodeOf("", folders.path) == ENOENT);
  CHECK(CodeOf("tool", "") == ENOENT);
  CHECK(CodeOf("tool", "/no/such/folder") == ENOENT);
  folders.second.Write("tool", "", 0644);
  CHECK(CodeOf("tool", folders.path) == EACCES);
}

TEST_CASE("empty and relative entries of PATH never make the current directory decide") {
  const TemporaryFolder folder;
  folder.Write("tool", "", 0755);
  const std::filesystem::path before = std::filesystem::current_path();
  std::filesystem::current_path(folder.path());
  for (const char* path : {".", "", ":", "::", "/no/such:", ":/no/such", "./", "../"}) {
    INFO("PATH='" << path << "'");
    CHECK(CodeOf("tool", path) == ENOENT);
  }
  std::filesystem::current_path(before);
}

TEST_CASE("without PATH the system's folders are searched") {
  CHECK(LookUpExecutable("sh", nullptr).value().ends_with("/sh"));
}

TEST_CASE("an exec that failed for a file that is there lacks its interpreter") {
  const TemporaryFolder folder;
  folder.Write("script", "#!/no/such\n", 0755);
  CHECK(ExplainExecFailure(ENOENT, folder.Path("script"), "").subject == ErrorSubject::kInterpreter);
  CHECK(ExplainExecFailure(ENOENT, "./script", folder.path()).subject == ErrorSubject::kInterpreter);
  CHECK(ExplainExecFailure(ENOENT, "./other", folder.path()).subject == ErrorSubject::kExecutable);
  CHECK(ExplainExecFailure(EACCES, folder.Path("script"), "").subject == ErrorSubject::kExecutable);
  CHECK(ExplainExecFailure(ENOENT, folder.Path("script"), "").operation == std::string("exec"));
}
