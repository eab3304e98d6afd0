#include <unistd.h>

#include <cerrno>

#include "platform/handle.h"

namespace custody::platform {

void CloseHandleOnce(NativeHandle handle) {
  const int saved_errno = errno;
  ::close(static_cast<int>(handle));
  errno = saved_errno;
}

}  // namespace custody::platform
