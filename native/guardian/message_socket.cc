#include "guardian/message_socket.h"

#include <sys/socket.h>
#include <unistd.h>

#include <cstring>

#include "guardian/kernel_calls.h"

namespace custody::guardian {

void Datagram::CloseDescriptors() {
  for (std::size_t i = 0; i < descriptor_count; ++i) {
    if (descriptors[i] != -1) ::close(descriptors[i]);
  }
  descriptor_count = 0;
}

Receipt Receive(int socket, std::span<std::byte> buffer, Datagram& into) {
  iovec part{buffer.data(), buffer.size()};
  alignas(cmsghdr) std::byte control[CMSG_SPACE(sizeof(int) * core::wire::kMaxDescriptors)];
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  const auto receive = [&] { return ::recvmsg(socket, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC); };
  ssize_t length = RetryOnEintr(receive);
  // A peer that closed without having read everything is told of once, and before what it had sent itself.
  // Source: Linux net/unix/af_unix.c unix_release_sock; sock_error clears what it reports. Test: guardian_test.cc.
  if (length == -1 && errno == ECONNRESET) length = RetryOnEintr(receive);
  if (length == -1) return errno == EAGAIN ? Receipt::kNothing : Receipt::kEnd;
  into.descriptor_count = 0;
  for (cmsghdr* header = CMSG_FIRSTHDR(&message); header != nullptr; header = CMSG_NXTHDR(&message, header)) {
    if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) continue;
    const std::size_t count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (std::size_t i = 0; i < count; ++i) {
      int fd = -1;
      std::memcpy(&fd, CMSG_DATA(header) + i * sizeof(int), sizeof fd);
      into.descriptors[into.descriptor_count++] = fd;
    }
  }
  // An empty datagram and the end look alike; nobody of ours sends an empty one.
  if (length == 0 || (message.msg_flags & MSG_TRUNC) != 0) {
    into.CloseDescriptors();
    return Receipt::kEnd;
  }
  into.bytes = {buffer.data(), static_cast<std::size_t>(length)};
  into.lost_descriptors = (message.msg_flags & MSG_CTRUNC) != 0;
  return Receipt::kDatagram;
}

Delivery Send(int socket, std::span<const std::byte> bytes) {
  const ssize_t sent =
      RetryOnEintr([&] { return ::send(socket, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL); });
  if (sent == static_cast<ssize_t>(bytes.size())) return Delivery::kSent;
  return sent == -1 && (errno == EAGAIN || errno == ENOBUFS || errno == ENOMEM) ? Delivery::kFull : Delivery::kGone;
}

}  // namespace custody::guardian
