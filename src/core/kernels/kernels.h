#pragma once

#include "core/activation_kind.h"
#include "core/head_job.h"
#include "core/product.h"
#include "core/weight_storage.h"

/// The inner loops, once for each instruction set, and the choice between them when the program runs.
///
/// The files behind this header include neither Eigen nor the standard library's templates: a template that
/// is compiled with two instruction sets is merged by the linker into whichever came first, which then fails
/// on the smaller machine. Everything in them has internal linkage, except the table.
namespace headscope::kernels {

/// Columns of one panel of packed weights: [n_in, kPanelWidth], the last panel of a layer padded with zeros.
inline constexpr int kPanelWidth = 64;

/// Some panels of y = f(x W + b) for some rows.
struct LinearTask {
  const float* x = nullptr;  ///< [n_rows, n_in]
  std::ptrdiff_t x_stride = 0;
  int n_rows = 0, n_in = 0;
  const void* panels = nullptr;  ///< [n_panels, n_in, kPanelWidth] of what `storage` says
  WeightStorage storage = WeightStorage::F32;
  const float* bias = nullptr;  ///< [n_panels * kPanelWidth]
  int n_panels = 0;
  float* y = nullptr;  ///< [n_rows, n_out]
  std::ptrdiff_t y_stride = 0;
  int n_out = 0;            ///< at most n_panels * kPanelWidth
  bool accumulate = false;  ///< y += x W + b
  Activation activation = Activation::None;
};

/// Why `attend` left a row to the exact rules.
enum Corner : unsigned char {
  kCornerRow = 1,  ///< no visible key, or a score that is not finite
  kCornerMix = 2,  ///< the weights are done, but a value is not finite: 0 * inf must not reach z
};

struct Table {
  const char* name;
  int lanes;  ///< floats in a vector
  void (*linear)(const LinearTask& task);
  void (*product)(const ProductTask& task);
  /// Floats of scratch memory that `attend` needs.
  std::size_t (*attention_scratch)(const HeadJob& job);
  /// Rows that need the corner rules of softmax_row are not finished but marked with one of the numbers
  /// above. Returns how many.   corner [n_query], zeroed by the caller
  int (*attend)(const HeadJob& job, float* scratch, unsigned char* corner);
  void (*activate)(Activation activation, float* values, std::ptrdiff_t n);
};

/// The best table for this processor. The environment variable HEADSCOPE_KERNELS (avx512, avx2, portable)
/// chooses another one, for tests and measurements; a name that this machine cannot run is ignored.
const Table& table();

/// Every table that this processor can run, best first.
int available_tables(const Table* const** tables);

/// attend_head with a table of the caller's choice.
void attend_head(const Table& kernel, const HeadJob& job);

extern const Table kPortableTable;
#if defined(__x86_64__)
extern const Table kAvx2Table;
extern const Table kAvx512Table;
#endif

}  // namespace headscope::kernels
