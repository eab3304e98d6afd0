// Roles that report what the child was given, and `become`, which decides what the next program is given.
#include <dirent.h>
#include <sys/resource.h>

#include <csignal>
#include <fstream>

#include "probe.h"

extern char** environ;

namespace probe {
namespace {

int PrintArgs(const Args& args) {
  for (const std::string& arg : args) WriteAll(1, arg.c_str(), arg.size() + 1);
  return 0;
}

int PrintEnvironment(const Args&) {
  for (char** entry = environ; *entry != nullptr; entry++) WriteAll(1, *entry, std::strlen(*entry) + 1);
  return 0;
}

int PrintCwd(const Args&) {
  std::vector<char> path(8192);
  if (getcwd(path.data(), path.size()) == nullptr) Fail("getcwd");
  Print(1, path.data());
  return 0;
}

/// One line per open descriptor: number, a space, what it leads to.
int PrintDescriptors(const Args&) {
  DIR* directory = opendir("/proc/self/fd");
  if (directory == nullptr) Fail("opendir");
  std::string lines;
  while (const dirent* entry = readdir(directory)) {
    const int fd = std::atoi(entry->d_name);
    if (entry->d_name[0] == '.' || fd == dirfd(directory)) continue;
    char target[4096] = {};
    if (readlinkat(dirfd(directory), entry->d_name, target, sizeof target - 1) < 0) Fail("readlink");
    lines += std::to_string(fd) + " " + target + "\n";
  }
  closedir(directory);
  Print(1, lines);
  return 0;
}

int PrintSignals(const Args&) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.rfind("Sig", 0) == 0) Print(1, line + "\n");
  }
  return 0;
}

int PrintIds(const Args&) {
  Print(1, std::to_string(getpid()) + " " + std::to_string(getppid()) + " " + std::to_string(getpgrp()) + " " +
               std::to_string(getsid(0)) + "\n");
  return 0;
}

/// become [fd=<n>] [nofile=<n>] [ignore=<signal>] [block=<signal>] -- <file> [args]: what the next program inherits.
int Become(const Args& args) {
  size_t index = 0;
  for (; index < args.size() && args[index] != "--"; index++) {
    const std::string name = args[index].substr(0, args[index].find('='));
    const int value = std::atoi(args[index].c_str() + name.size() + 1);
    if (name == "fd" && dup2(1, value) < 0) Fail("dup2");
    if (name == "ignore") std::signal(value, SIG_IGN);
    const rlimit limit{static_cast<rlim_t>(value), static_cast<rlim_t>(value)};
    if (name == "nofile" && setrlimit(RLIMIT_NOFILE, &limit) != 0) Fail("setrlimit");
    sigset_t blocked;
    sigemptyset(&blocked);
    if (name == "block") sigaddset(&blocked, value);
    sigprocmask(SIG_BLOCK, &blocked, nullptr);
  }
  std::vector<char*> next;
  for (index++; index < args.size(); index++) next.push_back(const_cast<char*>(args[index].c_str()));
  next.push_back(nullptr);
  execv(next[0], next.data());
  Fail("execv");
}

}  // namespace

const std::vector<Role>& IdentityRoles() {
  static const std::vector<Role> roles = {
      {"args", PrintArgs},       {"env", PrintEnvironment}, {"cwd", PrintCwd},  {"fds", PrintDescriptors},
      {"signals", PrintSignals}, {"ids", PrintIds},         {"become", Become},
  };
  return roles;
}

}  // namespace probe
