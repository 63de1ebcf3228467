#include <cstdio>

#include "base/version.h"

int main() {
  std::printf("headscope %s\n", headscope::kVersion);
  return 0;
}
