/*
 * Loaded into Wine (LD_PRELOAD): starts the program anew when its heap lies where Wine needs a page.
 *
 * Wine shares a page with every program at 0x7ffe0000, as Windows does. Its loader lies at 0x7d000000, and the kernel puts the heap
 * anywhere in the gigabyte behind that: about one start in 7 000 finds the page taken and ends at once.
 */
#include <stdint.h>
#include <unistd.h>

static const uintptr_t kFirst = 0x7efe0000; /* 16 MiB below the page: the heap grows upwards */
static const uintptr_t kLast = 0x7fff0000;

extern char** environ;

__attribute__((constructor)) static void MoveAway(int argc, char** argv) {
  const uintptr_t heap = (uintptr_t)sbrk(0);
  if (argc > 0 && heap > kFirst && heap < kLast) execve("/proc/self/exe", argv, environ);
}
