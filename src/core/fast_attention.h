#pragma once

#include "core/head_job.h"
#include "core/mask.h"

namespace headscope {

/// Computes weights, z and scores, as far as asked for. Single-threaded; calls from several threads run side
/// by side (give each head to ThreadPool::parallel_for). A row's numbers do not depend on the rows around it,
/// so computing rows one by one or all at once gives the same bits.
///
/// Corner cases as softmax_row: a row without a visible key is all 0, with z 0; +inf scores share the row; a
/// visible NaN makes the visible weights of the row NaN; values behind a weight of 0 outside the ranges are
/// never read.
void attend_head(const HeadJob& job);

}  // namespace headscope
