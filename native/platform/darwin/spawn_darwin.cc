#include <sys/event.h>

#include <cerrno>

#include "platform/posix/posix_error.h"
#include "platform/posix/spawn.h"

namespace custody::platform {

namespace {

/// A kqueue that waits for one thing, the end of a child, and can be polled like any descriptor. Nobody takes the event out
/// of it, so it stays readable.
///
/// The event may come a moment before the child can be waited for (XNU bsd/kern/kern_exit.c: the note precedes SZOMB); it
/// then shows again at once, until the wait has an answer.
OwnedHandle OpenExitHandle(pid_t child) {
  OwnedHandle handle(::kqueue());
  if (!handle.is_valid()) return handle;
  const int fd = static_cast<int>(handle.get());
  struct kevent change {};
  EV_SET(&change, static_cast<std::uintptr_t>(child), EVFILT_PROC, EV_ADD, NOTE_EXIT, 0, nullptr);
  if (::kevent(fd, &change, 1, nullptr, 0, nullptr) == 0) return handle;
  if (errno != ESRCH) return {};
  // Over already: a zombie is not found. It is our child and unreaped, so the pid is still its own.
  EV_SET(&change, 0, EVFILT_USER, EV_ADD, 0, 0, nullptr);
  if (::kevent(fd, &change, 1, nullptr, 0, nullptr) == -1) return {};
  EV_SET(&change, 0, EVFILT_USER, 0, NOTE_TRIGGER, 0, nullptr);
  if (::kevent(fd, &change, 1, nullptr, 0, nullptr) == -1) return {};
  return handle;
}

}  // namespace

core::Result<Spawned> SpawnHere(const SpawnRequest& request) {
  core::Result<Spawned> spawned = SpawnByPosixSpawn(request);
  if (spawned.ok()) spawned.value().exit_handle = OpenExitHandle(spawned.value().pid);
  return spawned;
}

}  // namespace custody::platform
