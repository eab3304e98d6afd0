#include "platform/linux/wire_socket.h"

#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "platform/posix/posix_error.h"

namespace custody::platform {

bool IsShortage(int code) {
  return code == EMFILE || code == ENFILE || code == EAGAIN || code == ENOMEM || code == ENOBUFS;
}

core::Result<WireSocketPair> MakeWireSocketPair() {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == -1) return LastError("spawn");
  return WireSocketPair{OwnedHandle(ends[0]), OwnedHandle(ends[1])};
}

core::Status SendDatagram(const OwnedHandle& socket, std::span<const iovec> parts, std::span<const int> descriptors) {
  alignas(cmsghdr) std::array<char, CMSG_SPACE(core::wire::kMaxDescriptors * sizeof(int))> control{};
  msghdr message{};
  message.msg_iov = const_cast<iovec*>(parts.data());
  // musl counts in other types than glibc.
  message.msg_iovlen = static_cast<decltype(message.msg_iovlen)>(parts.size());
  if (!descriptors.empty()) {
    message.msg_control = control.data();
    message.msg_controllen = static_cast<decltype(message.msg_controllen)>(CMSG_SPACE(descriptors.size_bytes()));
    cmsghdr* const header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = static_cast<decltype(header->cmsg_len)>(CMSG_LEN(descriptors.size_bytes()));
    std::memcpy(CMSG_DATA(header), descriptors.data(), descriptors.size_bytes());
  }
  const int fd = static_cast<int>(socket.get());
  const ssize_t count = RetryOnEintr([&] { return ::sendmsg(fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL); });
  if (count != -1) return {};
  // More descriptors on their way than this user may have open. Source: Linux unix(7), ETOOMANYREFS.
  return errno == ETOOMANYREFS ? core::OsError{EMFILE, "spawn"} : LastError("spawn");
}

core::Result<std::size_t> ReceiveDatagram(const OwnedHandle& socket, std::span<std::byte> into) {
  const int fd = static_cast<int>(socket.get());
  const ssize_t count =
      RetryOnEintr([&] { return ::recv(fd, into.data(), into.size(), MSG_DONTWAIT | MSG_TRUNC | MSG_CMSG_CLOEXEC); });
  if (count == -1) return LastError("recv");
  if (static_cast<std::size_t>(count) > into.size()) return core::OsError{EMSGSIZE, "recv"};
  return static_cast<std::size_t>(count);
}

bool LeftUnread(const OwnedHandle& socket) {
  const int fd = static_cast<int>(socket.get());
  int bytes = 0;
  if (::ioctl(fd, SIOCOUTQ, &bytes) == 0 && bytes > 0) return true;
  // Its end may have been closed meanwhile, and with it went what lay there.
  int error = 0;
  socklen_t length = sizeof error;
  return ::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length) == 0 && error == ECONNRESET;
}

}  // namespace custody::platform
