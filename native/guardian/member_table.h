#pragma once
#include <sys/types.h>

#include <cstdint>

#include "core/clock.h"
#include "guardian/growable_array.h"

namespace custody::guardian {

/// A process that the kill loop knows.
struct Member {
  pid_t pid = 0;
  /// It cannot fork any more, so its list of children is final.
  bool settled = false;
  bool gone = false;
  bool killed = false;
  /// The system does not let us signal it.
  bool refused = false;
  unsigned long long start_time = 0;
  core::Instant stopped_at = 0;
};

/// Members by pid, in the order in which they were found. Indexes stay valid while members are added; pointers do not.
class MemberTable {
 public:
  static constexpr std::size_t kNone = ~std::size_t{0};

  std::size_t size() const { return members_.size(); }
  Member& operator[](std::size_t index) { return members_[index]; }
  std::size_t Find(pid_t pid) const;
  /// Adds a member, or puts it in the place of one with the same pid, which is gone then. False: no memory.
  bool Put(const Member& member);
  void Release();

 private:
  std::size_t SlotOf(pid_t pid) const;
  bool GrowIndex();

  GrowableArray<Member> members_;
  /// Index of a member plus one by hash of its pid, 0 for a free place; a power of two, at most half full.
  GrowableArray<std::uint32_t> index_;
};

}  // namespace custody::guardian
