#include "guardian/proc_files.h"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <cstring>

#include "guardian/kernel_calls.h"

namespace custody::guardian {

namespace {

/// Reads a decimal number and goes on behind it and the blanks before it.
unsigned long long TakeNumber(const char*& at) {
  while (*at == ' ') ++at;
  if (*at == '-') ++at;
  unsigned long long value = 0;
  for (; *at >= '0' && *at <= '9'; ++at) value = value * 10 + static_cast<unsigned long long>(*at - '0');
  return value;
}

void SkipFields(const char*& at, int count) {
  for (; count > 0; --count) {
    while (*at == ' ') ++at;
    while (*at != ' ' && *at != '\0') ++at;
  }
}

bool AddNumbersOf(const char* path, GrowableArray<pid_t>& into) {
  const Descriptor file(RetryOnEintr([&] { return ::open(path, O_RDONLY | O_CLOEXEC); }));
  if (!file.is_valid()) return false;
  char text[4096];
  unsigned long long number = 0;
  bool in_number = false;
  for (;;) {
    const ssize_t count = RetryOnEintr([&] { return ::read(file.get(), text, sizeof text); });
    if (count <= 0) return count == 0;
    for (ssize_t i = 0; i < count; ++i) {
      const char letter = text[i];
      if (letter >= '0' && letter <= '9') {
        number = number * 10 + static_cast<unsigned long long>(letter - '0');
        in_number = true;
      } else if (in_number) {
        if (!into.Push(static_cast<pid_t>(number))) return false;
        number = 0;
        in_number = false;
      }
    }
  }
}

}  // namespace

void ProcPath::Append(const char* text) {
  for (; *text != '\0' && length_ + 1 < sizeof text_; ++text) text_[length_++] = *text;
  text_[length_] = '\0';
}

void ProcPath::Append(pid_t number) {
  char digits[12];
  std::size_t count = 0;
  for (auto rest = static_cast<unsigned>(number); count == 0 || rest != 0; rest /= 10) {
    digits[count++] = static_cast<char>('0' + rest % 10);
  }
  for (; count > 0 && length_ + 1 < sizeof text_; --count) text_[length_++] = digits[count - 1];
  text_[length_] = '\0';
}

ProcPath::ProcPath(pid_t pid, const char* suffix) {
  Append("/proc/");
  Append(pid);
  Append(suffix);
}

ProcPath::ProcPath(pid_t pid, const char* middle, pid_t thread, const char* suffix) : ProcPath(pid, middle) {
  Append(thread);
  Append(suffix);
}

long ReadSmallFile(const char* path, char* into, std::size_t capacity) {
  return ReadSmallFileAt(AT_FDCWD, path, into, capacity);
}

long ReadSmallFileAt(int folder, const char* path, char* into, std::size_t capacity) {
  const Descriptor file(RetryOnEintr([&] { return ::openat(folder, path, O_RDONLY | O_CLOEXEC); }));
  if (!file.is_valid()) return -1;
  std::size_t length = 0;
  while (length + 1 < capacity) {
    const ssize_t count = RetryOnEintr([&] { return ::read(file.get(), into + length, capacity - 1 - length); });
    if (count < 0) return -1;
    if (count == 0) break;
    length += static_cast<std::size_t>(count);
  }
  into[length] = '\0';
  return static_cast<long>(length);
}

int WriteSmallFile(int folder, const char* path, const char* text) {
  const Descriptor file(RetryOnEintr([&] { return ::openat(folder, path, O_WRONLY | O_CLOEXEC); }));
  if (!file.is_valid()) return errno;
  return RetryOnEintr([&] { return ::write(file.get(), text, std::strlen(text)); }) == -1 ? errno : 0;
}

bool IsGoneByErrno() { return errno == ENOENT || errno == ESRCH; }

bool ReadStat(pid_t pid, ProcessStat& into) {
  char text[1024];
  if (ReadSmallFile(ProcPath(pid, "/stat").text(), text, sizeof text) <= 0) return false;
  // The name may hold blanks and brackets, so fields are counted from the last bracket.
  const char* const open = std::strchr(text, '(');
  const char* const close = std::strrchr(text, ')');
  if (open == nullptr || close == nullptr || close[1] != ' ') return false;
  std::size_t length = static_cast<std::size_t>(close - open) - 1;
  if (length >= sizeof into.name) length = sizeof into.name - 1;
  std::memset(into.name, 0, sizeof into.name);
  std::memcpy(into.name, open + 1, length);
  into.pid = pid;
  const char* at = close + 2;
  into.state = *at++;
  into.parent = static_cast<pid_t>(TakeNumber(at));
  into.group = static_cast<pid_t>(TakeNumber(at));
  // Fields 6 to 13; 14 to 17 utime, stime, cutime, cstime; 18, 19; 20 num_threads; 21; 22 starttime; 23; 24 rss.
  // Source: Linux proc(5).
  SkipFields(at, 8);
  into.cpu_ticks = 0;
  for (int field = 14; field <= 17; ++field) into.cpu_ticks += TakeNumber(at);
  SkipFields(at, 2);
  into.threads = static_cast<std::uint32_t>(TakeNumber(at));
  SkipFields(at, 1);
  into.start_time = TakeNumber(at);
  SkipFields(at, 1);
  into.resident_pages = TakeNumber(at);
  return true;
}

bool AddChildren(pid_t pid, GrowableArray<pid_t>& into) {
  if (pid == 0) return AddNumbersOf("/proc/thread-self/children", into);
  const Descriptor folder(
      RetryOnEintr([&] { return ::open(ProcPath(pid, "/task").text(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); }));
  if (!folder.is_valid()) return false;
  struct Entry {
    std::uint64_t inode;
    std::int64_t offset;
    unsigned short length;
    unsigned char type;
    char name[1];
  };
  alignas(8) char buffer[2048];
  bool readable = true;
  for (;;) {
    const long count = ::syscall(SYS_getdents64, folder.get(), buffer, sizeof buffer);
    if (count <= 0) return readable && count == 0;
    for (long offset = 0; offset < count;) {
      const auto* entry = reinterpret_cast<const Entry*>(buffer + offset);
      offset += entry->length;
      if (entry->name[0] < '1' || entry->name[0] > '9') continue;
      const char* digits = entry->name;
      const auto thread = static_cast<pid_t>(TakeNumber(digits));
      readable = AddNumbersOf(ProcPath(pid, "/task/", thread, "/children").text(), into) && readable;
    }
  }
}

}  // namespace custody::guardian
