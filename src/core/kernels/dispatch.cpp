#include <cstdlib>
#include <cstring>

#include "core/kernels/kernels.h"

namespace headscope::kernels {
namespace {

struct Available {
  const Table* tables[3] = {};
  int n = 0;

  Available() {
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl")) {
      tables[n++] = &kAvx512Table;
    }
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) tables[n++] = &kAvx2Table;
#endif
    tables[n++] = &kPortableTable;
  }
};

const Available& available() {
  static const Available value;
  return value;
}

const Table& choose() {
  const Available& all = available();
  const char* wanted = std::getenv("HEADSCOPE_KERNELS");
  for (int i = 0; wanted && i < all.n; ++i) {
    if (std::strcmp(all.tables[i]->name, wanted) == 0) return *all.tables[i];
  }
  return *all.tables[0];
}

}  // namespace

const Table& table() {
  static const Table& chosen = choose();
  return chosen;
}

int available_tables(const Table* const** tables) {
  *tables = available().tables;
  return available().n;
}

}  // namespace headscope::kernels
