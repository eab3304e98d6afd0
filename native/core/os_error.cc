#include "core/os_error.h"

#include <array>
#include <cerrno>
#include <utility>

namespace custody::core {

namespace {

constexpr std::array<std::pair<int, std::string_view>, 33> kNames{{
    {EPERM, "EPERM"},     {ENOENT, "ENOENT"},   {ESRCH, "ESRCH"},     {EINTR, "EINTR"},
    {EIO, "EIO"},         {E2BIG, "E2BIG"},     {ENOEXEC, "ENOEXEC"}, {EBADF, "EBADF"},
    {ECHILD, "ECHILD"},   {EAGAIN, "EAGAIN"},   {ENOMEM, "ENOMEM"},   {EACCES, "EACCES"},
    {EFAULT, "EFAULT"},   {EBUSY, "EBUSY"},     {EEXIST, "EEXIST"},   {ENOTDIR, "ENOTDIR"},
    {EISDIR, "EISDIR"},   {EINVAL, "EINVAL"},   {ENFILE, "ENFILE"},   {EMFILE, "EMFILE"},
    {ETXTBSY, "ETXTBSY"}, {EFBIG, "EFBIG"},     {ENOSPC, "ENOSPC"},   {EROFS, "EROFS"},
    {EPIPE, "EPIPE"},     {ENOSYS, "ENOSYS"},   {ELOOP, "ELOOP"},     {ENAMETOOLONG, "ENAMETOOLONG"},
    {ENODEV, "ENODEV"},   {ENOTSUP, "ENOTSUP"}, {ENOBUFS, "ENOBUFS"}, {ECONNRESET, "ECONNRESET"},
    {EILSEQ, "EILSEQ"},
}};

}  // namespace

std::string ErrorName(int code) {
  if (code == 0) return {};
  for (const auto& [number, name] : kNames) {
    if (number == code) return std::string(name);
  }
  return "E" + std::to_string(code);
}

}  // namespace custody::core
