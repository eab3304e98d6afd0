/*
 * The children of the bench, one role each. Stamps are CLOCK_MONOTONIC in nanoseconds, the clock of
 * process.hrtime.bigint(), so that a host can subtract them from its own.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

enum { kSelfDestructSeconds = 120, kFloodChunk = 256 * 1024 };

static uint64_t now_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static void say(const char* word, uint64_t stamp) {
  char line[64];
  const int length = snprintf(line, sizeof line, "%s %llu\n", word, (unsigned long long)stamp);
  if (write(STDOUT_FILENO, line, (size_t)length) != length) _exit(1);
}

/* Leaves the stamp in a mapped file: the last thing it does before it exits is one store. */
static int stamp_exit(const char* path) {
  const int fd = open(path, O_RDWR | O_CLOEXEC);
  if (fd < 0) return 1;
  volatile uint64_t* stamp = mmap(NULL, sizeof *stamp, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (stamp == MAP_FAILED) return 1;
  *stamp = 0; /* the page fault happens here */
  *stamp = now_ns();
  _exit(0);
}

static int lines(long count, long interval_us) {
  const struct timespec interval = {interval_us / 1000000, interval_us % 1000000 * 1000};
  for (long i = 0; i < count; ++i) {
    nanosleep(&interval, NULL);
    say("line", now_ns());
  }
  return 0;
}

static int flood(long long bytes) {
  static char chunk[kFloodChunk];
  memset(chunk, 'x', sizeof chunk);
  while (bytes > 0) {
    const ssize_t count = write(STDOUT_FILENO, chunk, bytes < kFloodChunk ? (size_t)bytes : kFloodChunk);
    if (count < 0) return 1;
    bytes -= count;
  }
  return 0;
}

static void on_terminate(int signal_number) {
  (void)signal_number;
  say("terminated", now_ns());
  _exit(0);
}

static _Noreturn void await_terminate(void) {
  const struct sigaction action = {.sa_handler = on_terminate};
  sigaction(SIGTERM, &action, NULL);
  say("started", now_ns());
  for (;;) pause();
}

/* A leader with descendants that wait; every second of them has a session of its own. */
static int family(long descendants) {
  for (long i = 0; i < descendants; ++i) {
    const pid_t pid = fork();
    if (pid < 0) return 1;
    if (pid > 0) continue;
    alarm(kSelfDestructSeconds);
    if (i % 2 == 1) setsid();
    break;
  }
  return pause();
}

int main(int argc, char** argv) {
  alarm(kSelfDestructSeconds);
  const char* role = argc > 1 ? argv[1] : "";
  if (strcmp(role, "stamp-exit") == 0 && argc > 2) return stamp_exit(argv[2]);
  if (strcmp(role, "lines") == 0 && argc > 3) return lines(atol(argv[2]), atol(argv[3]));
  if (strcmp(role, "flood") == 0 && argc > 2) return flood(atoll(argv[2]));
  if (strcmp(role, "await-terminate") == 0) await_terminate();
  if (strcmp(role, "wait") == 0) return pause();
  if (strcmp(role, "family") == 0 && argc > 2) return family(atol(argv[2]));
  fprintf(stderr, "child: no such role: %s\n", role);
  return 2;
}
