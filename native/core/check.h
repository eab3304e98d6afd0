#pragma once
#include <cstdio>
#include <cstdlib>

/// Ends the process with a message when a condition that the code itself guarantees does not hold.
///
/// Only for defects of custody, never for what a caller, a child or the system may do: those are `Result`s.
#define CUSTODY_CHECK(condition)                                                                  \
  do {                                                                                            \
    if (!(condition)) [[unlikely]] {                                                              \
      std::fprintf(stderr, "custody: %s:%d: check failed: %s\n", __FILE__, __LINE__, #condition); \
      std::abort();                                                                               \
    }                                                                                             \
  } while (false)
