// A child that leaves the process group it was started in for that of its parent, says so, and stays for a while.
#include <unistd.h>

#include <cstdio>

int main() {
  alarm(20);
  if (setpgid(0, getpgid(getppid())) != 0) return 1;
  std::puts("moved");
  std::fflush(stdout);
  for (;;) pause();
}
