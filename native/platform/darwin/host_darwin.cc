#include <crt_externs.h>
#include <dlfcn.h>
#include <unistd.h>

#include "platform/darwin/signal_identity.h"
#include "platform/host.h"
#include "platform/posix/pinned_process.h"

namespace custody::platform {

core::Capabilities QueryCapabilities() {
  core::Capabilities out;
  out.containment = {{
      {"tree", false, "the guardian is not built for macOS yet", false, "all"},
      {"strict", false, "macOS has no pid namespaces", false, "all"},
      {"group", true, "process group; setsid or setpgid leaves it; built and linked, never run on real hardware", false,
       "all"},
      {"none", true, "detached: a session of its own, ended by nobody; never run on real hardware", false, "all"},
  }};
  out.default_containment = "group";
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
