// The one child program of the tests: `probe <role> [arguments]`. A role is a small body with one behaviour; `probe
// --roles` prints the list, which roles.ts mirrors. Nothing here depends on the code under test.
#include "probe.h"

int main(int argc, char** argv) {
  alarm(probe::kLifetimeSeconds);
  const std::string wanted = argc > 1 ? argv[1] : "";
  for (const auto* roles :
       {&probe::IdentityRoles(), &probe::StreamRoles(), &probe::ProcessRoles(), &probe::ResourceRoles()}) {
    for (const probe::Role& role : *roles) {
      if (wanted == "--roles") probe::Print(1, std::string(role.name) + "\n");
      if (wanted == role.name) return role.body(probe::Args(argv + 2, argv + argc));
    }
  }
  if (wanted == "--roles") return 0;
  std::fprintf(stderr, "probe: no role '%s'\n", wanted.c_str());
  return 99;
}
