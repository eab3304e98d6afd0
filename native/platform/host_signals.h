#pragma once

namespace custody::platform {

/// Signals that would end the host while JavaScript's thread waits for a command and can run no handler: SIGINT, SIGTERM
/// and SIGHUP on POSIX. While trapped they are noted, and nothing else happens.
///
/// Thread : JavaScript's main thread, for the length of one wait; traps do not nest.
void TrapHostSignals();
/// The first signal that came since the trap was set; 0 if none did.
int TrappedHostSignal();
/// Puts back what was there before, and then raises the signal that was noted, if there is one.
void ReleaseHostSignals();

}  // namespace custody::platform
