#include "platform/win32/win32_error.h"

#include <array>
#include <cerrno>
#include <utility>

namespace custody::platform {

namespace {

// Source: winerror.h. MinGW's has no names for them.
constexpr DWORD kVirusInfected = 225;
constexpr DWORD kElevationRequired = 740;

constexpr std::array<std::pair<DWORD, int>, 34> kNumbers{{
    {ERROR_FILE_NOT_FOUND, ENOENT},
    {ERROR_PATH_NOT_FOUND, ENOENT},
    {ERROR_INVALID_DRIVE, ENOENT},
    {ERROR_INVALID_NAME, ENOENT},
    {ERROR_BAD_PATHNAME, ENOENT},
    {ERROR_BAD_NETPATH, ENOENT},
    {ERROR_BAD_NET_NAME, ENOENT},
    {ERROR_DIRECTORY, ENOTDIR},
    {ERROR_TOO_MANY_OPEN_FILES, EMFILE},
    {ERROR_ACCESS_DENIED, EACCES},
    {kElevationRequired, EACCES},
    {ERROR_ACCESS_DISABLED_BY_POLICY, EACCES},
    {kVirusInfected, EACCES},
    {ERROR_PRIVILEGE_NOT_HELD, EPERM},
    {ERROR_INVALID_HANDLE, EBADF},
    {ERROR_NOT_ENOUGH_MEMORY, ENOMEM},
    {ERROR_OUTOFMEMORY, ENOMEM},
    {ERROR_COMMITMENT_LIMIT, ENOMEM},
    {ERROR_NO_SYSTEM_RESOURCES, EAGAIN},
    {ERROR_NOT_ENOUGH_QUOTA, EAGAIN},
    {ERROR_MAX_THRDS_REACHED, EAGAIN},
    {ERROR_BAD_EXE_FORMAT, ENOEXEC},
    {ERROR_EXE_MACHINE_TYPE_MISMATCH, ENOEXEC},
    {ERROR_BAD_FORMAT, ENOEXEC},
    {ERROR_SHARING_VIOLATION, EBUSY},
    {ERROR_LOCK_VIOLATION, EBUSY},
    {ERROR_PIPE_BUSY, EBUSY},
    {ERROR_BROKEN_PIPE, EPIPE},
    {ERROR_NO_DATA, EPIPE},
    {ERROR_PIPE_NOT_CONNECTED, EPIPE},
    {ERROR_FILENAME_EXCED_RANGE, ENAMETOOLONG},
    {ERROR_INVALID_PARAMETER, EINVAL},
    {ERROR_NOT_SUPPORTED, ENOTSUP},
    {ERROR_CALL_NOT_IMPLEMENTED, ENOSYS},
}};

}  // namespace

int ErrnoFromWin32(DWORD code) {
  for (const auto& [win32, number] : kNumbers) {
    if (win32 == code) return number;
  }
  return EIO;
}

}  // namespace custody::platform
