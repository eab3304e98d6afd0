#include "platform/linux/group_table.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "platform/posix/posix_error.h"

namespace custody::platform {

namespace {

using core::wire::kGroupSlots;

/// Source: Linux memfd_create(2). MFD_NOEXEC_SEAL is known since 6.3, and needed where vm.memfd_noexec is 2.
constexpr unsigned kNoExec = 0x0008U;

OwnedHandle MakeSealableMemory() {
  constexpr unsigned kFlags = MFD_CLOEXEC | MFD_ALLOW_SEALING;
  OwnedHandle memory(::syscall(SYS_memfd_create, "custody-groups", kFlags | kNoExec));
  if (!memory.is_valid() && errno == EINVAL) {
    memory = OwnedHandle(::syscall(SYS_memfd_create, "custody-groups", kFlags));
  }
  return memory;
}

void RaiseTo(std::atomic<std::uint32_t>& highest, std::uint32_t value) {
  std::uint32_t seen = highest.load(std::memory_order_relaxed);
  while (seen < value && !highest.compare_exchange_weak(seen, value, std::memory_order_release)) {
  }
}

}  // namespace

core::Result<std::unique_ptr<GroupTable>> GroupTable::Create() {
  OwnedHandle memory = MakeSealableMemory();
  if (!memory.is_valid()) return LastError("memfd_create");
  const int fd = static_cast<int>(memory.get());
  constexpr std::size_t kBytes = sizeof(core::wire::GroupTable);
  if (::ftruncate(fd, static_cast<off_t>(kBytes)) == -1) return LastError("ftruncate");
  // The guardian must never read beyond the end of what it has mapped.
  if (::fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) == -1) return LastError("fcntl");
  void* const shared = ::mmap(nullptr, kBytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (shared == MAP_FAILED) return LastError("mmap");
  return std::unique_ptr<GroupTable>(new GroupTable(std::move(memory), shared));
}

GroupTable::GroupTable(OwnedHandle memory, void* shared)
    : memory_(std::move(memory)), shared_(static_cast<core::wire::GroupTable*>(shared)) {}

GroupTable::~GroupTable() { ::munmap(shared_, sizeof *shared_); }

GroupEntry GroupTable::Enter(core::Nanos boot_now) {
  std::uint32_t index = shared_->first_free.load(std::memory_order_relaxed) % kGroupSlots;
  for (std::uint32_t tried = 0; tried < kGroupSlots; ++tried, index = (index + 1) % kGroupSlots) {
    core::wire::GroupSlot& slot = shared_->slots[index];
    std::int64_t nobodys = 0;
    if (slot.began_ns.load(std::memory_order_relaxed) != nobodys) continue;
    if (!slot.began_ns.compare_exchange_strong(nobodys, boot_now, std::memory_order_acquire)) continue;
    slot.returned_ns.store(0, std::memory_order_release);
    shared_->first_free.store(index + 1, std::memory_order_relaxed);
    RaiseTo(shared_->used, index + 1);
    return {*shared_, index};
  }
  return {};
}

}  // namespace custody::platform
