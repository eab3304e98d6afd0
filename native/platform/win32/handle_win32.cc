#include <windows.h>

#include "platform/handle.h"

namespace custody::platform {

void CloseHandleOnce(NativeHandle handle) {
  const DWORD saved_error = ::GetLastError();
  ::CloseHandle(reinterpret_cast<HANDLE>(handle));
  ::SetLastError(saved_error);
}

}  // namespace custody::platform
