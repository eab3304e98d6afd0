#include "guardian/darwin/message_stream.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "platform/posix/posix_error.h"

namespace custody::guardian {

using platform::RetryOnEintr;
namespace wire = core::wire;

Arrival MessageStream::Next(int socket) {
  if (was_taken_) filled_ = 0;
  was_taken_ = false;
  for (;;) {
    const bool has_header = filled_ >= sizeof(wire::Header);
    const std::size_t wanted = has_header ? header().length : sizeof(wire::Header);
    if (has_header &&
        (wanted < sizeof(wire::Header) || wanted > buffer_.size() || header().version != wire::kVersion)) {
      return Arrival::kEnd;
    }
    if (filled_ == wanted) {
      was_taken_ = true;
      return Arrival::kMessage;
    }
    const ssize_t count =
        RetryOnEintr([&] { return ::recv(socket, buffer_.data() + filled_, wanted - filled_, MSG_DONTWAIT); });
    if (count == -1 && (errno == EAGAIN || errno == EWOULDBLOCK)) return Arrival::kNothing;
    if (count <= 0) return Arrival::kEnd;
    filled_ += static_cast<std::size_t>(count);
  }
}

Arrival TakeOpenRun(int control, int& connection) {
  wire::SweepCommand command{};
  iovec part{&command, sizeof command};
  alignas(cmsghdr) std::byte space[CMSG_SPACE(sizeof(int))];
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = space;
  message.msg_controllen = sizeof space;
  connection = -1;
  const ssize_t count = RetryOnEintr([&] { return ::recvmsg(control, &message, MSG_DONTWAIT); });
  if (count == -1 && (errno == EAGAIN || errno == EWOULDBLOCK)) return Arrival::kNothing;
  const cmsghdr* const attached = count > 0 ? CMSG_FIRSTHDR(&message) : nullptr;
  if (attached != nullptr && attached->cmsg_level == SOL_SOCKET && attached->cmsg_type == SCM_RIGHTS) {
    std::memcpy(&connection, CMSG_DATA(attached), sizeof connection);
    ::fcntl(connection, F_SETFD, FD_CLOEXEC);
  }
  // Sent in one piece and small, so it arrives in one piece: descriptors cut the stream. Source: macOS unix(4), recvmsg(2).
  const bool is_whole = count == static_cast<ssize_t>(sizeof command) && command.header.version == wire::kVersion &&
                        command.header.length == sizeof command &&
                        command.header.type == static_cast<std::uint16_t>(wire::SweepMessage::kOpenRun);
  if (is_whole && connection != -1) return Arrival::kMessage;
  if (connection != -1) ::close(connection);
  connection = -1;
  // No room for the descriptor: the host sees its end close, and the control socket is as good as before.
  return is_whole && (message.msg_flags & MSG_CTRUNC) != 0 ? Arrival::kNothing : Arrival::kEnd;
}

bool SendWhole(int socket, std::span<const std::byte> message) {
  // A part that did not fit would cut the stream in the wrong place: such a peer is given up.
  return RetryOnEintr([&] { return ::send(socket, message.data(), message.size(), MSG_DONTWAIT); }) ==
         static_cast<ssize_t>(message.size());
}

}  // namespace custody::guardian
