#pragma once
#include <windows.h>

#include "core/os_error.h"
#include "platform/handle.h"

namespace custody::platform {

/// The error number of POSIX that says what a Win32 error says, so that one table of names serves every system; EIO for one
/// that has no counterpart.
int ErrnoFromWin32(DWORD code);

/// The calling thread's last error. To be asked right after the call that failed.
inline core::OsError LastError(const char* operation, core::ErrorSubject subject = core::ErrorSubject::kNone) {
  return {ErrnoFromWin32(::GetLastError()), operation, subject};
}

/// Owns what a call returned, whichever of the two values it uses for "none".
inline OwnedHandle Own(HANDLE handle) {
  return handle == nullptr ? OwnedHandle() : OwnedHandle(reinterpret_cast<NativeHandle>(handle));
}

inline HANDLE RawHandle(const OwnedHandle& handle) { return reinterpret_cast<HANDLE>(handle.get()); }

}  // namespace custody::platform
