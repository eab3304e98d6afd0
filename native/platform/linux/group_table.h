#pragma once
#include <memory>

#include "core/clock.h"
#include "core/result.h"
#include "core/wire_groups.h"
#include "platform/handle.h"
#include "platform/posix/group_entry.h"

namespace custody::platform {

/// The host's side of the table of core/wire_groups.h.
///
/// Thread : any. Slots are taken and given back without a lock and without a system call.
/// Owns   : the memory; it must outlive the entries.
class GroupTable {
 public:
  /// Errors : what memfd_create(2), fcntl(2) and mmap(2) say.
  static core::Result<std::unique_ptr<GroupTable>> Create();
  ~GroupTable();
  GroupTable(const GroupTable&) = delete;
  GroupTable& operator=(const GroupTable&) = delete;

  /// For a guardian to be given.
  const OwnedHandle& memory() const { return memory_; }
  /// The place of a launch that begins now. Empty when all are taken.
  GroupEntry Enter(core::Nanos boot_now);

 private:
  GroupTable(OwnedHandle memory, void* shared);

  OwnedHandle memory_;
  core::wire::GroupTable* shared_;
};

}  // namespace custody::platform
