#pragma once
#include <sys/types.h>

#include <cstdint>
#include <utility>

#include "core/wire_groups.h"

namespace custody::platform {

/// The place of one group in the table by which the guardian ends it when the host is gone; empty where there is no table.
///
/// It must never name a number that may have been given away: it is hidden before the leader is reaped, and names the group again only
/// if members were found after that, because they keep the number.
///
/// Thread : one at a time.
/// Owns   : its slot. One that still names a group when this ends stays the guardian's, for as long as the table lives.
class GroupEntry {
 public:
  GroupEntry() = default;
  GroupEntry(core::wire::GroupTable& table, std::uint32_t index) : table_(&table), index_(index) {}
  GroupEntry(GroupEntry&& other) noexcept : table_(std::exchange(other.table_, nullptr)), index_(other.index_) {}
  GroupEntry& operator=(GroupEntry&&) = delete;
  ~GroupEntry() {
    if (table_ != nullptr && slot()->leader.load(std::memory_order_relaxed) == 0) GiveBack();
  }

  /// For the launch to be told of in; null: nowhere.
  core::wire::GroupSlot* slot() const { return table_ == nullptr ? nullptr : &table_->slots[index_]; }

  void Name(pid_t leader) {
    if (table_ != nullptr) slot()->leader.store(leader, std::memory_order_release);
  }
  void Hide() { Name(0); }
  /// The group is empty or nobody's business any more.
  void GiveBack() {
    if (table_ == nullptr) return;
    Hide();
    slot()->began_ns.store(0, std::memory_order_release);
    if (index_ < table_->first_free.load(std::memory_order_relaxed)) {
      table_->first_free.store(index_, std::memory_order_relaxed);
    }
    table_ = nullptr;
  }

 private:
  core::wire::GroupTable* table_ = nullptr;
  std::uint32_t index_ = 0;
};

}  // namespace custody::platform
