#include "platform/posix/process_calls.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <unistd.h>

namespace custody::platform {

bool OpenClosedPipe(int (&ends)[2]) {
  // There is no pipe2. A spawn in another thread between these calls does no harm where it closes what is not passed on
  // explicitly (POSIX_SPAWN_CLOEXEC_DEFAULT), as ours and libuv's do; a plain fork and exec elsewhere could inherit an end.
  if (::pipe(ends) == -1) return false;
  ::fcntl(ends[0], F_SETFD, FD_CLOEXEC);
  ::fcntl(ends[1], F_SETFD, FD_CLOEXEC);
  return true;
}

// posix_spawn resets all of them at no cost worth saving.
std::uint64_t ChangedSignals() { return ~std::uint64_t{0}; }

void NameCallingThread(const char* name) { ::pthread_setname_np(name); }

void KeepLibraryLoaded() {
  Dl_info info{};
  if (::dladdr(reinterpret_cast<const void*>(&KeepLibraryLoaded), &info) == 0 || info.dli_fname == nullptr) return;
  // One reference that is never given back. Source: macOS dlopen(3).
  static const void* const kept = ::dlopen(info.dli_fname, RTLD_LAZY | RTLD_NOLOAD | RTLD_NODELETE);
  (void)kept;
}

}  // namespace custody::platform
