/*
 * What the machine allows: one thread, CLONE_VM|CLONE_VFORK|CLONE_PIDFD, epoll over pidfds and pipes, nothing else.
 *
 *   limit loop <seconds> <in flight> <file>   commands with both output pipes, as the engine runs them
 *   limit bare <seconds> <file>               clone and wait, one at a time, no pipes
 *   limit drain <child> <bytes>               reads a flood into a ring of 1 MiB
 *   limit discard <child> <bytes>             takes a flood without copying it: what the writer alone is good for
 *
 * Prints one JSON object. glibc's clone() stands for clone3: the kernel's path is the same and the stack is handled for us.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#ifndef P_PIDFD
#define P_PIDFD 3
#endif

enum { kMaxInFlight = 1024, kEvents = 64, kRing = 1 << 20, kStackBytes = 64 * 1024, kSources = 3 };

struct launch {
  char** argv;
  int null_fd;
  int out_fd; /* -1: inherit */
  int err_fd;
};

struct slot {
  int fd[kSources]; /* pidfd, stdout, stderr; -1 when finished */
  int open;
  double started;
};

static struct slot slots[kMaxInFlight];
static char child_stack[kStackBytes] __attribute__((aligned(16)));
static char ring[kRing];
extern char** environ;

static double now_s(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void fail(const char* operation) {
  fprintf(stderr, "limit: %s: %s\n", operation, strerror(errno));
  exit(1);
}

static int in_child(void* context) {
  const struct launch* launch = context;
  setpgid(0, 0);
  dup2(launch->null_fd, STDIN_FILENO);
  if (launch->out_fd >= 0) dup2(launch->out_fd, STDOUT_FILENO);
  if (launch->err_fd >= 0) dup2(launch->err_fd, STDERR_FILENO);
  execve(launch->argv[0], launch->argv, environ);
  _exit(127);
}

static pid_t spawn(struct launch* launch, int* pidfd) {
  const int flags = CLONE_VM | CLONE_VFORK | CLONE_PIDFD | SIGCHLD;
  const pid_t pid = clone(in_child, child_stack + kStackBytes, flags, launch, pidfd);
  if (pid < 0) fail("clone");
  return pid;
}

static void start(struct slot* slot, int index, int epoll_fd, char** argv, int null_fd) {
  int out[2], err[2], pidfd = -1;
  if (pipe2(out, O_CLOEXEC) != 0 || pipe2(err, O_CLOEXEC) != 0) fail("pipe2");
  struct launch launch = {argv, null_fd, out[1], err[1]};
  slot->started = now_s();
  spawn(&launch, &pidfd);
  close(out[1]);
  close(err[1]);
  const int fds[kSources] = {pidfd, out[0], err[0]};
  slot->open = kSources;
  for (int i = 0; i < kSources; ++i) {
    slot->fd[i] = fds[i];
    struct epoll_event event = {.events = EPOLLIN, .data.u32 = (uint32_t)(index * kSources + i)};
    if (epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fds[i], &event) != 0) fail("epoll_ctl");
  }
}

/* Returns 1 when the whole command has finished. */
static int handle(struct slot* slot, int epoll_fd, int source) {
  if (source == 0) {
    siginfo_t info;
    if (waitid(P_PIDFD, (id_t)slot->fd[0], &info, WEXITED) != 0) fail("waitid");
  } else if (read(slot->fd[source], ring, sizeof ring) > 0) {
    return 0;
  }
  /* A vforked child holds copies until its exec has closed them, and they would keep the registration alive. */
  epoll_ctl(epoll_fd, EPOLL_CTL_DEL, slot->fd[source], NULL);
  close(slot->fd[source]);
  return --slot->open == 0;
}

static int by_value(const void* a, const void* b) {
  const double left = *(const double*)a, right = *(const double*)b;
  return (left > right) - (left < right);
}

static double cpu_s(void) {
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return (double)usage.ru_utime.tv_sec + (double)usage.ru_utime.tv_usec / 1e6 + (double)usage.ru_stime.tv_sec +
         (double)usage.ru_stime.tv_usec / 1e6;
}

static void report(long count, double elapsed, double cpu, double* latencies) {
  qsort(latencies, (size_t)count, sizeof *latencies, by_value);
  printf("{\"perSecond\":%.3f,\"hostUs\":%.3f,\"p50Us\":%.3f,\"p99Us\":%.3f}\n", (double)count / elapsed,
         cpu * 1e6 / (double)count, latencies[count / 2] * 1e6, latencies[count * 99 / 100] * 1e6);
}

static double* latency_store(double seconds) {
  double* store = malloc((size_t)(seconds * 100000 + 2 * kMaxInFlight) * sizeof *store);
  if (store == NULL) fail("malloc");
  return store;
}

static void run_loop(double seconds, int in_flight, char** argv) {
  if (in_flight < 1 || in_flight > kMaxInFlight) in_flight = 1;
  const int epoll_fd = epoll_create1(EPOLL_CLOEXEC), null_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
  double* latencies = latency_store(seconds);
  const double begin = now_s(), cpu = cpu_s();
  long finished = 0;
  int running = 0;
  for (; running < in_flight; ++running) start(&slots[running], running, epoll_fd, argv, null_fd);
  while (running > 0) {
    struct epoll_event events[kEvents];
    const int ready = epoll_wait(epoll_fd, events, kEvents, -1);
    for (int i = 0; i < ready; ++i) {
      const int index = (int)events[i].data.u32 / kSources;
      if (!handle(&slots[index], epoll_fd, (int)events[i].data.u32 % kSources)) continue;
      const double now = now_s();
      latencies[finished++] = now - slots[index].started;
      if (now - begin < seconds)
        start(&slots[index], index, epoll_fd, argv, null_fd);
      else
        --running;
    }
  }
  report(finished, now_s() - begin, cpu_s() - cpu, latencies);
}

static void run_bare(double seconds, char** argv) {
  double* latencies = latency_store(seconds);
  const int null_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
  const double begin = now_s(), cpu = cpu_s();
  long finished = 0;
  while (now_s() - begin < seconds) {
    struct launch launch = {argv, null_fd, -1, -1};
    int pidfd = -1;
    const double started = now_s();
    spawn(&launch, &pidfd);
    siginfo_t info;
    if (waitid(P_PIDFD, (id_t)pidfd, &info, WEXITED) != 0) fail("waitid");
    close(pidfd);
    latencies[finished++] = now_s() - started;
  }
  report(finished, now_s() - begin, cpu_s() - cpu, latencies);
}

/* Reads into the ring, or moves pages to the null device. */
static ssize_t take(int pipe_fd, size_t* position, int null_fd) {
  if (null_fd != -1) return splice(pipe_fd, NULL, null_fd, NULL, kRing, 0);
  const ssize_t count = read(pipe_fd, ring + *position, kRing - *position);
  if (count > 0) *position = (*position + (size_t)count) % kRing;
  return count;
}

static void run_drain(char* child, char* bytes, int null_fd) {
  int out[2], pidfd = -1;
  if (pipe2(out, O_CLOEXEC) != 0) fail("pipe2");
  fcntl(out[1], F_SETPIPE_SZ, kRing);
  char* argv[] = {child, "flood", bytes, NULL};
  struct launch launch = {argv, open("/dev/null", O_RDONLY | O_CLOEXEC), out[1], -1};
  const double begin = now_s(), cpu = cpu_s();
  spawn(&launch, &pidfd);
  close(out[1]);
  size_t position = 0;
  long long total = 0;
  for (;;) {
    const ssize_t count = take(out[0], &position, null_fd);
    if (count <= 0) break;
    total += count;
  }
  siginfo_t info;
  waitid(P_PIDFD, (id_t)pidfd, &info, WEXITED);
  const double elapsed = now_s() - begin;
  if (total != atoll(bytes)) fail("drain");
  printf("{\"mbPerSecond\":%.3f,\"mainMs\":%.3f,\"growthMb\":0}\n", (double)total / 1e6 / elapsed,
         (cpu_s() - cpu) * 1e3);
}

int main(int argc, char** argv) {
  if (argc == 5 && strcmp(argv[1], "loop") == 0) {
    run_loop(atof(argv[2]), atoi(argv[3]), argv + 4);
  } else if (argc == 4 && strcmp(argv[1], "bare") == 0) {
    run_bare(atof(argv[2]), argv + 3);
  } else if (argc == 4 && strcmp(argv[1], "drain") == 0) {
    run_drain(argv[2], argv[3], -1);
  } else if (argc == 4 && strcmp(argv[1], "discard") == 0) {
    run_drain(argv[2], argv[3], open("/dev/null", O_WRONLY | O_CLOEXEC));
  } else {
    fprintf(stderr,
            "usage: limit loop <seconds> <in flight> <file> | bare <seconds> <file> | drain|discard <child> <bytes>\n");
    return 2;
  }
  return 0;
}
