#pragma once
#include <cstdint>

// Calls that every POSIX system here has, each in its own way.

namespace custody::platform {

/// pipe2(2) with O_CLOEXEC: {reading, writing}. Returns: false with errno.
bool OpenClosedPipe(int (&ends)[2]);

/// The signals of this process that do not have their default disposition, signal n at bit n - 1, as they were at most
/// kHostStatusAge ago; all where the system does not tell in one go.
std::uint64_t ChangedSignals();

/// Names the calling thread, for debuggers and `top`.
void NameCallingThread(const char* name);

/// Keeps this library in memory for good: an engine thread that is stuck in the kernel at teardown may still come back into
/// its code. Nothing to do where the linker sees to it.
void KeepLibraryLoaded();

}  // namespace custody::platform
