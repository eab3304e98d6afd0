#include "platform/linux/guardian_file.h"

#include <fcntl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

#include "platform/posix/posix_error.h"
#include "platform/posix/spawn.h"

namespace custody::platform {

namespace {

constexpr const char* kMemoryName = "custody-guardian";
/// Source: Linux memfd_create(2). MFD_EXEC is known since 6.3, and needed where vm.memfd_noexec is set.
constexpr unsigned kCloseOnExec = 0x0001U;
constexpr unsigned kExecutable = 0x0010U;

OwnedHandle MakeMemoryFile() {
  OwnedHandle file(::syscall(SYS_memfd_create, kMemoryName, kCloseOnExec | kExecutable));
  if (!file.is_valid() && errno == EINVAL) file = OwnedHandle(::syscall(SYS_memfd_create, kMemoryName, kCloseOnExec));
  return file;
}

}  // namespace

core::Result<OwnedHandle> CopyToMemory(const std::string& path) {
  const OwnedHandle source(RetryOnEintr([&] { return ::open(path.c_str(), O_RDONLY | O_CLOEXEC); }));
  if (!source.is_valid()) return LastError("containment");
  const OwnedHandle copy = MakeMemoryFile();
  if (!copy.is_valid()) return LastError("containment");
  struct stat info {};
  if (::fstat(static_cast<int>(source.get()), &info) == -1) return LastError("containment");
  for (off_t done = 0; done < info.st_size;) {
    const auto left = static_cast<std::size_t>(info.st_size - done);
    const ssize_t count = RetryOnEintr(
        [&] { return ::sendfile(static_cast<int>(copy.get()), static_cast<int>(source.get()), &done, left); });
    if (count == -1) return LastError("containment");
    if (count == 0) return core::OsError{EIO, "containment"};
  }
  return CopyAbovePlaces(copy, "containment");
}

}  // namespace custody::platform
