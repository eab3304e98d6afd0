// A library to preload: makes system calls of custody fail as they do when a machine has no more descriptors, processes or
// memory. Only calls that custody's own code makes: Node and the C library are told apart by the address they return to.
//
// It is steered through a file that all processes of a test map (CUSTODY_FAULTS_FILE): `Switches` below, written by
// containment/faults.ts while they run. Without that file, and while nothing is asked for, every call goes through.
#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstdarg>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <initializer_list>

namespace {

struct Switches {
  /// One call in so many fails; 0: none.
  std::atomic<std::uint32_t> one_in;
  /// Counts down with every call; the one that brings it to 0 fails.
  std::atomic<std::uint32_t> countdown;
  std::atomic<std::uint32_t> seed;
  /// Calls that were looked at while something was asked for.
  std::atomic<std::uint32_t> calls;
  std::atomic<std::uint32_t> failed_in_host;
  std::atomic<std::uint32_t> failed_in_helpers;
  /// The last failure, for messages: "open 24 host".
  std::array<char, 40> last;
};

constexpr const char* kAddon = "custody.node";
constexpr const char* kGuardian = "custody-guardian";

template <typename Function>
Function Next(const char* name) {
  return reinterpret_cast<Function>(::dlsym(RTLD_NEXT, name));
}

Switches* MapSwitches() {
  const char* const path = std::getenv("CUSTODY_FAULTS_FILE");
  if (path == nullptr) return nullptr;
  const int file = Next<int (*)(const char*, int, ...)>("open")(path, O_RDWR | O_CLOEXEC);
  if (file == -1) return nullptr;
  void* const mapped = Next<void* (*)(void*, std::size_t, int, int, int, off_t)>("mmap")(
      nullptr, sizeof(Switches), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  ::close(file);
  return mapped == MAP_FAILED ? nullptr : static_cast<Switches*>(mapped);
}

Switches* switches = nullptr;

__attribute__((constructor)) void Begin() { switches = MapSwitches(); }

/// Whose code an address is in: kAddon, kGuardian, or nullptr for anybody else's.
const char* OwnerOf(const void* caller) {
  Dl_info info{};
  if (::dladdr(caller, &info) == 0 || info.dli_fname == nullptr) return nullptr;
  const char* const slash = std::strrchr(info.dli_fname, '/');
  const char* const file = slash == nullptr ? info.dli_fname : slash + 1;
  for (const char* const ours : {kAddon, kGuardian}) {
    if (std::strcmp(file, ours) == 0) return ours;
  }
  return nullptr;
}

/// splitmix32: the same numbers for the same seed, whichever process asks.
std::uint32_t Mixed(std::uint32_t value) {
  value = (value ^ (value >> 16)) * 0x21f0aaadU;
  value = (value ^ (value >> 15)) * 0x735a2d97U;
  return value ^ (value >> 15);
}

/// Returns: whether this is the call that was waited for.
bool CountDown() {
  std::uint32_t left = switches->countdown.load();
  while (left != 0 && !switches->countdown.compare_exchange_weak(left, left - 1)) continue;
  return left == 1;
}

/// Returns: the error that this call must fail with, which is errno then; 0: it goes through.
int FaultFor(const char* call, const void* caller, std::initializer_list<int> errors) {
  if (switches == nullptr) return 0;
  const std::uint32_t one_in = switches->one_in.load();
  if (one_in == 0 && switches->countdown.load() == 0) return 0;
  const int before = errno;
  const char* const owner = OwnerOf(caller);
  errno = before;
  if (owner == nullptr) return 0;
  const std::uint32_t dice = Mixed(switches->seed.load() + 0x9e3779b9U * ++switches->calls);
  const bool is_chosen = one_in != 0 && dice % one_in == 0;
  const bool is_counted = one_in == 0 && CountDown();
  if (!is_chosen && !is_counted) return 0;
  const bool in_host = owner == kAddon;
  ++(in_host ? switches->failed_in_host : switches->failed_in_helpers);
  errno = *(errors.begin() + Mixed(dice) % errors.size());
  std::snprintf(switches->last.data(), switches->last.size(), "%s %d %s", call, errno, in_host ? "host" : "helper");
  return errno;
}

/// What clone, fcntl, open and syscall were given beyond their fixed arguments; the kernel takes six at most.
std::array<long, 6> Further(va_list list) {
  std::array<long, 6> further{};
  for (long& value : further) value = va_arg(list, long);
  return further;
}

}  // namespace

// Takes the arguments of a variadic function and tells whether it is to fail.
#define CUSTODY_FURTHER(last, further) \
  va_list list;                        \
  va_start(list, last);                \
  const auto further = Further(list);  \
  va_end(list)
#define CUSTODY_FAILS(call, ...) (FaultFor(call, __builtin_return_address(0), {__VA_ARGS__}) != 0)

extern "C" {

int socketpair(int domain, int type, int protocol, int ends[2]) {
  static const auto next = Next<decltype(&socketpair)>("socketpair");
  return CUSTODY_FAILS("socketpair", EMFILE, ENFILE, ENOMEM) ? -1 : next(domain, type, protocol, ends);
}

int pipe2(int ends[2], int flags) {
  static const auto next = Next<decltype(&pipe2)>("pipe2");
  return CUSTODY_FAILS("pipe2", EMFILE, ENFILE) ? -1 : next(ends, flags);
}

int open(const char* path, int flags, ...) {
  static const auto next = Next<decltype(&open)>("open");
  CUSTODY_FURTHER(flags, further);
  return CUSTODY_FAILS("open", EMFILE, ENFILE, ENOMEM) ? -1 : next(path, flags, further[0]);
}

int openat(int folder, const char* path, int flags, ...) {
  static const auto next = Next<decltype(&openat)>("openat");
  CUSTODY_FURTHER(flags, further);
  return CUSTODY_FAILS("openat", EMFILE, ENFILE, ENOMEM) ? -1 : next(folder, path, flags, further[0]);
}

DIR* opendir(const char* path) {
  static const auto next = Next<decltype(&opendir)>("opendir");
  return CUSTODY_FAILS("opendir", EMFILE, ENFILE, ENOMEM) ? nullptr : next(path);
}

int fcntl(int fd, int command, ...) {
  static const auto next = Next<decltype(&fcntl)>("fcntl");
  CUSTODY_FURTHER(command, further);
  const bool copies = command == F_DUPFD_CLOEXEC || command == F_DUPFD;
  return copies && CUSTODY_FAILS("fcntl", EMFILE) ? -1 : next(fd, command, further[0]);
}

pid_t fork() {
  static const auto next = Next<decltype(&fork)>("fork");
  return CUSTODY_FAILS("fork", EAGAIN, ENOMEM) ? -1 : next();
}

int clone(int (*function)(void*), void* stack, int flags, void* argument, ...) {
  static const auto next = Next<decltype(&clone)>("clone");
  CUSTODY_FURTHER(argument, further);
  if (CUSTODY_FAILS("clone", EAGAIN, ENOMEM)) return -1;
  return next(function, stack, flags, argument, further[0], further[1], further[2]);
}

void* mmap(void* address, std::size_t length, int protection, int flags, int fd, off_t offset) {
  static const auto next = Next<decltype(&mmap)>("mmap");
  return CUSTODY_FAILS("mmap", ENOMEM) ? MAP_FAILED : next(address, length, protection, flags, fd, offset);
}

void* mremap(void* address, std::size_t length, std::size_t to, int flags, ...) {
  static const auto next = Next<decltype(&mremap)>("mremap");
  CUSTODY_FURTHER(flags, further);
  return CUSTODY_FAILS("mremap", ENOMEM) ? MAP_FAILED : next(address, length, to, flags, further[0]);
}

ssize_t send(int socket, const void* bytes, std::size_t length, int flags) {
  static const auto next = Next<decltype(&send)>("send");
  return CUSTODY_FAILS("send", EAGAIN, ENOMEM, ENOBUFS) ? -1 : next(socket, bytes, length, flags);
}

ssize_t sendmsg(int socket, const msghdr* message, int flags) {
  static const auto next = Next<decltype(&sendmsg)>("sendmsg");
  return CUSTODY_FAILS("sendmsg", EAGAIN, ENOMEM, ENOBUFS, ETOOMANYREFS) ? -1 : next(socket, message, flags);
}

/// Without room for its descriptors a message arrives all the same, and says so.
ssize_t recvmsg(int socket, msghdr* message, int flags) {
  static const auto next = Next<decltype(&recvmsg)>("recvmsg");
  if (!CUSTODY_FAILS("recvmsg", EMFILE)) return next(socket, message, flags);
  message->msg_controllen = 0;
  return next(socket, message, flags);
}

int epoll_create1(int flags) {
  static const auto next = Next<decltype(&epoll_create1)>("epoll_create1");
  return CUSTODY_FAILS("epoll_create1", EMFILE, ENFILE, ENOMEM) ? -1 : next(flags);
}

int epoll_ctl(int poller, int operation, int fd, epoll_event* event) {
  static const auto next = Next<decltype(&epoll_ctl)>("epoll_ctl");
  const bool fails = operation == EPOLL_CTL_ADD && CUSTODY_FAILS("epoll_ctl", ENOMEM, ENOSPC);
  return fails ? -1 : next(poller, operation, fd, event);
}

int eventfd(unsigned value, int flags) {
  static const auto next = Next<decltype(&eventfd)>("eventfd");
  return CUSTODY_FAILS("eventfd", EMFILE, ENFILE, ENOMEM) ? -1 : next(value, flags);
}

int pthread_create(pthread_t* thread, const pthread_attr_t* attributes, void* (*function)(void*), void* argument) {
  static const auto next = Next<decltype(&pthread_create)>("pthread_create");
  if (CUSTODY_FAILS("pthread_create", EAGAIN)) return EAGAIN;
  return next(thread, attributes, function, argument);
}

long syscall(long number, ...) {
  static const auto next = Next<decltype(&syscall)>("syscall");
  CUSTODY_FURTHER(number, further);
  const bool fails = (number == SYS_pidfd_open && CUSTODY_FAILS("pidfd_open", EMFILE, ENFILE, ENOMEM)) ||
                     (number == SYS_memfd_create && CUSTODY_FAILS("memfd_create", EMFILE, ENFILE, ENOMEM)) ||
                     (number == SYS_clone && CUSTODY_FAILS("SYS_clone", EAGAIN, ENOMEM)) ||
                     (number == SYS_clone3 && CUSTODY_FAILS("clone3", EAGAIN, ENOMEM));
  return fails ? -1 : next(number, further[0], further[1], further[2], further[3], further[4], further[5]);
}
}
