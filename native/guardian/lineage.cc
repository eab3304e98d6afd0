#include "guardian/lineage.h"

namespace custody::guardian {

std::size_t Lineage::SlotOf(std::uint64_t unique_id) const {
  // Fibonacci hashing: ids come in rows.
  constexpr std::uint64_t kGoldenRatio = 0x9E3779B97F4A7C15U;
  constexpr int kUpperHalf = 32;
  const std::size_t mask = known_.size() - 1;
  std::size_t slot = static_cast<std::size_t>((unique_id * kGoldenRatio) >> kUpperHalf) & mask;
  while (known_[slot].unique_id != 0 && known_[slot].unique_id != unique_id) slot = (slot + 1) & mask;
  return slot;
}

bool Lineage::Contains(std::uint64_t unique_id) const {
  return unique_id != 0 && !known_.is_empty() && known_[SlotOf(unique_id)].unique_id == unique_id;
}

bool Lineage::MakeRoom() {
  constexpr std::size_t kFirstSlots = 256;
  // A row that could not be read this time may be readable in the next look.
  constexpr std::uint64_t kKeptLooks = 16;
  GrowableArray<Known> kept;
  for (const Known& known : known_) {
    const bool is_kept = known.unique_id == root_ || known.seen_in + kKeptLooks >= looks_;
    if (known.unique_id != 0 && is_kept && !kept.Push(known)) return false;
  }
  std::size_t slots = known_.is_empty() ? kFirstSlots : known_.size();
  while ((kept.size() + 1) * 4 > slots) slots *= 2;
  if (!known_.Resize(slots)) return false;
  for (Known& known : known_) known = {0, 0};
  for (const Known& known : kept) known_[SlotOf(known.unique_id)] = known;
  known_count_ = kept.size();
  return true;
}

bool Lineage::Remember(std::uint64_t unique_id) {
  if (Contains(unique_id)) {
    known_[SlotOf(unique_id)].seen_in = looks_;
    return true;
  }
  if ((known_count_ + 1) * 2 > known_.size() && !MakeRoom()) return false;
  known_[SlotOf(unique_id)] = {unique_id, looks_};
  ++known_count_;
  return true;
}

bool Lineage::Begin(std::uint64_t root) {
  Release();
  root_ = root;
  return root != 0 && Remember(root);
}

bool Lineage::Look(std::span<const TableRow> table) {
  ++looks_;
  found_new_ = 0;
  for (Descendant& descendant : living_) descendant.is_there = false;
  if (!Link(table)) return false;
  for (const TableRow& row : table) {
    if (!row.is_zombie && Contains(row.unique_id) && !NoteLiving(row)) return false;
  }
  for (std::size_t i = 0; i < living_.size();) {
    if (living_[i].is_there) {
      ++i;
    } else {
      living_.RemoveAt(i);
    }
  }
  return true;
}

bool Lineage::Link(std::span<const TableRow> table) {
  // First those who are known, so that none of them is taken for long dead while others are added.
  for (const TableRow& row : table) {
    if (Contains(row.unique_id)) Remember(row.unique_id);
  }
  // The table has no order that parents and children could rely on.
  for (bool grew = true; grew;) {
    grew = false;
    for (const TableRow& row : table) {
      if (row.unique_id == 0 || Contains(row.unique_id) || !Contains(row.parent_unique_id)) continue;
      if (!Remember(row.unique_id)) return false;
      grew = true;
    }
  }
  return true;
}

bool Lineage::NoteLiving(const TableRow& row) {
  for (Descendant& descendant : living_) {
    if (descendant.unique_id != row.unique_id) continue;
    descendant.is_there = true;
    return true;
  }
  ++found_new_;
  return living_.Push({.pid = row.pid, .unique_id = row.unique_id, .is_there = true});
}

void Lineage::Release() {
  known_.Release();
  living_.Release();
  root_ = 0;
  looks_ = 0;
  known_count_ = 0;
  found_new_ = 0;
}

}  // namespace custody::guardian
