#include "platform/posix/executable_lookup.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace custody::platform {

namespace {

/// Source: POSIX confstr(3), _CS_PATH; what execvp(3) uses when PATH is not set.
constexpr const char* kDefaultPath = "/usr/local/bin:/usr/bin:/bin";

bool IsFile(const std::string& path) {
  struct stat info {};
  return ::stat(path.c_str(), &info) == 0 && !S_ISDIR(info.st_mode);
}

}  // namespace

core::Result<std::string> LookUpExecutable(std::string_view name, const char* path) {
  if (name.find('/') != std::string_view::npos) return std::string(name);
  std::string_view rest(path != nullptr ? path : kDefaultPath);
  bool forbidden = false;
  std::string candidate;
  while (!rest.empty()) {
    const std::size_t end = rest.find(':');
    const std::string_view directory = rest.substr(0, end);
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
    if (directory.empty() || directory.front() != '/') continue;
    candidate.assign(directory);
    candidate += '/';
    candidate += name;
    // access() asks for the real ids, which is what a child without set-uid tricks has.
    if (::access(candidate.c_str(), X_OK) == 0 && IsFile(candidate)) return candidate;
    if (errno == EACCES && IsFile(candidate)) forbidden = true;
  }
  return core::OsError{forbidden ? EACCES : ENOENT, "resolve", core::ErrorSubject::kExecutable};
}

core::OsError ExplainExecFailure(int code, const std::string& path, const std::string& cwd) {
  const bool relative = path.empty() || path.front() != '/';
  const std::string full = relative && !cwd.empty() ? cwd + "/" + path : path;
  const bool interpreter_missing = (code == ENOENT || code == ENOTDIR) && IsFile(full);
  return core::OsError{code, "exec",
                       interpreter_missing ? core::ErrorSubject::kInterpreter : core::ErrorSubject::kExecutable};
}

}  // namespace custody::platform
