// The portable way to spawn: posix_spawn(3). Linux prefers its own clone (platform/linux/spawn_clone.cc) and comes here
// when the kernel or a seccomp filter refuses that.
#include <dlfcn.h>
#include <fcntl.h>
#include <spawn.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

#include "platform/posix/posix_error.h"
#include "platform/posix/spawn.h"

namespace custody::platform {

namespace {

using core::ErrorSubject;
using core::OsError;

/// posix_spawnattr_t with its init and destroy paired.
class SpawnAttributes {
 public:
  SpawnAttributes() { ::posix_spawnattr_init(&value_); }
  ~SpawnAttributes() { ::posix_spawnattr_destroy(&value_); }
  SpawnAttributes(const SpawnAttributes&) = delete;
  SpawnAttributes& operator=(const SpawnAttributes&) = delete;
  posix_spawnattr_t* get() { return &value_; }

 private:
  posix_spawnattr_t value_{};
};

class SpawnFileActions {
 public:
  SpawnFileActions() { ::posix_spawn_file_actions_init(&value_); }
  ~SpawnFileActions() { ::posix_spawn_file_actions_destroy(&value_); }
  SpawnFileActions(const SpawnFileActions&) = delete;
  SpawnFileActions& operator=(const SpawnFileActions&) = delete;
  posix_spawn_file_actions_t* get() { return &value_; }

 private:
  posix_spawn_file_actions_t value_{};
};

using AddChdir = int (*)(posix_spawn_file_actions_t*, const char*);
using AddCloseFrom = int (*)(posix_spawn_file_actions_t*, int);

/// A function that only newer C libraries have. Source: glibc 2.29 (addchdir_np) and 2.34 (addclosefrom_np) release notes.
template <typename Function>
Function FindOptional(const char* name) {
  return reinterpret_cast<Function>(::dlsym(RTLD_DEFAULT, name));
}

int SetAttributes(SpawnAttributes& attributes, bool new_session) {
  sigset_t none;
  sigset_t all;
  sigemptyset(&none);
  sigfillset(&all);
  short flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF;
#ifdef POSIX_SPAWN_SETSID
  flags |= new_session ? POSIX_SPAWN_SETSID : POSIX_SPAWN_SETPGROUP;
#else
  if (new_session) return ENOTSUP;
  flags |= POSIX_SPAWN_SETPGROUP;
#endif
#ifdef POSIX_SPAWN_CLOEXEC_DEFAULT
  flags |= POSIX_SPAWN_CLOEXEC_DEFAULT;
#endif
  int code = ::posix_spawnattr_setflags(attributes.get(), flags);
  if (code == 0) code = ::posix_spawnattr_setpgroup(attributes.get(), 0);
  if (code == 0) code = ::posix_spawnattr_setsigmask(attributes.get(), &none);
  if (code == 0) code = ::posix_spawnattr_setsigdefault(attributes.get(), &all);
  return code;
}

/// Closes what the host left inheritable. Every descriptor of ours is close-on-exec (I7); this is for the others'.
int AddDescriptors(SpawnFileActions& actions, const SpawnRequest& request) {
  std::vector<int> sources(request.stdio.begin(), request.stdio.end());
  sources.insert(sources.end(), request.further.begin(), request.further.end());
  int code = 0;
  int target = 0;
  for (const int source : sources) {
    if (code == 0) code = ::posix_spawn_file_actions_adddup2(actions.get(), source, target++);
  }
  static const auto add_close_from = FindOptional<AddCloseFrom>("posix_spawn_file_actions_addclosefrom_np");
  if (code != 0 || add_close_from == nullptr) return code;
  return add_close_from(actions.get(), target);
}

/// posix_spawn gives one number for every step; a directory that cannot be entered is recognised by looking.
int DirectoryProblem(const std::string& cwd) {
  struct stat info {};
  if (::stat(cwd.c_str(), &info) != 0) return errno;
  if (!S_ISDIR(info.st_mode)) return ENOTDIR;
  return ::access(cwd.c_str(), X_OK) == 0 ? 0 : errno;
}

}  // namespace

core::Result<OwnedHandle> CopyAbovePlaces(const OwnedHandle& handle, const char* operation) {
  // 0-2, those of core/wire.h, and the program itself.
  constexpr int kAboveAllPlaces = 8;
  const int copy = ::fcntl(static_cast<int>(handle.get()), F_DUPFD_CLOEXEC, kAboveAllPlaces);
  if (copy == -1) return LastError(operation);
  return OwnedHandle(copy);
}

core::Result<Spawned> SpawnByPosixSpawn(const SpawnRequest& request) {
  SpawnAttributes attributes;
  SpawnFileActions actions;
  if (request.limits_required && !core::LimitSet::Of(request.limits).is_empty()) return OsError{ENOTSUP, "limits"};
  if (request.user != core::kHostAccount || request.group != core::kHostAccount) return OsError{ENOTSUP, "identity"};
  if (request.executable != -1) return OsError{ENOSYS, "exec"};  // posix_spawn(3) wants a path
  int code = SetAttributes(attributes, request.new_session);
  if (code == 0) code = AddDescriptors(actions, request);
  std::string path = request.path;
  std::vector<const char*> argv = request.argv;
  if (code == 0 && !request.cwd.empty()) {
    if (const int problem = DirectoryProblem(request.cwd); problem != 0) {
      return OsError{problem, "chdir", ErrorSubject::kCwd};
    }
    static const auto add_chdir = FindOptional<AddChdir>("posix_spawn_file_actions_addchdir_np");
    if (add_chdir != nullptr) {
      code = add_chdir(actions.get(), request.cwd.c_str());
    } else {
      // glibc before 2.29: a shell enters the directory and becomes the command. It gets everything as arguments, so
      // nothing is parsed; argv[0] becomes the path.
      argv[0] = request.path.c_str();
      argv.insert(argv.begin(), {"sh", "-c", "cd -- \"$0\" && exec \"$@\"", request.cwd.c_str()});
      path = "/bin/sh";
    }
  }
  if (code != 0) return OsError{code, "spawn"};
  Spawned spawned;
  code = ::posix_spawn(&spawned.pid, path.c_str(), actions.get(), attributes.get(),
                       const_cast<char* const*>(argv.data()), const_cast<char* const*>(request.environment.data()));
  if (code == EAGAIN || code == ENOMEM) return OsError{code, "spawn"};
  if (code != 0) return OsError{code, "exec"};
  // Between the spawn and this line the child may have run a little in the background group; it then met SIGTTIN and
  // stopped, and goes on with the SIGCONT below. The clone path has no such gap.
  if (request.terminal != -1) {
    ::tcsetpgrp(request.terminal, spawned.pid);
    if (spawned.pid > 1) ::kill(-spawned.pid, SIGCONT);
  }
  return spawned;
}

}  // namespace custody::platform
