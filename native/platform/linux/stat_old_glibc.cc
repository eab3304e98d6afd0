// stat and fstat of a glibc older than 2.33, which has each program bring its own. Those that Zig brings keep errno in a
// variable of their own, where nobody reads it, and of a kind that a library loaded late may find no room for: "cannot
// allocate memory in static TLS block". These are the functions of the shared library that they were made of.
//
// Source: glibc 2.32 io/stat.c, sysdeps/unix/sysv/linux/{x86_64,aarch64}/bits/stat.h (_STAT_VER).
#include <sys/stat.h>

extern "C" {

int __xstat(int version, const char* path, struct stat* info) noexcept;
int __fxstat(int version, int fd, struct stat* info) noexcept;

#ifdef __x86_64__
static constexpr int kLayout = 1;
#else
static constexpr int kLayout = 0;
#endif

int stat(const char* path, struct stat* info) noexcept { return __xstat(kLayout, path, info); }

int fstat(int fd, struct stat* info) noexcept { return __fxstat(kLayout, fd, info); }
}
