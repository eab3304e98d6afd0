#pragma once
// Calls that every POSIX system here has, each in its own way.

namespace custody::platform {

/// pipe2(2) with O_CLOEXEC: {reading, writing}. Returns: false with errno.
bool OpenClosedPipe(int (&ends)[2]);

/// Names the calling thread, for debuggers and `top`.
void NameCallingThread(const char* name);

/// Keeps this library in memory for good: an engine thread that is stuck in the kernel at teardown may still come back into
/// its code. Nothing to do where the linker sees to it.
void KeepLibraryLoaded();

}  // namespace custody::platform
