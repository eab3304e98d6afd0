#pragma once
#include "guardian/growable_array.h"
#include "guardian/lineage.h"

namespace custody::guardian {

/// Looks at every process of the machine. Costs about a microsecond for each.
///
/// Rows are read one after the other: one that ends meanwhile may be missing, one that is born meanwhile may be as well.
class ProcessList {
 public:
  /// Returns: false when the list cannot be had.
  bool Read();
  const GrowableArray<TableRow>& rows() const { return rows_; }

 private:
  GrowableArray<pid_t> pids_;
  GrowableArray<TableRow> rows_;
};

}  // namespace custody::guardian
