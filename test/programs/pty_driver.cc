// Runs a command in a new session whose controlling terminal is a new pseudo-terminal, and joins that terminal to our
// stdin and stdout, so that a test types into a pipe and reads what a person would see. End of stdin hangs up.
//
// Usage: pty_driver <command> [args...]     Returns the command's exit code, 128 + n if it died of signal n.
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdio>

namespace {

constexpr int kUsage = 2;
constexpr int kNotFound = 127;
constexpr int kSignalBase = 128;
constexpr std::size_t kChunkBytes = 4096;

bool WriteAll(int fd, const char* bytes, std::size_t count) {
  while (count > 0) {
    const ssize_t written = ::write(fd, bytes, count);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    bytes += written;
    count -= static_cast<std::size_t>(written);
  }
  return true;
}

// Moves what is ready from one descriptor to the other; false at end of input or when the other side is gone.
bool Pass(int from, int to) {
  char chunk[kChunkBytes];
  const ssize_t count = ::read(from, chunk, sizeof chunk);
  if (count < 0) return errno == EINTR || errno == EAGAIN;
  return count > 0 && WriteAll(to, chunk, static_cast<std::size_t>(count));
}

// Until the terminal is hung up: the session leader has exited, or our stdin has ended.
void Join(int terminal) {
  pollfd waits[] = {{terminal, POLLIN, 0}, {STDIN_FILENO, POLLIN, 0}};
  for (;;) {
    if (::poll(waits, 2, -1) < 0 && errno != EINTR) return;
    // POLLHUP comes with what is still to be read; the read that follows says EIO when there is nothing left.
    if (waits[0].revents != 0 && !Pass(terminal, STDOUT_FILENO)) return;
    if (waits[1].revents != 0 && !Pass(STDIN_FILENO, terminal)) return;
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: %s <command> [args...]\n", argv[0]);
    return kUsage;
  }
  winsize size = {24, 80, 0, 0};
  int terminal = -1;
  const pid_t child = ::forkpty(&terminal, nullptr, nullptr, &size);
  if (child < 0) {
    std::perror("forkpty");
    return 1;
  }
  if (child == 0) {
    ::execvp(argv[1], argv + 1);
    std::perror(argv[1]);
    ::_exit(kNotFound);
  }
  Join(terminal);
  ::close(terminal);
  // After a hang-up that the session leader ignores; it is our unreaped child, so the pid is its own.
  ::kill(child, SIGKILL);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : kSignalBase + WTERMSIG(status);
}
