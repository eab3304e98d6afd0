#pragma once
#include <cerrno>

#include "core/os_error.h"

namespace custody::platform {

/// The error of the call on the line before, taken before any other call can change `errno`.
inline core::OsError LastError(const char* operation, core::ErrorSubject subject = core::ErrorSubject::kNone) {
  return core::OsError{errno, operation, subject};
}

/// Repeats `call` for as long as a signal interrupts it. Not for close(2): see OwnedHandle.
template <typename Call>
auto RetryOnEintr(Call call) {
  auto result = call();
  while (result == -1 && errno == EINTR) result = call();
  return result;
}

}  // namespace custody::platform
