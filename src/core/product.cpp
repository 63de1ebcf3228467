#include "core/product.h"

#include <cassert>

#include "core/kernels/kernels.h"

namespace headscope {

void multiply(const ProductTask& task) {
  assert(task.n_inner > 0);
  assert(task.b_inner == 1 || task.b_column == 1);
  kernels::table().product(task);
}

}  // namespace headscope
