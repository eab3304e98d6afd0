// What the machine's libstdc++ asks of glibc and musl does not have, so that a program of musl runs here without a libstdc++ of its own.
// Good enough to host the addon, which throws nothing and unwinds nothing.
#include <locale.h>
#include <stdint.h>
#include <sys/random.h>
#include <time.h>

char __libc_single_threaded = 0;
unsigned __cpu_model[4];

int __cpu_indicator_init(void) { return 0; }

int __cxa_thread_atexit_impl(void (*destroy)(void*), void* object, void* library) {
  (void)destroy;
  (void)object;
  (void)library;
  return 0;
}

size_t __strftime_l(char* into, size_t size, const char* format, const struct tm* time, locale_t locale) {
  return strftime_l(into, size, format, time, locale);
}

int _dl_find_object(void* address, void* result) {
  (void)address;
  (void)result;
  return -1;
}

uint32_t arc4random(void) {
  uint32_t value = 0;
  (void)getrandom(&value, sizeof value, 0);
  return value;
}
