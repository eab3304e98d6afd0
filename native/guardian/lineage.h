#pragma once
#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <span>

#include "guardian/growable_array.h"

namespace custody::guardian {

/// One process as a look at the system's table shows it. Ids are never given away again.
struct TableRow {
  pid_t pid = 0;
  std::uint64_t unique_id = 0;
  /// Of the process that started it, whoever has adopted it since.
  std::uint64_t parent_unique_id = 0;
  /// Tells who its children descend from, and is nobody to be ended.
  bool is_zombie = false;
};

/// One that was found to descend from a root.
struct Descendant {
  pid_t pid = 0;
  std::uint64_t unique_id = 0;
  /// Its turn came in the look in progress, so it is still there.
  bool is_there = false;
  /// The rest is its owner's to note.
  bool is_followed = false;
  bool is_stopped = false;
  bool is_killed = false;
  bool is_refused = false;
};

/// Who descends from a root, learned from looks at the table of processes. Pure: it asks the system nothing.
///
/// Ids of the dead are kept for some looks, so a descendant is recognised when its parent was ever seen: the dead have no
/// further children, so a look or two after their end nobody can be linked by them who is not known. What cannot be
/// recognised is the child of one that was born and collected between two looks: nothing in the table links it any more. So
/// a lineage that is empty proves only that nobody who was seen is left, and is never reported as confirmed.
class Lineage {
 public:
  /// `root` is in it whether or not it is ever seen.
  bool Begin(std::uint64_t root);
  /// Takes one look at the whole table, in any order: repeated until nobody new is found. Returns: false without memory.
  bool Look(std::span<const TableRow> table);
  /// How many the last look added.
  std::size_t found_new() const { return found_new_; }
  bool Contains(std::uint64_t unique_id) const;

  /// Everybody who was there in the last look; the root too.
  std::size_t size() const { return living_.size(); }
  bool is_empty() const { return living_.is_empty(); }
  Descendant& operator[](std::size_t index) { return living_[index]; }
  const Descendant& operator[](std::size_t index) const { return living_[index]; }
  Descendant* begin() { return living_.begin(); }
  Descendant* end() { return living_.end(); }
  const Descendant* begin() const { return living_.begin(); }
  const Descendant* end() const { return living_.end(); }
  void Release();

 private:
  std::size_t SlotOf(std::uint64_t unique_id) const;
  bool Remember(std::uint64_t unique_id);
  /// Makes everybody known who descends from somebody who is.
  bool Link(std::span<const TableRow> table);
  bool NoteLiving(const TableRow& row);
  /// Makes room: the ids of those who are long dead go, and if that is not enough there will be more places.
  bool MakeRoom();

  struct Known {
    std::uint64_t unique_id;
    /// The last look that saw it.
    std::uint64_t seen_in;
  };

  std::uint64_t root_ = 0;
  std::uint64_t looks_ = 0;
  std::size_t known_count_ = 0;
  std::size_t found_new_ = 0;
  /// By hash, id 0 for a free place; a power of two, at most half full.
  GrowableArray<Known> known_;
  GrowableArray<Descendant> living_;
};

}  // namespace custody::guardian
