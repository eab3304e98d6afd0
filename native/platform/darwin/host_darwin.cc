#include <crt_externs.h>
#include <dlfcn.h>
#include <unistd.h>

#include "platform/darwin/signal_identity.h"
#include "platform/host.h"
#include "platform/posix/guardian_file.h"
#include "platform/posix/pinned_process.h"

namespace custody::platform {

core::Capabilities QueryCapabilities() {
  core::Capabilities out;
  const bool has_guardian = ::access(GuardianFile().c_str(), X_OK) == 0;
  const bool has_tree = has_guardian && MembersCanBePinned();
  const char* const without_tree =
      has_guardian ? "processes have no unique ids here" : "custody-guardian is not beside the addon, or may not run";
  // A level says what it is meant to do, and that nobody has seen it do so.
  out.containment = {{
      {"tree", has_tree,
       has_tree
           ? "process group, and a guardian that finds who left it by unique process ids; untested on real hardware"
           : without_tree,
       false, "escaped"},
      {"strict", false, "macOS has no pid namespaces", false, "all"},
      {"group", true, "process group; setsid or setpgid leaves it; untested on real hardware", false, "all"},
      {"none", true, "detached: a session of its own, ended by nobody; untested on real hardware", false, "all"},
  }};
  out.default_containment = has_tree ? "tree" : "group";
  // Also for a tree: a process may have come and gone between two looks, and its child with it out of sight.
  out.cleanup = "confirmed-group-only";
  out.features = {
      {"kqueue", true},
      {"processIdentity", MembersCanBePinned()},
      {"signalByAuditToken", FindSignalWithAuditToken() != nullptr},
      {"spawnAddChdir", ::dlsym(RTLD_DEFAULT, "posix_spawn_file_actions_addchdir_np") != nullptr},
      // Every line of this platform was compiled and linked elsewhere, and has never been run where it belongs.
      {"testedOnHardware", false},
  };
  return out;
}

std::string CopyHostEnvironment() {
  std::string block;
  // A library cannot link against `environ` here. Source: macOS environ(7).
  char*** const variables = ::_NSGetEnviron();
  for (char** entry = variables == nullptr ? nullptr : *variables; entry != nullptr && *entry != nullptr; ++entry) {
    block += *entry;
    block += '\0';
  }
  return block;
}

}  // namespace custody::platform
