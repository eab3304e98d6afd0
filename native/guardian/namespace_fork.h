#pragma once
#include <sys/types.h>

namespace custody::guardian {

/// fork(2) into a user and pid namespace of the child's own, in which every id means what it means here. Returns in both
/// processes, in the child when its ids are in place.
///
/// For root, all ids are known there; for others only their own, and files of everyone else show as nobody's.
/// Returns: the child's pid, 0 in the child, or -1 with errno of what could not be made.
/// Source : Linux user_namespaces(7), pid_namespaces(7).
pid_t ForkIntoNamespace();

}  // namespace custody::guardian
