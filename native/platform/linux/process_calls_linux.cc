#include <fcntl.h>
#include <pthread.h>
#include <unistd.h>

#include "platform/posix/process_calls.h"

namespace custody::platform {

bool OpenClosedPipe(int (&ends)[2]) { return ::pipe2(ends, O_CLOEXEC) == 0; }

void NameCallingThread(const char* name) { ::pthread_setname_np(::pthread_self(), name); }

void KeepLibraryLoaded() {}  // linked with -z nodelete

}  // namespace custody::platform
